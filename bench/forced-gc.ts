import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';

// What one forced, full garbage collection costs by what the heap holds: `npm run bench -- forced-gc`. Each heap in a
// process of its own, five collections, median. The constants of src/probe/forced-gc.ts come from here.

const child = String.raw`
  const v8 = require('node:v8');
  const vm = require('node:vm');
  v8.setFlagsFromString('--expose-gc');
  const gc = vm.runInNewContext('gc');
  v8.setFlagsFromString('--no-expose-gc');
  const [kind, megabytes] = process.argv.slice(1);
  const kept = [];
  const used = () => process.memoryUsage().heapUsed / 1e6;
  while (used() < Number(megabytes)) {
    if (kind === 'small objects') for (let i = 0; i < 1000; i += 1) kept.push({ i, text: 'k' + i, list: [i] });
    else kept.push(new Array(1e6).fill(kind === 'arrays of doubles' ? 0.5 : 3));
  }
  const pauses = [];
  for (let i = 0; i < 5; i += 1) {
    const start = process.hrtime.bigint();
    gc();
    pauses.push(Number(process.hrtime.bigint() - start) / 1e6);
  }
  const start = process.hrtime.bigint();
  gc({ type: 'major', execution: 'sync' });
  const withOptions = Number(process.hrtime.bigint() - start) / 1e6;
  console.log(JSON.stringify({ median: pauses.sort((a, b) => a - b)[2], worst: pauses[4], withOptions }));
  if (kept.length === 0) process.exit(1);
`;

const rows: string[] = [];
for (const kind of ['small objects', 'arrays of integers', 'arrays of doubles']) {
  for (const megabytes of [10, 50, 100, 200, 400]) {
    const { stdout } = spawnSync(process.execPath, ['-e', child, kind, String(megabytes)], {
      encoding: 'utf8',
    });
    const { median, worst, withOptions } = JSON.parse(stdout) as Record<string, number>;
    rows.push(
      `| ${kind} | ${megabytes} | ${median?.toFixed(1)} | ${worst?.toFixed(1)} | ${withOptions?.toFixed(1)} |`,
    );
    console.log(rows.at(-1));
  }
}
const text = [
  '# A forced garbage collection',
  '',
  `\`npm run bench -- forced-gc\` on Node ${process.version}, ${cpus().length} cores (${cpus()[0]?.model ?? '?'}), ${new Date().toISOString().slice(0, 10)}.`,
  '`gc()` is one full collection; the last column is `gc({type: "major"})`, which on Node 20 frees nothing of the old space.',
  '',
  '| heap of | MB | gc() median ms | worst ms | with options ms |',
  '| --- | --: | --: | --: | --: |',
  ...rows,
  '',
].join('\n');
mkdirSync('bench/results', { recursive: true });
writeFileSync('bench/results/forced-gc.md', text);
