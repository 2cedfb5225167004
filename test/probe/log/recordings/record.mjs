// Makes the recordings of this folder: `node record.mjs NODE…`, each NODE the path of a binary to record.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

for (const node of process.argv.slice(2)) {
  const [major] = execFileSync(node, ['-p', 'process.versions.node']).toString().split('.');
  for (const kind of ['leaking', 'steady']) {
    const args = ['--trace-gc', join(import.meta.dirname, 'program.mjs'), kind, '100'];
    const log = execFileSync(node, args, { maxBuffer: 64_000_000 });
    writeFileSync(join(import.meta.dirname, `node${major}-${kind}.trace`), log);
  }
}
