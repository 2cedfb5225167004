// Builds the lab's servers: lab/SCENARIO/SIDE/server.ts → dist/lab/SCENARIO/SIDE/server.js with its source map.
// Each is one file with `ws` inside, so that it also starts where only the published package is installed, and
// not minified, so that what V8 says of it can be read. `--out DIRECTORY` builds elsewhere.
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { rolldown } from 'rolldown';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values } = parseArgs({ options: { out: { type: 'string', default: path.join(root, 'dist/lab') } } });

for (const file of readdirSync(path.join(root, 'lab'), { recursive: true })) {
  if (path.basename(file) === 'server.ts') await build(file);
}

/** `file` is relative to lab/. */
async function build(file) {
  const bundle = await rolldown({
    input: path.join(root, 'lab', file),
    platform: 'node',
    // Native speed-ups that `ws` tries to load and does without.
    external: ['bufferutil', 'utf-8-validate'],
  });
  await bundle.write({
    file: path.join(values.out, path.dirname(file), 'server.js'),
    format: 'esm',
    // In a file beside, with the sources in it: the package does not ship lab/.
    sourcemap: true,
    minify: false,
  });
  await bundle.close();
}
