import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { formatBytes } from '../../src/core/bytes.ts';
import { installHeapPeers, PEERS, peerManifest } from '../lib/heap-peers.ts';

// How fast and how small a heap snapshot is read: `npm run bench -- heap [--sizes small,middle,large,huge] [--rounds 5] [--only WORDS]`.
//
// Beside leakline, on the same files in the same run, each reader in a process of its own and in turns: the worker of Chrome
// DevTools (heap-snapshot-toolkit), memlab, and the floor, a loop that makes every integer of the file a number and keeps
// nothing. The snapshots are made here by a child with a heap like a server's. Both lie in .cache/heap. The huge one, more than
// 4 GB, is leakline's alone: its figure is memory by the file's size. The others are tried on it once, for what they say.
// Writes bench/results/heap.md; only a machine that does nothing else gives figures, a busy one at best ratios.

/** 20 MB, 125 MB, 1.27 GB, and more than 2^32 bytes. */
const RECORDS_BY_SIZE: Readonly<Record<string, number>> = {
  small: 16_000,
  middle: 116_000,
  large: 1_174_000,
  huge: 3_950_000,
};
/** Of the peers on the huge file. Long enough for an answer at their pace on the large one. */
const TRIAL_MS_MAX = 600_000;
const READERS = ['leakline', 'devtools', 'memlab', 'floor'] as const;
type Reader = (typeof READERS)[number];
type Run = {
  readonly ms: number;
  /** Of all threads. On a busy machine it says more than the clock. */
  readonly cpuMs: number;
  readonly peakBytes: number;
  readonly figures: Readonly<Record<string, unknown>>;
};

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: 'small' },
    rounds: { type: 'string', default: '5' },
    only: { type: 'string', default: READERS.join(',') },
  },
});
const cache = resolve('.cache/heap');
const sizes = values.sizes.split(',').filter((size) => size in RECORDS_BY_SIZE);
const readers = READERS.filter((reader) => values.only.split(',').includes(reader));

const loadBefore = loadavg()[0];
const busyWords =
  loadBefore < 0.5
    ? 'Nothing else ran.'
    : `The machine was busy with other work (load ${loadBefore.toFixed(1)} before the first run): only ratios mean something, those of CPU most.`;

installHeapPeers();
const sections = sizes.map((size) => (size === 'huge' ? hugeSection() : section(size)));
mkdirSync('bench/results', { recursive: true });
writeFileSync('bench/results/heap.md', [...headLines(), ...sections.flat()].join('\n'));

function section(size: string): string[] {
  const file = snapshotOf(size);
  const runsByReader = new Map<Reader, Run[]>(readers.map((reader) => [reader, []]));
  // A round of the large file takes minutes.
  const rounds = Math.ceil(Number(values.rounds) / (size === 'large' ? 2 : 1));
  for (let round = 0; round < rounds; round += 1) {
    for (const reader of readers) {
      const run = measure(reader, file);
      runsByReader.get(reader)?.push(run);
      console.log(
        size,
        reader,
        Math.round(run.ms),
        'ms',
        Math.round(run.cpuMs),
        'ms of CPU',
        formatBytes(run.peakBytes),
        run.figures,
      );
    }
  }
  return ['', ...table(file, runsByReader), ''];
}

function hugeSection(): string[] {
  const file = snapshotOf('huge');
  const bytes = statSync(file).size;
  const run = measure('leakline', file);
  console.log('huge leakline', Math.round(run.ms), 'ms', formatBytes(run.peakBytes), run.figures);
  const others = readers.filter((reader) => reader !== 'leakline' && reader !== 'floor');
  const nodes = Number(run.figures.nodes);
  const overFile = (run.peakBytes / bytes).toFixed(2);
  return [
    '',
    `## ${formatBytes(bytes)}, ${nodes.toLocaleString('en-US')} nodes`,
    '',
    `leakline, one run: ${(run.ms / 1000).toFixed(1)} s, ${(run.cpuMs / 1000).toFixed(1)} s of CPU, ${formatBytes(run.peakBytes)} at the peak, ${overFile} times the file. What retains most there: ${String(run.figures.largest)}.`,
    '',
    'The others, tried once, with 16 GB allowed and the first to go where the machine has no more:',
    '',
    ...others.map((reader) => `- ${reader}: ${trial(reader, file)}`),
    '',
  ];
}

