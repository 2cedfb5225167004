import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readTracedGcs, type TracedGc } from '../../../src/probe/log/gc-trace.ts';

const folder = join(import.meta.dirname, 'recordings');
const MIB = 2 ** 20;

const body =
  'Scavenge 4.1 (5.2) -> 3.3 (6.2) MB, 1.25 / 0.01 ms  (average mu = 1.000, current mu = 1.000) task;';
const expected: TracedGc = {
  pid: 4242,
  isolate: '0x5581a0',
  timeMs: 1073,
  kind: 'minor',
  durationMs: 1.25,
  beforeBytes: Math.round(4.1 * MIB),
  afterBytes: Math.round(3.3 * MIB),
};

describe('the sizes are those V8 itself tells its profiler', () => {
  const traces = readdirSync(folder).filter((name) => name.endsWith('.trace'));
  test('there are recordings of four versions', () => expect(traces).toHaveLength(8));
  test.each(traces)('%s', (name) => {
    const lines = readFileSync(join(folder, name), 'utf8').split('\n');
    const read = lines.flatMap((line) => readTracedGcs(line).gcs);
    const profiled = JSON.parse(
      lines.find((line) => line.startsWith('profiler '))?.slice('profiler '.length) ?? '',
    ) as [string, number][];
    const sizes = profiled.filter(([kind]) => kind === 'Scavenge' || kind === 'MarkSweepCompact');
    // It begins after the program did and ends before it does, so the log may have a few collections more.
    const offsets = Array.from({ length: read.length - sizes.length + 1 }, (_, offset) => offset);
    const worst = offsets.map((offset) => worstMissMib(read.slice(offset, offset + sizes.length), sizes));
    expect(offsets.length).toBeLessThan(6);
    // 0.05 MB of rounding, and what Node 26 does between the two moments at which V8 reads the size: 5 KB at most.
    expect(Math.min(...worst)).toBeLessThanOrEqual(0.05 + 8192 / MIB);
    expect(sizes.length).toBeGreaterThan(9);
  });
});

/** How far the log is from the profiler where it is farthest; Infinity where their kinds differ. */
function worstMissMib(read: readonly TracedGc[], sizes: readonly [string, number][]): number {
  const misses = sizes.map(([kind, bytes], at) => {
    const gc = read[at];
    const same = gc?.kind === (kind === 'Scavenge' ? 'minor' : 'major');
    return same ? Math.abs(gc.afterBytes - bytes) / MIB : Infinity;
  });
  return Math.max(...misses);
}

test.each([
  ['as Node prints it', `[4242:0x5581a0]     1073 ms: ${body}`],
  ['with the isolate number of newer versions', `[4242:0x5581a0:0]     1073 ms: ${body}`],
  ['behind a container', `2026-11-22T16:00:00.123456789Z [4242:0x5581a0]     1073 ms: ${body}`],
  ['behind journald', `Nov 22 16:00:00 host node[99]: [4242:0x5581a0]     1073 ms: ${body}`],
  ['behind pm2', `0|app  | [4242:0x5581a0]     1073 ms: ${body}`],
  ['glued to what the program printed', `listening on port 3000 [4242:0x5581a0]     1073 ms: ${body}`],
  ['with an earlier duration in the line', `GET / 200 12 ms: ok[4242:0x5581a0]     1073 ms: ${body}`],
])('a line is read %s', (_, line) => {
  expect(readTracedGcs(line)).toEqual({ gcs: [expected], unreadable: 0 });
});

test('a line without prefix tells of no process', () => {
  const [gc] = readTracedGcs(`    1073 ms: ${body}`).gcs;
  expect(gc).toEqual({ ...expected, pid: null, isolate: null });
});

test.each([
  ['Mark-sweep', 'major'],
  ['Mark-sweep (reduce)', 'major'],
  ['Mark-Compact', 'major'],
  ['Mark-Compact (reduce)', 'major'],
  ['Incremental Mark-Compact', 'major'],
  ['Scavenge', 'minor'],
  ['Scavenge (during sweeping)', 'minor'],
  ['Minor Mark-Sweep', 'minor'],
  ['Minor Mark-Compact', 'minor'],
])('%s is a %s collection', (name, kind) => {
  const line = `[1:0xab]  7 ms: ${name} 4.1 (5.2) -> 3.3 (6.2) MB, pooled: 0.5 MB, 1.25 / 0.01 ms (average`;
  expect(readTracedGcs(line).gcs).toMatchObject([
    { kind, durationMs: 1.25, afterBytes: Math.round(3.3 * MIB) },
  ]);
});

test('two collections in one line are two, and one that is cut off is counted', () => {
  const whole = `[1:0xab]  7 ms: ${body}`;
  expect(readTracedGcs(whole + whole).gcs).toHaveLength(2);
  expect(readTracedGcs(whole + whole.slice(0, 40))).toMatchObject({ gcs: [{}], unreadable: 1 });
  expect(readTracedGcs('GET /users 12 ms: 200')).toEqual({ gcs: [], unreadable: 0 });
});
