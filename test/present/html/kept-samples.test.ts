import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { keptSamples } from '../../../src/present/html/kept-samples.ts';

const sizes = fc.array(fc.option(fc.integer({ min: 0, max: 1000 })), { minLength: 1, maxLength: 400 });

test('a short series is kept whole', () => {
  expect(
    keptSamples([
      [1, 2, 3],
      [1, 1, 1],
    ]),
  ).toEqual([0, 1, 2]);
});

test('of a long one the ends, the lowest and the highest of each line are kept, in order and within bounds', () => {
  fc.assert(
    fc.property(sizes, sizes, fc.integer({ min: 8, max: 100 }), (rss, heapUsed, most) => {
      // Both are equally long.
      heapUsed = rss.map((_, index) => heapUsed[index] ?? null);
      const timeMs = rss.map((_, index) => index);
      const kept = keptSamples([rss, heapUsed], most);
      expect(kept).toEqual([...new Set(kept)].sort((a, b) => a - b));
      expect(kept.length).toBeLessThanOrEqual(Math.max(timeMs.length <= most ? timeMs.length : 0, most + 6));
      expect(kept[0]).toBe(0);
      expect(kept.at(-1)).toBe(timeMs.length - 1);
      for (const column of [rss, heapUsed]) {
        const known = timeMs.map((index) => column[index] ?? null).filter((size) => size !== null);
        if (known.length === 0) continue;
        const shown = kept.map((index) => column[index] ?? null).filter((size) => size !== null);
        expect(Math.max(...shown)).toBe(Math.max(...known));
        expect(Math.min(...shown)).toBe(Math.min(...known));
      }
    }),
  );
});
