import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Circumstances,
  objectionsTo,
  objectionsToCounting,
  predictFromBytes,
  predictSnapshot,
  type SnapshotPrediction,
} from '../../src/capture/snapshot-admission.ts';

const prediction: SnapshotPrediction = {
  objects: 1_000_000,
  pauseMs: 3000,
  pauseMsMost: 4500,
  memoryBytes: 1_000_000_000,
  fileBytes: 100_000_000,
};
const roomy: Circumstances = {
  rooms: [{ which: 'machine', leftBytes: 8_000_000_000 }],
  maxPauseMs: 10_000,
  disk: { leftBytes: 10_000_000_000, isMemory: false },
};
const kinds = (circumstances: Partial<Circumstances>, of: Partial<SnapshotPrediction> = {}): string[] =>
  objectionsTo({ ...prediction, ...of }, { ...roomy, ...circumstances }).map(({ kind }) => kind);

describe('a capture is refused', () => {
  test('not where there is room, time and disk', () => {
    expect(kinds({})).toEqual([]);
  });
  test('by the tightest limit, which is named with its figures', () => {
    const rooms = [
      { which: 'machine' as const, leftBytes: 8_000_000_000 },
      { which: 'container' as const, leftBytes: 500_000_000 },
      { which: 'rlimit' as const, leftBytes: 600_000_000 },
    ];
    expect(objectionsTo(prediction, { ...roomy, rooms })).toEqual([
      { kind: 'memory', which: 'container', leftBytes: 500_000_000, needBytes: 1_192_000_000 },
    ]);
  });
  test('for a byte too few, and not for the last one', () => {
    const at = (leftBytes: number): string[] => kinds({ rooms: [{ which: 'machine', leftBytes }] });
    expect(at(1_192_000_000)).toEqual([]);
    expect(at(1_191_999_999)).toEqual(['memory']);
    expect(at(0)).toEqual(['memory']);
  });
  test('for a pause that may be longer than is allowed', () => {
    expect(kinds({ maxPauseMs: 4500 })).toEqual([]);
    expect(kinds({ maxPauseMs: 4499 })).toEqual(['pause']);
    // The likely pause would fit.
    expect(kinds({ maxPauseMs: 3500 })).toEqual(['pause']);
  });
  test('for a disk that two files do not fit on', () => {
    expect(kinds({ disk: { leftBytes: 200_000_000, isMemory: false } })).toEqual([]);
    expect(kinds({ disk: { leftBytes: 199_999_999, isMemory: false } })).toEqual(['disk']);
  });
  test('for files in memory that do not fit beside the capture', () => {
    const rooms = [{ which: 'machine' as const, leftBytes: 1_300_000_000 }];
    expect(kinds({ rooms })).toEqual([]);
    expect(kinds({ rooms, disk: { leftBytes: 10_000_000_000, isMemory: true } })).toEqual(['memory']);
  });
  test('for figures that are no numbers', () => {
    expect(kinds({}, { memoryBytes: Number.NaN })).toEqual(['memory']);
    expect(kinds({}, { pauseMsMost: Number.NaN })).toEqual(['pause']);
    expect(kinds({}, { fileBytes: Number.NaN })).toContain('disk');
    expect(kinds({ rooms: [{ which: 'machine', leftBytes: Number.NaN }] })).toEqual(['memory']);
  });
  test('where it is not known what is left', () => {
    expect(kinds({ rooms: [] })).toEqual(['memory']);
  });
  test('for all reasons at once', () => {
    expect(
      kinds({
        rooms: [{ which: 'rlimit', leftBytes: 1 }],
        maxPauseMs: 1,
        disk: { leftBytes: 1, isMemory: false },
      }),
    ).toEqual(['memory', 'pause', 'disk']);
  });
  test('never less for more: whatever is admitted is admitted with more room, time and disk', () => {
    const size = fc.nat({ max: 2_000_000_000 });
    fc.assert(
      fc.property(size, size, size, size, size, fc.boolean(), (memory, left, more, pause, disk, isMemory) => {
        const of = { ...prediction, memoryBytes: memory, pauseMsMost: pause };
        const admits = (extra: number): boolean =>
          objectionsTo(of, {
            rooms: [{ which: 'container', leftBytes: left + extra }],
            maxPauseMs: pause + extra - 1000,
            disk: { leftBytes: disk + extra, isMemory },
          }).length === 0;
        return !admits(0) || admits(more);
      }),
    );
  });
});

describe('what a snapshot will cost', () => {
  const counts = {
    objects: 1_000_000,
    receivers: 400_000,
    textBytes: 10_000_000,
    madeNames: 100_000,
    weakPlaces: 0,
    references: 3_000_000,
    pauseMs: 1,
  };
  test('its pause follows the number of objects and the speed of the machine', () => {
    const slow = predictSnapshot({ ...counts, textBytes: 0 }, 4);
    const fast = predictSnapshot({ ...counts, textBytes: 0 }, 2);
    expect(slow.pauseMs - fast.pauseMs).toBeCloseTo(2000);
    expect(slow.pauseMsMost).toBeGreaterThan(slow.pauseMs);
  });
  test('text takes time too, since it is written', () => {
    const more = predictSnapshot({ ...counts, textBytes: 150_000_000 }, 3);
    expect(more.pauseMs - predictSnapshot({ ...counts, textBytes: 0 }, 3).pauseMs).toBeCloseTo(900);
  });
  test('more of anything never costs less', () => {
    const base = predictSnapshot(counts, 3);
    for (const more of [
      { objects: 2_000_000 },
      { receivers: 500_000 },
      { textBytes: 20_000_000 },
      { madeNames: 200_000 },
      { references: 4_000_000 },
    ]) {
      const dearer = predictSnapshot({ ...counts, ...more }, 3);
      expect(dearer.memoryBytes).toBeGreaterThanOrEqual(base.memoryBytes);
      expect(dearer.fileBytes).toBeGreaterThanOrEqual(base.fileBytes);
    }
  });
  test('without a count what is large is taken for a list, of whose places V8 makes names', () => {
    const large = { rssBytes: 1e9, heapUsedBytes: 90_000_000, largeBytes: 80_000_000 };
    expect(predictFromBytes(large, 3).memoryBytes).toBeGreaterThan(10_000_000 * 1024);
  });
  test('without a count the guess is above what the same heap was measured to take', () => {
    // 63 MB of objects with four fields took 1,390 MB on Node 20.
    const memory = { rssBytes: 166e6, heapUsedBytes: 63_000_000, largeBytes: 0 };
    expect(predictFromBytes(memory, 3).memoryBytes).toBeGreaterThan(1_390_000_000);
    expect(predictFromBytes(memory, 3).objects).toBeNull();
  });
});

test('where there is not even room to count, nothing is counted', () => {
  const memory = { rssBytes: 5e8, heapUsedBytes: 400_000_000, largeBytes: 0 };
  const at = (leftBytes: number): number =>
    objectionsToCounting(memory, [
      { which: 'machine', leftBytes: 9e9 },
      { which: 'container', leftBytes },
    ]).length;
  expect(at(392_000_000)).toBe(0);
  expect(at(391_999_999)).toBe(1);
  expect(objectionsToCounting(memory, [])).toHaveLength(1);
});
