import { expect, test } from 'vitest';
import { growthWindow, samplingIntervalBytes } from '../../src/capture/sampling-interval.ts';
import { emptySeries, type GcEvent, type Series } from '../../src/core/series.ts';

/** Scavenges a second apart, with so many bytes allocated between two of them. */
function allocating(bytesPerSecond: number): Series {
  const gcs = Array.from(
    { length: 5 },
    (_, index): GcEvent => ({
      timeMs: index * 1000,
      kind: 'minor',
      durationMs: 1,
      beforeBytes: 10_000_000 + bytesPerSecond,
      afterBytes: 10_000_000,
      forced: false,
    }),
  );
  return { ...emptySeries, gcs };
}

test('collections that were not told of leave nothing out: what two in a row say counts', () => {
  // Of ten seconds two are told: in each 500 MB were allocated, and in the eight between ten times as many collections came.
  const pair = (timeMs: number, afterGap: boolean): GcEvent[] => {
    const event = {
      kind: 'minor',
      durationMs: 1,
      beforeBytes: 510e6,
      afterBytes: 10e6,
      forced: false,
    } as const;
    return [
      { ...event, timeMs, ...(afterGap && { afterGap }) },
      { ...event, timeMs: timeMs + 1000 },
    ];
  };
  const series = { ...emptySeries, gcs: [...pair(0, false), ...pair(9000, true)] };
  expect(growthWindow(1e6, series).samplingIntervalBytes).toBe(262_144);
});

test.each([
  ['nothing known: the smallest', null, emptySeries, 16_384],
  // 56 MB/s for 1.5 s is 84 MB: 400 samples of 210 KB.
  ['the story', 56e6, emptySeries, 262_144],
  // 1 MB/s would be 3.75 KB a sample.
  ['a slow leak', 1e6, emptySeries, 16_384],
  // 500 MB/s at 2,000 stacks a second is 250 KB a sample, however little grows.
  ['a slow leak beside much churn', 1e6, allocating(500e6), 262_144],
  ['more than any profile needs', 1e12, emptySeries, 4_194_304],
] as const)('%s', (_, growth, series, expected) => {
  expect(samplingIntervalBytes(growth, series, 1500)).toBe(expected);
});

test.each([
  // 180 KB/s for 6 s is 1.08 MB: a thousand samples of the finest.
  ['a leak as of the gallery', 180_000, allocating(1e6), 1024, 6000],
  // 600 samples of 1 KB take 614 KB: 41 s, and nobody waits for so long.
  ['a slow leak', 15_000, allocating(1e6), 1024, 20_000],
  // 60 KB/s gives 600 samples of 1 KB in 10.24 s.
  ['one in between', 60_000, allocating(1e6), 1024, 10_240],
  // 336 MB in 6 s: 1,500 samples of 224 KB.
  ['the story', 56e6, allocating(60e6), 262_144, 6000],
  // 2,000 stacks a second of 100 MB/s are 50 KB each; 600 of them of a 3 MB/s leak take 10 s.
  ['a leak beside much churn', 3e6, allocating(100e6), 65_536, 10_000],
  ['nothing that grows', 0, allocating(1e6), 1024, 20_000],
  // It may be a gigabyte a second.
  ['nothing known of what is allocated', 180_000, emptySeries, 16_384, 20_000],
] as const)('to see what grows: %s', (_, growth, series, samplingIntervalBytes, forMs) => {
  expect(growthWindow(growth, series)).toEqual({ samplingIntervalBytes, forMs });
});
