import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatBytes } from '../src/core/bytes.ts';
import { formatDuration } from '../src/core/duration.ts';
import type { SnapshotAccount } from '../src/report/snapshot-account.ts';
import { installedNodes, type NodeBinary } from './lib/nodes.ts';

// What a snapshot was predicted to cost and what it did, by what the heap holds; and whether any that was admitted under a
// limit of memory harmed the process: `npm run bench -- snapshot-guard [MB …]`. All Nodes take the first
// size, this one the others too. Each heap in a process of its own, some
// 5 GB of memory at 150 MB. The constants of src/capture/snapshot-admission.ts come from here.

const program = String.raw`
  const [kind, megabytes] = process.argv.slice(1);
  const kept = (globalThis.kept = []);
  const weak = (globalThis.weak = new WeakMap());
  const makeOne = {
    'small objects': (i) => ({ i, next: kept[i - 1], no: null, yes: true }),
    'objects in a list': (i) => ({ i }),
    'short strings': (i) => ['text ' + i, 'another ' + i].join('-'),
    'strings of 1 KB': (i) => Buffer.alloc(1000, 'x' + i).toString('latin1'),
    'arrays of numbers': (i) => Array.from({ length: 100 }, (_, at) => at + i),
    'maps': (i) => new Map([[i, { i }], [-i - 1, 'v' + i]]),
    'closures': (i) => () => i,
    'promises': (i) => Promise.resolve(i),
    'buffers': () => Buffer.alloc(8192),
    'lists in lists': (i) => Array.from({ length: 100 }, (_, at) => ({ at })),
    'weak entries': (i) => { const key = { i }; weak.set(key, { i }); return key; },
    'sessions': (i) => ({ id: 's' + i, user: { name: 'n' + i, roles: ['a', 'b'] }, seen: new Date(i), tags: new Set([i]) }),
  }[kind];
  const used = () => { const { heapUsed, arrayBuffers } = process.memoryUsage(); return (heapUsed + arrayBuffers) / 1e6; };
  for (let i = 0; used() < Number(megabytes); ) for (let n = 0; n < 1000; n += 1, i += 1) kept.push(makeOne(i));
  require('http').createServer((_, response) => response.end('ok')).listen(0, '127.0.0.1', function () {
    console.log('listening ' + this.address().port);
  });
`;
const KINDS = [
  'small objects',
  'objects in a list',
  'short strings',
  'strings of 1 KB',
  'arrays of numbers',
  'maps',
  'closures',
  'promises',
  'buffers',
  'lists in lists',
  'weak entries',
  'sessions',
];
const sizes = process.argv.slice(2).map(Number).filter(Boolean);
if (sizes.length === 0) sizes.push(50, 150);
const folder = mkdtempSync(join(tmpdir(), 'snapshot-guard-'));

type Heap = { readonly pid: number; readonly port: number; stop(): void };

