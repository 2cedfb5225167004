// Compiles TypeScript as it is loaded and leaves no blank in it, as tsx does; with WITH_MAPS=1 in lines and with a map, as tsx does too.
import { readFileSync } from 'node:fs';
import { register } from 'node:module';
import { fileURLToPath } from 'node:url';
import { isMainThread } from 'node:worker_threads';

const withMaps = process.env.WITH_MAPS === '1';

// Node runs hooks in a thread of their own.
if (isMainThread) {
  register(import.meta.url);
  process.setSourceMapsEnabled(withMaps);
}

export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context);
  const { minifySync, transformSync } = await import('rolldown/utils');
  const file = fileURLToPath(url);
  const { code, map } = transformSync(file, readFileSync(file, 'utf8'), { sourcemap: true });
  const source = withMaps
    ? `${code}\n//# sourceMappingURL=data:application/json;base64,${Buffer.from(JSON.stringify(map)).toString('base64')}`
    : minifySync(file.replace(/ts$/, 'js'), code, { compress: false, mangle: false }).code;
  return { format: 'module', source, shortCircuit: true };
}
