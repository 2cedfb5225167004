import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { byteTicks, timeTicks } from '../../../src/present/html/axis-ticks.ts';

test('sizes are 1, 2 or 5 times a power of ten', () => {
  expect(byteTicks(0, 970e6, 5)).toEqual([0, 200e6, 400e6, 600e6, 800e6]);
  expect(byteTicks(8.9e6, 12.4e6, 3)).toEqual([10e6, 12e6]);
});

test('times are what clocks have', () => {
  expect(timeTicks(0, 23_000, 6)).toEqual([0, 5_000, 10_000, 15_000, 20_000]);
  expect(timeTicks(0, 3_600_000, 6).map((ms) => ms / 60_000)).toEqual([0, 10, 20, 30, 40, 50, 60]);
  expect(timeTicks(3_600_000, 7_200_000, 6)[0]).toBe(3_600_000);
});

test('whatever the range, ticks lie within it, evenly, and there are few', () => {
  const range = fc.tuple(fc.nat(1e9), fc.integer({ min: 10, max: 1e9 }));
  fc.assert(
    fc.property(range, fc.integer({ min: 2, max: 8 }), ([from, length], most) => {
      for (const ticks of [byteTicks(from, from + length, most), timeTicks(from, from + length, most)]) {
        expect(ticks.length).toBeLessThanOrEqual(most + 1);
        for (const tick of ticks) {
          expect(tick).toBeGreaterThanOrEqual(from);
          expect(tick).toBeLessThanOrEqual(from + length);
        }
      }
    }),
  );
});
