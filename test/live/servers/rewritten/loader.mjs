// Compiles TypeScript as it is loaded and leaves no blank in it, as tsx does.
import { readFileSync } from 'node:fs';
import { register } from 'node:module';
import { fileURLToPath } from 'node:url';
import { isMainThread } from 'node:worker_threads';

// Node runs hooks in a thread of their own.
if (isMainThread) register(import.meta.url);

export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context);
  const { minifySync, transformSync } = await import('rolldown/utils');
  const file = fileURLToPath(url);
  const { code } = transformSync(file, readFileSync(file, 'utf8'));
  const source = minifySync(file.replace(/ts$/, 'js'), code, { compress: false, mangle: false }).code;
  return { format: 'module', source, shortCircuit: true };
}
