import { expect, test } from 'vitest';
import { predictSnapshotCost } from '../../src/capture/snapshot-cost.ts';
import { emptySeries, type Sample, type Series } from '../../src/core/series.ts';

const MB = 1e6;

function sample(heapUsed: number, large: number): Sample {
  return {
    timeMs: 0,
    rss: 0,
    heapUsed,
    heapTotal: 0,
    external: 0,
    arrayBuffers: 0,
    openConnections: 0,
    activeTimers: 0,
    inside: {
      spaces: { young: 0, old: 0, large, code: 0 },
      loopDelayMs: 0,
      loopUtilization: 0,
      httpRequests: 0,
      connectionsOpened: 0,
      connectionsClosed: 0,
      activeResources: {},
    },
  };
}

const series = (heapUsed: number, large: number, floor?: number): Series => ({
  ...emptySeries,
  samples: [sample(heapUsed, large)],
  floors: floor === undefined ? [] : [{ timeMs: 0, heapBytes: floor, externalBytes: 0, openConnections: 0 }],
});

test('the range holds what was measured: 14 to 20 s at 200 MB, 84 s and 8.2 GB at 600 MB', () => {
  const small = predictSnapshotCost(series(200 * MB, 0));
  expect(small?.pauseMs[0]).toBeLessThanOrEqual(14_000);
  expect(small?.pauseMs[1]).toBeGreaterThanOrEqual(20_000);
  const large = predictSnapshotCost(series(600 * MB, 0));
  expect(large?.pauseMs[1]).toBeGreaterThanOrEqual(84_000);
  expect(large?.memoryBytes[0]).toBeLessThanOrEqual(8.2e9);
  expect(large?.memoryBytes[1]).toBeGreaterThanOrEqual(8.2e9);
});

test('garbage and large objects cost nothing', () => {
  expect(predictSnapshotCost(series(300 * MB, 40 * MB, 100 * MB))?.heapBytes).toBe(60 * MB);
  expect(predictSnapshotCost(series(300 * MB, 40 * MB))?.heapBytes).toBe(260 * MB);
  expect(predictSnapshotCost(series(30 * MB, 40 * MB, 30 * MB))?.heapBytes).toBe(0);
});

test('before the first sample nothing is predicted', () => {
  expect(predictSnapshotCost(emptySeries)).toBeNull();
});
