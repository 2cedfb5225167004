import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { type NodeBinary, installedNodes, majorOf } from './lib/nodes.ts';

// Pauses of collections that V8 is made to begin, against forced ones, by Node version and by what the heap holds:
// `npm run bench -- started-gc [--only HOW]`. Each in a process of its own, which allocates 60 MB a second meanwhile. `dropped`:
// the buffer is left to be collected; `freed`: at once; `without tasks`: and V8 11 begins without them (src/probe/started-gc.ts).
// Writes bench/results/started-gc.md, but for a part of it.

const ROUNDS = 12;
const { only } = parseArgs({ options: { only: { type: 'string' } } }).values;
const child = String.raw`
  const { PerformanceObserver } = require('node:perf_hooks');
  const { MessageChannel } = require('node:worker_threads');
  const v8 = require('node:v8');
  const vm = require('node:vm');
  v8.setFlagsFromString('--expose-gc');
  const gc = vm.runInNewContext('gc');
  const [how, megabytes, rounds] = process.argv.slice(1);
  const rest = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const used = () => v8.getHeapStatistics().used_heap_size / 1e6;
  const kept = (globalThis.kept = []);
  while (used() < Number(megabytes)) for (let i = 0; i < 1000; i += 1) kept.push({ i, text: 'k' + i, list: [i] });
  const { port1 } = new MessageChannel();
  port1.close();
  const ways = {
    forced: gc,
    dropped: () => new ArrayBuffer(72 * 1024 * 1024),
    freed: () => {
      const buffer = new ArrayBuffer(72 * 1024 * 1024);
      port1.postMessage(null, [buffer]);
    },
    'without tasks': () => {
      v8.setFlagsFromString('--no-incremental-marking-task');
      ways.freed();
      v8.setFlagsFromString('--incremental-marking-task');
    },
  };
  let seen = [];
  new PerformanceObserver((list) => {
    for (const { startTime, duration, detail } of list.getEntries()) {
      if (detail.kind === 4 && (detail.flags & 36) !== 0) seen.push({ startTime, duration });
    }
  }).observe({ entryTypes: ['gc'] });
  let queue = [];
  setInterval(() => {
    for (let i = 0; i < 2000; i += 1) queue.push({ i, list: [i], text: 'x' + i });
    if (queue.length > 60_000) queue = queue.slice(30_000);
  }, 5);
  (async () => {
    const pauses = [];
    for (let round = 0; round < Number(rounds); round += 1) {
      gc();
      await rest(500);
      seen = [];
      const startMs = performance.now();
      ways[how]();
      await rest(1200);
      const ours = seen.find(({ startTime }) => startTime >= startMs);
      pauses.push(ours === undefined ? -1 : ours.duration);
    }
    console.log(JSON.stringify(pauses));
    process.exit(kept.length === 0 ? 1 : 0);
  })();
`;

const rows: string[] = [];
for (const node of installedNodes()) {
  for (const megabytes of [30, 100, 300]) {
    const ways = ['forced', 'dropped', 'freed', ...(majorOf(node.version) === 20 ? ['without tasks'] : [])];
    for (const how of ways.filter((way) => only === undefined || way === only)) {
      rows.push(row(node, megabytes, how, pausesOf(node, megabytes, how)));
      console.log(rows.at(-1));
    }
  }
}
const text = [
  '# A collection that is started',
  '',
  `\`npm run bench -- started-gc\`, ${cpus().length} cores (${cpus()[0]?.model.trim() ?? '?'}), ${new Date().toISOString().slice(0, 10)}; ${ROUNDS} collections a row, of small objects, beside a program that allocates.`,
  '',
  '| Node | heap, MB | | median ms | worst ms | over 33 ms | none within 1.2 s |',
  '| --- | --: | --- | --: | --: | --: | --: |',
  ...rows,
  '',
].join('\n');
if (only === undefined) {
  mkdirSync('bench/results', { recursive: true });
  writeFileSync('bench/results/started-gc.md', text);
}

function pausesOf({ path }: NodeBinary, megabytes: number, how: string): number[] {
  const { stdout } = spawnSync(path, ['-e', child, how, String(megabytes), String(ROUNDS)], {
    encoding: 'utf8',
  });
  return JSON.parse(stdout) as number[];
}

function row({ version }: NodeBinary, megabytes: number, how: string, all: readonly number[]): string {
  const pauses = all.filter((pause) => pause >= 0).sort((a, b) => a - b);
  const cells = [
    (pauses[Math.floor(pauses.length / 2)] ?? Number.NaN).toFixed(1),
    (pauses.at(-1) ?? Number.NaN).toFixed(1),
    pauses.filter((pause) => pause > 33).length,
    all.length - pauses.length,
  ];
  return `| ${version} | ${megabytes} | ${how} | ${cells.join(' | ')} |`;
}
