import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

// What it costs to ask the kernel for the memory of a large process, and what that does to the process: it maps and unmaps
// memory all the time, while one of the files below is read ten times a second. `npm run bench -- memory-map`. Rounds of all
// files take turns; docs/decisions/0008-maps-not-smaps.md rests on the figures.

const child = String.raw`
  const kept = [];
  for (let i = 0; i < 1200; i += 1) kept.push(Buffer.alloc(1e6, 1));
  const objects = [];
  for (let i = 0; i < 2e6; i += 1) objects.push({ i, text: 'k' + i });
  let times = [];
  const loop = () => {
    for (let i = 0; i < 20; i += 1) {
      const start = process.hrtime.bigint();
      new ArrayBuffer(300_000);
      times.push(Number(process.hrtime.bigint() - start) / 1e3);
    }
    setImmediate(loop);
  };
  loop();
  process.on('message', () => {
    times.sort((a, b) => a - b);
    process.send({ count: times.length, p50: times[times.length >> 1], p999: times[Math.floor(times.length * 0.999)], max: times.at(-1), kept: kept.length + objects.length });
    times = [];
  });
  process.send('ready');
`;

type Seen = { readonly count: number; readonly p50: number; readonly p999: number; readonly max: number };

const target = spawn(process.execPath, ['--max-old-space-size=3000', '-e', child], {
  stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
});
await once(target, 'message');
const readings = ['nothing', 'status', 'maps', 'smaps_rollup', 'smaps'];
const found = new Map(readings.map((name) => [name, { readMs: [] as number[], rounds: [] as Seen[] }]));
for (let round = 0; round < 6; round += 1) {
  for (const name of readings) {
    await ask(target);
    const ms: number[] = [];
    for (let i = 0; i < 20; i += 1) {
      const start = performance.now();
      if (name !== 'nothing') readFileSync(`/proc/${target.pid}/${name}`);
      ms.push(performance.now() - start);
      await sleep(100);
    }
    const seen = await ask(target);
    // The first round warms up.
    if (round === 0) continue;
    found.get(name)?.readMs.push(...ms);
    found.get(name)?.rounds.push(seen);
  }
}
const areas = readFileSync(`/proc/${target.pid}/maps`, 'utf8').split('\n').length - 1;
const rss = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${target.pid}/status`, 'utf8'))?.[1] ?? '?';
target.kill();

const rows = readings.map((name) => {
  const { readMs = [], rounds = [] } = found.get(name) ?? {};
  const worst = Math.max(...rounds.map(({ max }) => max));
  const cells = [
    median(readMs).toFixed(2),
    Math.max(...readMs).toFixed(1),
    median(rounds.map(({ p50 }) => p50)).toFixed(0),
    median(rounds.map(({ p999 }) => p999)).toFixed(0),
    median(rounds.map(({ max }) => max)).toFixed(0),
    worst.toFixed(0),
  ];
  return `| ${name} | ${cells.join(' | ')} |`;
});
const text = [
  '# Reading the memory map of a large process',
  '',
  `\`npm run bench -- memory-map\` on Node ${process.version}, Linux ${release()}, ${cpus().length} cores (${cpus()[0]?.model ?? '?'}), ${new Date().toISOString().slice(0, 10)}.`,
  `The target has ${areas} areas and ${(Number(rss) / 1e6).toFixed(2)} GB resident, and allocates array buffers all the time. Five rounds of 20 reads each.`,
  '',
  '| read | median ms | worst ms | an allocation: median µs | 99.9 % µs | worst µs, median of rounds | worst of all |',
  '| --- | --: | --: | --: | --: | --: | --: |',
  ...rows,
  '',
].join('\n');
mkdirSync('bench/results', { recursive: true });
writeFileSync('bench/results/memory-map.md', text);
console.log(text);

async function ask(process: ChildProcess): Promise<Seen> {
  process.send('now');
  const [seen] = (await once(process, 'message')) as [Seen];
  return seen;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;
}
