import { expect, test } from 'vitest';
import { samplingIntervalBytes } from '../../src/capture/sampling-interval.ts';
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
