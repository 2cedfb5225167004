import { expect, test } from 'vitest';
import { predictSnapshotCost } from '../../src/capture/snapshot-cost.ts';
import { emptySeries, type Floor, type Sample, type Series } from '../../src/core/series.ts';

const MB = 1e6;

function sample(heapUsed: number, large: number, timeMs = 0, old = heapUsed - large): Sample {
  return {
    timeMs,
    rss: 0,
    heapUsed,
    heapTotal: 0,
    external: 0,
    arrayBuffers: 0,
    openConnections: 0,
    activeTimers: 0,
    inside: {
      spaces: { young: 0, old, large, code: 0 },
      loopDelayMs: 0,
      loopUtilization: 0,
      httpRequests: 0,
      connectionsOpened: 0,
      connectionsClosed: 0,
      activeResources: {},
    },
  };
}

const series = (...samples: Sample[]): Series => ({ ...emptySeries, samples });
const floor = (timeMs: number, heapBytes: number): Floor => ({
  timeMs,
  heapBytes,
  externalBytes: 0,
  openConnections: 0,
});

test('the range holds what was measured: 14 to 20 s at 200 MB, 84 s and 8.2 GB at 600 MB', () => {
  const small = predictSnapshotCost(series(sample(200 * MB, 0)));
  expect(small?.pauseMs[0]).toBeLessThanOrEqual(14_000);
  expect(small?.pauseMs[1]).toBeGreaterThanOrEqual(20_000);
  const large = predictSnapshotCost(series(sample(600 * MB, 0)));
  expect(large?.pauseMs[1]).toBeGreaterThanOrEqual(84_000);
  expect(large?.memoryBytes[0]).toBeLessThanOrEqual(8.2e9);
  expect(large?.memoryBytes[1]).toBeGreaterThanOrEqual(8.2e9);
});

test('large objects cost nothing, and garbage only where it may have come to stay since the last floor', () => {
  expect(predictSnapshotCost(series(sample(300 * MB, 40 * MB)))?.pauseMs).toEqual([70 * 260, 140 * 260]);
  const samples = [sample(100 * MB, 40 * MB, 1000), sample(300 * MB, 50 * MB, 2000)];
  const cost = predictSnapshotCost({ ...series(...samples), floors: [floor(990, 95 * MB)] });
  expect(cost?.pauseMs).toEqual([70 * 60, 140 * 250]);
  expect(cost?.memoryBytes).toEqual([11 * 60 * MB, 22 * 250 * MB]);
});

test('what lay in the small spaces at the time of a floor counts no more than what was alive then', () => {
  const samples = [sample(300 * MB, 0, 1000), sample(310 * MB, 0, 2000)];
  const cost = predictSnapshotCost({ ...series(...samples), floors: [floor(500, 100 * MB)] });
  expect(cost?.pauseMs).toEqual([70 * 100, 140 * 310]);
});

// A server of the story under load: 1.54 GB at the last floor, 1.76 GB 19 s later, all but 7 MB of it in large arrays.
test('large objects that came after the last floor are not taken off what was alive before', () => {
  const samples = [
    sample(1560.5 * MB, 1536.5 * MB, 114_789, 6.7 * MB),
    sample(1759.2 * MB, 1752.5 * MB, 133_521, 7 * MB),
  ];
  const cost = predictSnapshotCost({ ...series(...samples), floors: [floor(114_788, 1543 * MB)] });
  expect(cost?.pauseMs[0]).toBeCloseTo(469);
  expect(cost?.pauseMs[1]).toBeCloseTo(980);
});

test('a large array made between the reading of the heap and of its spaces takes nothing off', () => {
  const cost = predictSnapshotCost(series(sample(38.9 * MB, 64.5 * MB, 35_003, 6.7 * MB)));
  expect(cost?.heapBytes).toBe(6.7 * MB);
});

test('before the first sample nothing is predicted', () => {
  expect(predictSnapshotCost(emptySeries)).toBeNull();
});
