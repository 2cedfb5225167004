import { type ChildProcess, fork, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Report } from '../../src/report/schema.ts';

// How long leakline holds a server up while it looks for the line, by the size and shape of its heap; beside it, on the same heap,
// a heap snapshot and V8's list of objects of a class. `npm run bench -- pauses [--sizes 50,200,600,2000]
// [--shapes objects,dictionary,chains,sessions] [--for 60] [--snapshot-up-to 600]`. Writes bench/results/pauses.md. A snapshot of a
// heap of 2,000 MB would take some 28 GB and five minutes, so it is not taken where the machine has less.
//
// The pauses of leakline are what it tells itself (accounted inside) and, against that, how late a timer of the server was: there
// V8's own collections are in it too, so it is also measured while nobody looks.

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '50,200,600,2000' },
    shapes: { type: 'string', default: 'objects,dictionary,chains,sessions' },
    for: { type: 'string', default: '60' },
    'snapshot-up-to': { type: 'string', default: '600' },
  },
});
const WATCH_S = Number(values.for);
const ALONE_MS = 20_000;

type Row = {
  readonly shape: string;
  readonly heapMb: number;
  readonly objects: number;
  readonly answer: string;
  readonly longestPauseMs: number | null;
  readonly pauseWork: string;
  /** Of the time from the first walk to the answer. */
  readonly share: number;
  readonly lateAloneMs: number;
  readonly lateWatchedMs: number;
  readonly snapshotMs: number | null;
  readonly queryMs: number;
};

const rows: Row[] = [];
for (const megabytes of values.sizes.split(',').map(Number)) {
  for (const shape of values.shapes.split(',')) {
    const row = await measure(shape, megabytes);
    rows.push(row);
    console.log(cells(row));
  }
}
mkdirSync('bench/results', { recursive: true });
writeFileSync('bench/results/pauses.md', summary());

async function measure(shape: string, megabytes: number): Promise<Row> {
  const child = fork(resolve('bench/pauses/heap-server.js'), [shape, String(megabytes)], {
    execArgv: ['--expose-gc', '--max-old-space-size=8000'],
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const stop = (): boolean => child.kill('SIGKILL');
  process.once('exit', stop);
  try {
    const heapBytes = await nextAnswer<number>(child);
    await ask(child, 'leak');
    await sleep(2000);
    await ask(child, 'late');
    await sleep(ALONE_MS);
    const lateAloneMs = await ask<number>(child, 'late');
    const report = await watch(child.pid ?? 0);
    const lateWatchedMs = await ask<number>(child, 'late');
    await ask(child, 'still');
    const { pauseMs: queryMs } = await ask<{ pauseMs: number }>(child, 'query');
    const objects = await ask<number>(child, 'objects');
    const snapshotMs =
      megabytes <= Number(values['snapshot-up-to']) ? await ask<number>(child, 'snapshot') : null;
    const { longestPauseMs, totalOnTargetMs } = report.cost;
    const [finding] = report.findings;
    return {
      shape,
      heapMb: heapBytes / 1e6,
      objects,
      answer: `${report.verdict.kind} after ${(report.durationMs / 1000).toFixed(0)} s${
        finding === undefined ? '' : `, ${finding.heldBy.name}`
      }`,
      longestPauseMs,
      pauseWork: longestWork(report),
      share: (totalOnTargetMs ?? 0) / report.durationMs,
      lateAloneMs,
      lateWatchedMs,
      snapshotMs,
      queryMs,
    };
  } finally {
    stop();
    process.off('exit', stop);
  }
}

/** leakline as a user runs it. */
async function watch(pid: number): Promise<Report> {
  const file = join(tmpdir(), `pauses-${process.pid}.json`);
  const command = ['dist/cli.js', String(pid), '--for', `${WATCH_S}s`, '--json', file, '--quiet'];
  const child = spawn(process.execPath, command, { stdio: ['ignore', 'ignore', 'inherit'] });
  await new Promise((done) => child.once('close', done));
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Report;
  } finally {
    rmSync(file, { force: true });
  }
}

function longestWork({ cost }: Report): string {
  const entries = Object.entries(cost.longestPauseMsByWork);
  const [longest] = entries.sort(([, a], [, b]) => b - a);
  return longest === undefined ? '' : longest[0];
}

function ask<Value>(child: ChildProcess, order: string): Promise<Value> {
  const answer = nextAnswer<Value>(child);
  child.send(order);
  return answer;
}

function nextAnswer<Value>(child: ChildProcess): Promise<Value> {
  return new Promise((done, fail) => {
    const ended = (code: number | null): void => fail(new Error(`the server ended with ${String(code)}`));
    child.once('exit', ended);
    child.once('message', (message) => {
      child.off('exit', ended);
      done((message as { value: Value }).value);
    });
  });
}

function cells(row: Row): string {
  const ms = (value: number | null): string => (value === null ? '' : value.toFixed(value < 100 ? 1 : 0));
  return `| ${row.heapMb.toFixed(0)} MB | ${row.shape} | ${row.objects} | ${row.answer} | ${ms(row.longestPauseMs)} (${row.pauseWork}) | ${(row.share * 100).toFixed(1)} % | ${ms(row.lateWatchedMs)} | ${ms(row.lateAloneMs)} | ${ms(row.snapshotMs)} | ${ms(row.queryMs)} |`;
}

function summary(): string {
  return [
    '# How long a server is held up while the line is looked for',
    '',
    `\`npm run bench -- pauses --sizes ${values.sizes} --shapes ${values.shapes} --for ${WATCH_S} --snapshot-up-to ${values['snapshot-up-to']}\`, Node ${process.version}, ${cpus().length} cores (${cpus()[0]?.model.trim() ?? '?'}), ${new Date().toISOString().slice(0, 10)}.`,
    '',
    'A server that leaks 2,000 objects a second into a heap of this size and shape; times in ms. `late` is how late a timer of 5 ms of',
    "the server's own was at most while leakline was there and in 20 s before, V8's own collections among it. `on its thread`: the",
    'share of the main thread over the whole watch. Snapshot and query: the server writes a heap snapshot, and counts the objects of one class',
    '(`v8.queryObjects`), on the same heap afterwards.',
    '',
    '| heap | shape | entries | leakline | longest pause | on its thread | late, watched | late, alone | snapshot | query |',
    '| --- | --- | --: | --- | --: | --: | --: | --: | --: | --: |',
    ...rows.map(cells),
    '',
  ].join('\n');
}
