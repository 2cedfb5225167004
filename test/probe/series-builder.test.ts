import { expect, test } from 'vitest';
import type { GcEvent, Sample } from '../../src/core/series.ts';
import { SeriesBuilder } from '../../src/probe/series-builder.ts';

const gc = (timeMs: number): GcEvent => ({
  timeMs,
  kind: 'minor',
  durationMs: 1,
  beforeBytes: 2,
  afterBytes: 1,
  forced: false,
});
const sample = { timeMs: 0 } as Sample;

test('keeps a bounded number of collections, and marks each that follows one that went', () => {
  const builder = new SeriesBuilder();
  for (let ms = 0; ms < 10_000; ms += 1) builder.add({ sample, gcs: [gc(ms)], floors: [], opening: null });
  const { gcs } = builder.series;
  expect(gcs.length).toBeLessThanOrEqual(4096);
  expect(gcs.at(-1)?.timeMs).toBe(9999);
  for (const [index, { timeMs, afterGap = false }] of gcs.entries()) {
    const before = gcs[index - 1];
    if (before !== undefined && timeMs - before.timeMs > 1) expect(afterGap, `at ${timeMs}`).toBe(true);
  }
  expect(gcs.slice(-1000).every(({ afterGap = false }) => !afterGap)).toBe(true);
});
