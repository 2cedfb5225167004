/**
 * Does the live screen itself leak? It is shown hours of a watch, one update a second, as fast as it draws them, while keys are
 * pressed and the window changes its size; after forced collections its heap is measured. Flat is: the second half of the watch
 * no higher than the first. The series grows to its bound first, as in a watch.
 *
 *     npm run bench -- screen-memory [--strip] [--hours 12] [--columns 200] [--rows 60]
 *
 * With --strip it is the one below a program.
 */
import { spawnSync } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { cpus } from 'node:os';
import { setImmediate as turn } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { getHeapCodeStatistics } from 'node:v8';
import { formatBytes } from '../src/core/bytes.ts';
import { paintLine } from '../src/present/line.ts';
import { sanitizeDocument } from '../src/present/sanitize.ts';
import type { TerminalStream } from '../src/present/tui/frame-painter.ts';
import type { Key } from '../src/present/tui/keys.ts';
import { layoutStrip } from '../src/present/tui/layout.ts';
import { openScreen, type Screen } from '../src/present/tui/screen.tsx';
import { stripFrame } from '../src/present/tui/strip-frame.ts';
import { stripLines } from '../src/present/tui/strip-lines.ts';
import type { LiveView } from '../src/report/live.ts';
import {
  growingContainer,
  leakingReport,
  liveSide,
  liveView,
  packageFinding,
  sessionsFinding,
} from '../test/present/reports.ts';

const { values } = parseArgs({
  options: {
    strip: { type: 'boolean', default: false },
    hours: { type: 'string', default: '12' },
    columns: { type: 'string', default: '200' },
    rows: { type: 'string', default: '60' },
  },
});
const updates = Number(values.hours) * 3600;
/** As many as `SeriesBuilder` keeps. */
const SAMPLES = 4096;
const FLOORS = 1024;
const LOOKS = 20;
/** When the series has reached its bound. */
const FIRST_LOOK_AT = SAMPLES;
const KEYS: readonly Key[] = [
  'finding',
  'down',
  'down',
  'back',
  'pause',
  'pause',
  'isolate',
  'snapshot',
  'back',
];

// React's development build keeps a record of every frame: what is measured is what is published.
if (process.env.NODE_ENV !== 'production') {
  const { status } = spawnSync(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: 'inherit',
  });
  process.exit(status ?? 2);
}
const collect = globalThis.gc;
if (collect === undefined) throw new Error('started without --expose-gc');

class Terminal extends EventEmitter {
  columns = Number(values.columns);
  rows = Number(values.rows);
  writtenBytes = 0;
  write(text: string, done?: () => void): boolean {
    this.writtenBytes += Buffer.byteLength(text);
    done?.();
    return true;
  }
}

const terminal = new Terminal();
const screen = values.strip ? openStrip() : openLarge();
const looks: Look[] = [];
const every = Math.floor((updates - FIRST_LOOK_AT) / LOOKS);
if (every < 1) throw new Error(`--hours must be more than ${FIRST_LOOK_AT / 3600}`);
let bytesBefore = 0;
for (let update = 0; update <= updates; update += 1) {
  screen.update(viewAt(update));
  const key = KEYS[Math.floor(update / 7) % KEYS.length];
  if (update % 7 === 0 && key !== undefined) screen.press(key);
  if (update % 900 === 0) {
    terminal.columns = update % 1800 === 0 ? Number(values.columns) : 80;
    terminal.emit('resize');
  }
  // React finishes in a later turn of the loop, as it does in a watch.
  if (update % 50 === 0) await turn();
  if (update >= FIRST_LOOK_AT && (update - FIRST_LOOK_AT) % every === 0) looks.push(await look());
  if (update === FIRST_LOOK_AT) bytesBefore = terminal.writtenBytes;
}
const bytesAnUpdate = (terminal.writtenBytes - bytesBefore) / (updates - FIRST_LOOK_AT);
// Else it waits for the reader to close the finding that the last keys may have opened.
screen.release();
await screen.close();

