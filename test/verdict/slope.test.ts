import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findSlope, type Slope } from '../../src/verdict/slope.ts';
import type { Point } from '../../src/verdict/point.ts';
import { Random } from './traces.ts';

function points(seconds: readonly number[], bytes: readonly number[]): readonly Point[] {
  return seconds.map((second, i) => ({ timeMs: second * 1000, bytes: bytes[i] ?? NaN, openConnections: 0 }));
}

function slope(of: readonly Point[], level = 0.99): Slope {
  const found = findSlope(of, level);
  if (found === undefined) throw new Error('too few points');
  return found;
}

const twelve = points(
  [0, 1, 2, 3, 5, 6, 7, 9, 10, 12, 13, 15],
  [10_000, 13_500, 14_200, 19_500, 22_300, 27_000, 26_100, 35_200, 33_800, 41_000, 41_200, 49_000],
);

describe('the slope', () => {
  // scipy.stats.theilslopes(y, x, level), scipy 1.17.1. The residuals of these twelve are not correlated.
  test.each([
    [0.99, 2483.333333333333, 2100.0, 2862.5],
    [0.95, 2483.333333333333, 2300.0, 2700.0],
    [0.9, 2483.333333333333, 2308.3333333333335, 2680.0],
  ])(
    'of twelve points and its %d interval are those of scipy.stats.theilslopes',
    (level, middle, low, high) => {
      const found = slope(twelve, level);
      expect(found.bytesPerSecond).toBeCloseTo(middle, 6);
      expect(found.interval[0]).toBeCloseTo(low, 6);
      expect(found.interval[1]).toBeCloseTo(high, 6);
    },
  );

  // scipy.stats.linregress and t.ppf(0.995, 3) * stderr
  test('of five points is the least-squares line with its t interval', () => {
    const found = slope(points([0, 2, 4.5, 6, 8], [3000, 9000, 13_000, 22_000, 25_000]));
    expect(found.bytesPerSecond).toBeCloseTo(2818.4079601990047, 8);
    expect(found.interval[1] - found.bytesPerSecond).toBeCloseTo(1832.7880566836307, 6);
  });

  test('is not known below four points', () => {
    expect(findSlope(twelve.slice(0, 3), 0.99)).toBeUndefined();
  });

  test('is not bent by one GC spike of any size', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 11 }), fc.integer({ min: 0, max: 1e9 }), (at, spike) => {
        const spiked = twelve.map((point, i) =>
          i === at ? { ...point, bytes: point.bytes + spike } : point,
        );
        const found = slope(spiked).bytesPerSecond;
        expect(found).toBeGreaterThan(2000);
        expect(found).toBeLessThan(3000);
      }),
    );
  });

  test('follows a change of units, and adding a constant or moving the clock changes nothing', () => {
    const series = fc.array(fc.integer({ min: 0, max: 1e8 }), { minLength: 4, maxLength: 30 });
    const shift = fc.integer({ min: 0, max: 1e9 });
    const scale = fc.integer({ min: 1, max: 64 });
    fc.assert(
      fc.property(series, shift, scale, scale, (bytes, added, larger, slower) => {
        const original = points([...bytes.keys()], bytes);
        const moved = original.map((point) => ({
          ...point,
          timeMs: point.timeMs * slower + added,
          bytes: point.bytes * larger + added,
        }));
        const before = slope(original);
        const after = slope(moved);
        const factor = larger / slower;
        const tolerance = 1e-6 * (1 + Math.abs(before.interval[1] - before.interval[0])) * factor;
        expect(Math.abs(after.bytesPerSecond - before.bytesPerSecond * factor)).toBeLessThan(tolerance);
        expect(Math.abs(after.interval[0] - before.interval[0] * factor)).toBeLessThan(tolerance * 10);
        expect(Math.abs(after.interval[1] - before.interval[1] * factor)).toBeLessThan(tolerance * 10);
      }),
    );
  });

  test('of 2,000 points stays the slope of all of them', () => {
    const random = new Random(1);
    const seconds = Array.from({ length: 2000 }, (_, i) => i * 2);
    const found = slope(
      points(
        seconds,
        seconds.map((second) => 5_000 * second + 1e6 * random.normal()),
      ),
    );
    expect(found.interval[0]).toBeLessThan(5_000);
    expect(found.interval[1]).toBeGreaterThan(5_000);
    expect(found.interval[1] - found.interval[0]).toBeLessThan(200);
  });

  test('misses the truth in no more than 6 of 400 series with independent noise, at a level of 0.99', () => {
    const misses = missesOf((random) => () => random.normal());
    expect(misses).toBeLessThanOrEqual(6);
  });
});

function missesOf(noiseOf: (random: Random) => () => number): number {
  let misses = 0;
  for (let seed = 1; seed <= 400; seed += 1) {
    const random = new Random(seed);
    const noise = noiseOf(random);
    const seconds = Array.from({ length: 5 + (seed % 30) }, (_, i) => 2 * i + random.between(0, 0.5));
    const [low, high] = slope(
      points(
        seconds,
        seconds.map((second) => 24_000 * second + 30_000 * noise()),
      ),
    ).interval;
    if (low > 24_000 || high < 24_000) misses += 1;
  }
  return misses;
}
