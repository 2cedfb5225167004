import { type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks';
import { GCProfiler, getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { type GcStatistic, type GcTiming, joinGcRecords } from '../../src/probe/gc-events.ts';

function statistic(gcType: string, before: number, after: number): GcStatistic {
  const sizes = (usedHeapSize: number) => ({
    heapStatistics: { usedHeapSize, externalMemory: usedHeapSize / 10 },
    heapSpaceStatistics: [
      { spaceName: 'old_space', spaceUsedSize: usedHeapSize / 2 },
      { spaceName: 'code_space', spaceUsedSize: usedHeapSize / 4 },
      { spaceName: 'code_large_object_space', spaceUsedSize: usedHeapSize / 8 },
    ],
  });
  return { gcType, cost: 2000, beforeGC: sizes(before), afterGC: sizes(after) };
}

function timing(kind: number, startMs: number, flags = 0): GcTiming {
  return { kind, startMs, durationMs: 2, flags, started: null };
}

test('sizes and times of the same collection are joined, kind by kind and in order', () => {
  const records = joinGcRecords(
    [statistic('Scavenge', 9, 8), statistic('MarkSweepCompact', 8, 4), statistic('Scavenge', 6, 5)],
    [timing(1, 100), timing(1, 300), timing(4, 200, 4)],
    999,
  );
  expect(records.map(({ kind, timeMs, afterBytes, forced }) => [kind, timeMs, afterBytes, forced])).toEqual([
    ['minor', 102, 8, false],
    ['major', 202, 4, true],
    ['minor', 302, 5, false],
  ]);
});

test('a collection whose time was not told gets the time of the look', () => {
  const [record] = joinGcRecords([statistic('MarkSweepCompact', 8, 4)], [], 999);
  expect(record).toMatchObject({
    timeMs: 999,
    kind: 'major',
    forced: false,
    externalAfterBytes: 0.4,
    codeAfterBytes: 1.5,
    smallAfterBytes: 3,
  });
});

test('what Node really tells of a forced collection is joined to one major, forced record', async () => {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as () => void;
  setFlagsFromString('--no-expose-gc');
  const timings: GcTiming[] = [];
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as (PerformanceEntry & {
      detail: { kind: number; flags: number };
    })[]) {
      timings.push({ startMs: entry.startTime, durationMs: entry.duration, started: null, ...entry.detail });
    }
  });
  observer.observe({ entryTypes: ['gc'] });
  const profiler = new GCProfiler();
  profiler.start();
  const beforeMs = performance.now();
  gc();
  const afterMs = performance.now();
  const codeBytes = getHeapSpaceStatistics()
    .filter(({ space_name: name }) => name.includes('code'))
    .reduce((sum, space) => sum + space.space_used_size, 0);
  const statistics = profiler.stop()?.statistics ?? [];
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  observer.disconnect();
  const majors = joinGcRecords(statistics as GcStatistic[], timings, -1).filter(
    ({ kind }) => kind === 'major',
  );
  expect(majors).toHaveLength(1);
  expect(majors[0]?.forced).toBe(true);
  expect(majors[0]?.timeMs).toBeGreaterThanOrEqual(beforeMs);
  expect(majors[0]?.timeMs).toBeLessThanOrEqual(afterMs + 1);
  // What was compiled in between may be told on top.
  expect(majors[0]?.codeAfterBytes).toBeGreaterThan(codeBytes / 2);
  expect(majors[0]?.codeAfterBytes).toBeLessThanOrEqual(codeBytes);
});