process.stdout.write(
  [
    `Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model.trim()}`,
    `${values.hours} h of a watch at one update a second, ${values.columns}×${values.rows}: ${updates} updates, ${formatBytes(bytesAnUpdate)} each for the terminal`,
    '',
    '| after collections | at the bound of the series | highest of the first half | highest of the second | last |',
    '| --- | ---: | ---: | ---: | ---: |',
    row('heap', ({ heapBytes }) => heapBytes),
    row('of it code that V8 compiled', ({ codeBytes }) => codeBytes),
    row('the rest of it', ({ heapBytes, codeBytes }) => heapBytes - codeBytes),
    row('rss', ({ rssBytes }) => rssBytes),
    '',
    `Heap at each look: ${megabytes(({ heapBytes }) => heapBytes)}`,
    `Without compiled code: ${megabytes(({ heapBytes, codeBytes }) => heapBytes - codeBytes)}`,
    '',
  ].join('\n'),
);

function openLarge(): Pick<Screen, 'update' | 'press' | 'release' | 'close'> {
  return openScreen({
    stdout: terminal as unknown as TerminalStream,
    color: true,
    unicode: true,
    title: 'leakline 4242',
    commands: { quit: () => undefined, snapshotPids: () => new Set([4242]), takeSnapshot: () => undefined },
  });
}

/** As `live-strip.ts` draws it. */
function openStrip(): Pick<Screen, 'update' | 'press' | 'release' | 'close'> {
  return {
    update(next) {
      const { columns, rows: terminalRows } = terminal;
      const layout = layoutStrip({ columns, rows: terminalRows });
      if (layout === null) throw new Error('too small for a strip');
      const view = sanitizeDocument(next, { unicode: true });
      const lines = stripLines(view, layout, true).map((line) => paintLine(line, true));
      terminal.write(stripFrame(lines, { rows: layout.rows, terminalRows }, { displaced: false }));
    },
    press: () => undefined,
    release: () => undefined,
    close: () => Promise.resolve(),
  };
}

type Look = { readonly heapBytes: number; readonly codeBytes: number; readonly rssBytes: number };

async function look(): Promise<Look> {
  await turn();
  // What a first collection finds dead may be what a second one needed to know.
  for (let collections = 0; collections < 3; collections += 1) collect?.();
  const { heapUsed, rss } = process.memoryUsage();
  const { code_and_metadata_size, bytecode_and_metadata_size } = getHeapCodeStatistics();
  return {
    heapBytes: heapUsed,
    codeBytes: code_and_metadata_size + bytecode_and_metadata_size,
    rssBytes: rss,
  };
}

function megabytes(of: (look: Look) => number): string {
  return `${looks.map((look) => (of(look) / 1e6).toFixed(2)).join(', ')} MB`;
}

function row(name: string, of: (look: Look) => number): string {
  const [first] = looks;
  const last = looks.at(-1);
  if (first === undefined || last === undefined) return '';
  const half = Math.ceil(looks.length / 2);
  const highest = (part: readonly Look[]): number => Math.max(...part.map(of));
  const cells = [of(first), highest(looks.slice(0, half)), highest(looks.slice(half)), of(last)];
  return `| ${name} | ${cells.map(formatBytes).join(' | ')} |`;
}

/** A second later every figure is another one. */
function viewAt(update: number): LiveView {
  const base = leakingReport({
    findings: [sessionsFinding(), packageFinding()],
    containers: [growingContainer({ growthPerSecond: update % 1000 })],
  });
  const samples = Math.min(update + 1, SAMPLES);
  const spanMs = (update + 1) * 1000;
  const timeMs = Array.from({ length: samples }, (_, index) => (spanMs * index) / samples);
  const heapUsed = timeMs.map((_, index) => 50e6 + 1e6 * ((index * 7 + update) % 97));
  const rss = heapUsed.map((bytes) => bytes * 1.4);
  const floors = Math.min(samples, FLOORS);
  const { isolates: _, ...worker } = leakingReport();
  const report = {
    ...base,
    durationMs: spanMs,
    growth: { ...base.growth, bytesPerSecond: 1e6 + update },
    isolates: [{ ...worker, target: { ...worker.target, isolate: 'worker:1' } }],
    series: {
      ...base.series,
      timeMs,
      rss,
      heapUsed,
      openConnections: timeMs.map((_, index) => (index + update) % 50),
      floor: Array.from({ length: floors }, (_, index) => ({
        timeMs: (spanMs * index) / floors,
        bytes: 30e6 + 1e4 * index + update,
        externalBytes: null,
      })),
    },
  };
  return liveView(spanMs, [liveSide('server.js', report, { load: null })]);
}