async function heapOf(node: NodeBinary, kind: string, megabytes: number): Promise<Heap> {
  const child = spawn(node.path, ['--max-old-space-size=4000', '-e', program, kind, String(megabytes)], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const port = await new Promise<number>((resolve, reject) => {
    child.once('exit', () => reject(new Error(`${kind} ended`)));
    child.stdout.on('data', (chunk: Buffer) => {
      const found = /listening (\d+)/.exec(chunk.toString());
      if (found !== null) resolve(Number(found[1]));
    });
  });
  return { pid: child.pid ?? 0, port, stop: () => child.kill('SIGKILL') };
}

function snapshot(pid: number, options: readonly string[]): Promise<{ code: number | null; stdout: string }> {
  const out = join(folder, `${pid}.heapsnapshot`);
  const child = spawn(
    process.execPath,
    [
      'dist/cli.js',
      'snapshot',
      String(pid),
      '--out',
      out,
      '--json',
      '-',
      '--max-pause',
      '600000',
      ...options,
    ],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  let stdout = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  return new Promise((resolve) =>
    child.once('close', (code) => {
      for (const path of [out, out.replace('.heapsnapshot', '.scripts.json')]) rmSync(path, { force: true });
      resolve({ code, stdout });
    }),
  );
}

async function answers(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/`)).ok;
  } catch {
    return false;
  }
}

const rows: string[] = [];
const ratios = { pause: [] as number[], memory: [] as number[], objects: [] as number[] };
for (const [at, node] of installedNodes().entries()) {
  for (const kind of KINDS) {
    for (const megabytes of at === 0 ? sizes : sizes.slice(0, 1)) {
      const heap = await heapOf(node, kind, megabytes);
      const { code, stdout } = await snapshot(heap.pid, ['--force']);
      heap.stop();
      if (code !== 0) {
        rows.push(`| ${node.version} | ${kind} | ${megabytes} | exit ${code} |`);
        continue;
      }
      const { predicted, measured, nodes, fileBytes } = JSON.parse(stdout) as SnapshotAccount;
      const memoryBytes = measured.rssPeakBytes - measured.rssBeforeBytes;
      ratios.pause.push(predicted.pauseMs / measured.pauseMs);
      ratios.memory.push(predicted.memoryBytes / memoryBytes);
      ratios.objects.push((predicted.objects ?? Number.NaN) / nodes);
      rows.push(
        `| ${node.version} | ${kind} | ${megabytes} | ${nodes} | ${ratios.objects.at(-1)?.toFixed(3)} | ${formatDuration(measured.countingPauseMs ?? 0)} | ${formatDuration(measured.pauseMs)} | ${ratios.pause.at(-1)?.toFixed(2)} | ${formatBytes(memoryBytes)} | ${ratios.memory.at(-1)?.toFixed(2)} | ${formatBytes(measured.rssAfterBytes - measured.rssBeforeBytes)} | ${formatBytes(fileBytes)} | ${(predicted.fileBytes / fileBytes).toFixed(2)} |`,
      );
      console.log(rows.at(-1));
    }
  }
}

/** Under a limit on its data of so many times the heap on top of what it has. */
const limited: string[] = [];
const outcomes = { admitted: 0, refused: 0, harmed: 0 };
for (const node of installedNodes()) {
  for (const kind of ['small objects', 'short strings', 'arrays of numbers', 'buffers']) {
    for (const times of [1, 3, 15]) {
      const megabytes = sizes[0] ?? 50;
      const heap = await heapOf(node, kind, megabytes);
      const data =
        Number(/VmData:\s+(\d+)/.exec(readFileSync(`/proc/${heap.pid}/status`, 'latin1'))?.[1]) * 1024;
      execFileSync('prlimit', ['--pid', String(heap.pid), `--data=${data + times * megabytes * 1_000_000}`]);
      const { code } = await snapshot(heap.pid, []);
      const alive = await answers(heap.port);
      heap.stop();
      outcomes[code === 0 ? 'admitted' : 'refused'] += 1;
      if (!alive) outcomes.harmed += 1;
      limited.push(
        `| ${node.version} | ${kind} | ${megabytes} | ${times}× | ${code === 0 ? 'taken' : 'refused'} | ${alive ? 'answers' : 'GONE'} |`,
      );
      console.log(limited.at(-1));
    }
  }
}
rmSync(folder, { recursive: true, force: true });

const share = (values: readonly number[], holds: (value: number) => boolean): string =>
  `${values.filter(holds).length} of ${values.length}`;
const range = (values: readonly number[]): string =>
  `${Math.min(...values).toFixed(2)} to ${Math.max(...values).toFixed(2)}`;
const text = [
  '# Snapshots, predicted and taken',
  '',
  `\`npm run bench -- snapshot-guard ${sizes.join(' ')}\`, ${cpus().length} cores (${cpus()[0]?.model ?? '?'}), load ${loadavg()[0]?.toFixed(1)} at its end, ${new Date().toISOString().slice(0, 10)}.`,
  'Ratios are predicted to measured; the prediction of memory and file is an upper bound, that of the pause the likely one.',
  '',
  `Pause within a factor of two: ${share(ratios.pause, (one) => one >= 0.5 && one <= 2)} (${range(ratios.pause)}). Memory not below 0.8 of the measured: ${share(ratios.memory, (one) => one >= 0.8)} (${range(ratios.memory)}). Objects counted to nodes written: ${range(ratios.objects)}.`,
  '',
  '| Node | heap of | MB | nodes | counted | counting took | pause | predicted | memory at most | predicted | left after | file | predicted |',
  '| --- | --- | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: |',
  ...rows,
  '',
  `Under a limit of what the process has and so many times its heap (\`prlimit --data\`), without \`--force\`: ${outcomes.admitted} taken, ${outcomes.refused} refused, ${outcomes.harmed} processes harmed.`,
  '',
  '| Node | heap of | MB | limit | snapshot | the process |',
  '| --- | --- | --: | --: | --- | --- |',
  ...limited,
  '',
].join('\n');
mkdirSync('bench/results', { recursive: true });
writeFileSync('bench/results/snapshot-guard.md', text);