/** What a reader says of a file that may be too large for it. */
function trial(reader: Reader, file: string): string {
  const { status, signal, stdout, stderr, error } = spawnReader(reader, file, TRIAL_MS_MAX);
  console.log('huge', reader, status ?? signal, stderr.slice(0, 500));
  if (status === 0) {
    const { ms, peakBytes } = lastRun(stdout);
    return `${(ms / 1000).toFixed(1)} s, ${formatBytes(peakBytes)} at the peak`;
  }
  if (error !== undefined) return `no answer within ${TRIAL_MS_MAX / 1000} s`;
  if (signal === 'SIGKILL') return 'ended by the kernel for want of memory';
  const words = /^.*(?:Error|FATAL ERROR).*$/m.exec(stderr)?.[0] ?? stderr.trim().split('\n').at(-1) ?? '';
  return `ended with ${status ?? signal}: \`${words.trim().slice(0, 200)}\``;
}

function table(file: string, runsByReader: ReadonlyMap<Reader, readonly Run[]>): string[] {
  const own = runsByReader.get('leakline') ?? [];
  const nodes = Number(own[0]?.figures.nodes ?? 0);
  const cells = (
    runs: readonly Run[],
    pick: (run: Run) => number,
    show: (value: number) => string,
  ): string => {
    const value = median(runs.map(pick));
    return `${show(value)} | ${(value / median(own.map(pick))).toFixed(2)}`;
  };
  const ms = (value: number): string => value.toFixed(0);
  return [
    `## ${formatBytes(statSync(file).size)}, ${nodes.toLocaleString('en-US')} nodes`,
    '',
    '| reader | ms, median | times leakline | least to most | ms of CPU | times leakline | peak memory | times leakline |',
    '| --- | --: | --: | --: | --: | --: | --: | --: |',
    ...[...runsByReader].map(([reader, runs]) => {
      const all = runs.map((run) => run.ms);
      return [
        `| ${reader}`,
        cells(runs, (run) => run.ms, ms),
        `${Math.min(...all).toFixed(0)} to ${Math.max(...all).toFixed(0)}`,
        cells(runs, (run) => run.cpuMs, ms),
        `${cells(runs, (run) => run.peakBytes, formatBytes)} |`,
      ].join(' | ');
    }),
  ];
}

function measure(reader: Reader, file: string): Run {
  const { status, stdout, stderr } = spawnReader(reader, file);
  if (status !== 0) throw new Error(`${reader} ended with ${status}: ${stderr}`);
  return lastRun(stdout);
}

function spawnReader(reader: Reader, file: string, timeout?: number): SpawnSyncReturns<string> {
  // The peers hold a large snapshot in objects; V8's own limit would end them.
  const limit = reader === 'leakline' || reader === 'floor' ? [] : ['--max-old-space-size=16000'];
  return spawnSync(process.execPath, [...limit, 'bench/heap/reader.js', reader, file, join(cache, 'peers')], {
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
    // One that is busy hears no other.
    killSignal: 'SIGKILL',
    ...(timeout === undefined ? {} : { timeout }),
  });
}

/** Some print what they do; the figures come last. */
function lastRun(stdout: string): Run {
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Run;
}

function snapshotOf(size: string): string {
  const file = join(cache, `${size}-${process.versions.node}.heapsnapshot`);
  if (existsSync(file)) return file;
  const partial = `${file}.partial`;
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--max-old-space-size=16000', 'bench/heap/server-like-heap.js', String(RECORDS_BY_SIZE[size]), partial],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`the snapshot was not written: ${stderr}`);
  renameSync(partial, file);
  return file;
}

function headLines(): string[] {
  const words = (peer: string): string => {
    const { name, version } = peerManifest(peer);
    return `${name} ${version}`;
  };
  return [
    '# Reading a heap snapshot',
    '',
    `\`npm run bench -- heap --sizes ${sizes.join(',')} --rounds ${values.rounds}\` on Node ${process.version}, ${cpus().length} cores (${cpus()[0]?.model ?? '?'}), ${formatBytes(totalmem())} of memory, ${new Date().toISOString().slice(0, 10)}. ${busyWords} Peers: ${PEERS.map(words).join(', ')}.`,
    '',
    'From the first byte asked for to the last figure had: the file parsed, dominators, retained sizes, and per class count, own and retained size (memlab: without classes, for which it has no single call). Each run is a process of its own, readers in turns; a file of more than 1 GB gets half of the rounds. Peak memory is VmHWM, with everything Node itself takes. The floor makes every integer of the file a number in a plain loop and keeps nothing.',
  ];
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return ((sorted[(sorted.length - 1) >> 1] ?? 0) + (sorted[sorted.length >> 1] ?? 0)) / 2;
}
