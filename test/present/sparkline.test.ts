import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { sparkline } from '../../src/present/sparkline.ts';

const steady = Array.from({ length: 8 }, (_, second) => ({ timeMs: second * 1000, size: second * 10 }));

test('sizes that rise evenly are a staircase', () => {
  expect(sparkline(steady, { columns: 7, unicode: true })).toBe('▂▃▄▅▆▇█');
  expect(sparkline(steady, { columns: 7, unicode: false })).toBe('.-=+*%#');
});

test('one that does not change is a line on the ground', () => {
  const points = [0, 1, 2].map((timeMs) => ({ timeMs, size: 500 }));
  expect(sparkline(points, { columns: 4, unicode: true })).toBe('▁▁▁▁');
});

test('two looks are one step, not a slope: nobody saw what was between', () => {
  const points = [
    { timeMs: 0, size: 1 },
    { timeMs: 4000, size: 90 },
  ];
  expect(sparkline(points, { columns: 5, unicode: true })).toBe('▁▁▁▁█');
});

test('equal widths are equal times, however the looks are spread', () => {
  const points = [
    { timeMs: 0, size: 0 },
    { timeMs: 100, size: 40 },
    { timeMs: 200, size: 80 },
    { timeMs: 1000, size: 80 },
  ];
  expect(sparkline(points, { columns: 10, unicode: true })).toBe('▅█████████');
});

test('without a look there is nothing, and one look is as wide as asked', () => {
  expect(sparkline([], { columns: 8, unicode: true })).toBe('');
  expect(sparkline([{ timeMs: 5, size: 9 }], { columns: 3, unicode: false })).toBe('___');
});

test('whatever the sizes, it is as wide as asked, and ASCII where that is asked', () => {
  const point = fc.record({ timeMs: fc.nat(1e9), size: fc.nat() });
  fc.assert(
    fc.property(fc.array(point, { minLength: 1 }), fc.integer({ min: 1, max: 60 }), (points, columns) => {
      const sorted = points.toSorted((a, b) => a.timeMs - b.timeMs);
      expect(sparkline(sorted, { columns, unicode: true })).toMatch(
        new RegExp(`^[▁▂▃▄▅▆▇█]{${columns}}$`, 'u'),
      );
      expect(sparkline(sorted, { columns, unicode: false })).toMatch(new RegExp(`^[-_.=+*%#]{${columns}}$`));
    }),
  );
});
