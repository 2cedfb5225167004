import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { plotPath, PLOT_ROWS, plotX, plotY, type PlotBox } from '../../../src/present/html/plot-path.ts';

const box: PlotBox = { columns: 100, fromMs: 0, untilMs: 1000, minBytes: 0, maxBytes: 1000 };

test('a line goes from sample to sample', () => {
  const points = [
    { timeMs: 0, bytes: 0 },
    { timeMs: 500, bytes: 500 },
    { timeMs: 1000, bytes: 1000 },
  ];
  expect(plotPath(points, box)).toBe('M0 1000L50 500L100 0');
});

test('what is not known breaks it', () => {
  const points = [
    { timeMs: 0, bytes: 0 },
    { timeMs: 200, bytes: null },
    { timeMs: 500, bytes: 500 },
    { timeMs: 700, bytes: 500 },
  ];
  expect(plotPath(points, box)).toBe('M0 1000M50 500L70 500');
  expect(plotPath([], box)).toBe('');
});

test('an axis may begin above zero', () => {
  const high = { ...box, minBytes: 400, maxBytes: 600 };
  expect([400, 500, 600].map((bytes) => plotY(bytes, high))).toEqual([PLOT_ROWS, PLOT_ROWS / 2, 0]);
});

test('of many samples in a column exactly the lowest and the highest are drawn, whatever they are', () => {
  const samples = fc.array(
    fc.record({ timeMs: fc.integer({ min: 0, max: 1000 }), bytes: fc.integer({ min: 0, max: 1000 }) }),
    {
      minLength: 1,
      maxLength: 400,
    },
  );
  fc.assert(
    fc.property(samples, (unsorted) => {
      const points = unsorted.toSorted((a, b) => a.timeMs - b.timeMs);
      const drawn = [...plotPath(points, box).matchAll(/[ML]([\d.]+) ([\d.]+)/g)].map(([, x, y]) => ({
        x: Number(x),
        y: Number(y),
      }));
      // Brute force: group by column, take the extremes.
      const columns = new Map<number, number[]>();
      for (const { timeMs, bytes } of points) {
        const column = Math.floor(plotX(timeMs, box));
        columns.set(column, [...(columns.get(column) ?? []), plotY(bytes, box)]);
      }
      for (const [column, ys] of columns) {
        const shown = drawn.filter(({ x }) => Math.floor(x) === column).map(({ y }) => y);
        expect(new Set(shown)).toEqual(new Set([Math.min(...ys), Math.max(...ys)]));
        expect(shown.length).toBeLessThanOrEqual(2);
      }
      expect(drawn.map(({ x }) => x)).toEqual(drawn.map(({ x }) => x).toSorted((a, b) => a - b));
    }),
  );
});
