import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decide } from '../../src/verdict/decide.ts';
import { fillingOf } from '../../src/verdict/fill.ts';
import { fitGrowth, type GrowthFit, intervalOf } from '../../src/verdict/growth-fit.ts';
import type { Point } from '../../src/verdict/point.ts';
import { Random } from './traces.ts';

function points(count: number, bytesAt: (seconds: number) => number, everySeconds = 10): readonly Point[] {
  return Array.from({ length: count }, (_, i) => {
    const seconds = everySeconds * i;
    return { timeMs: seconds * 1000, bytes: bytesAt(seconds), openConnections: 0 };
  });
}

function fit(of: readonly Point[]): GrowthFit {
  const found = fitGrowth(of);
  if (found === undefined) throw new Error('too few points');
  return found;
}

describe('the line through noise that may wander', () => {
  // Of 300 lines each; the interval mixes all kinds of noise, so it is too wide for those that wander little.
  test.each([
    ['its own at each point', 0, 297],
    ['half wandering', 0.5, 292],
    ['a random walk', 30, 288],
  ])('has a 99 %% interval that holds the truth, in noise that is %s', (_, walking, least) => {
    let held = 0;
    for (let seed = 1; seed <= 300; seed += 1) {
      const random = new Random(seed);
      let level = 1e8;
      const of = points(30, (seconds) => {
        level += walking * 1e5 * random.normal();
        return level + 20_000 * seconds + 1e5 * random.normal();
      });
      const [low, high] = intervalOf(fit(of), 0.99);
      if (low <= 20_000 && 20_000 <= high) held += 1;
    }
    expect(held).toBeGreaterThanOrEqual(least);
  });

  test('without noise is the line, wherever it begins and in whatever unit', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1_000, max: 1_000_000 }),
        fc.integer({ min: 0, max: 1_000_000_000 }),
        fc.integer({ min: 1, max: 500 }),
        (slope, level, every) => {
          const found = fit(points(20, (seconds) => level + slope * seconds, every));
          expect(found.bytesPerSecond / slope).toBeCloseTo(1, 3);
          expect(found.lastBytes).toBeCloseTo(level + slope * 19 * every, -2);
          expect(found.bend).toBeLessThan(5);
        },
      ),
    );
  });

  test('is not known below five points', () => {
    expect(fitGrowth(points(4, (seconds) => seconds))).toBeUndefined();
  });
});

describe('what fills', () => {
  const base = 50e6;
  const expected = 210e6;
  const fill = (seconds: number): number => base + expected * (1 - Math.exp(-seconds / 600));

  test.each([0.5, 0.7, 0.8, 0.9])('is told with its end when %d of it have come', (share) => {
    const every = (-600 * Math.log(1 - share)) / 59;
    let told = 0;
    let held = 0;
    for (let seed = 1; seed <= 100; seed += 1) {
      const random = new Random(seed);
      const of = points(60, (seconds) => fill(seconds) + 1e6 * random.normal(), every);
      const found = fillingOf(of, 4e9)?.filling;
      if (found === undefined) continue;
      told += 1;
      expect(found.share).toBeGreaterThan(share - 0.07);
      expect(found.share).toBeLessThan(share + 0.07);
      if (found.interval[0] <= expected && expected <= found.interval[1]) held += 1;
    }
    expect(told).toBeGreaterThanOrEqual(98);
    // The interval is at 90 %; three deviations of a count of 100 below it.
    expect(held).toBeGreaterThanOrEqual(81);
  });

  test('is not told of even growth, in more than 2 of 200', () => {
    let told = 0;
    for (let seed = 1; seed <= 200; seed += 1) {
      const random = new Random(seed);
      if (
        fillingOf(
          points(60, (seconds) => base + 1e5 * seconds + 1e6 * random.normal()),
          4e9,
        )
      )
        told += 1;
    }
    expect(told).toBeLessThanOrEqual(2);
  });

  test('is said in the verdict, which is no leak', () => {
    const floors = points(70, fill, 15).map(({ timeMs, bytes }, i) => ({
      timeMs: timeMs + 1000,
      heapBytes: Math.round(bytes + 3e5 * Math.sin(i)),
      externalBytes: 2e6,
      openConnections: 4,
    }));
    const verdict = decide(
      { samples: [], gcs: [], floors },
      { limitBytes: 4e9, watchedMs: 1_040_000, patience: 'standing' },
    );
    expect(verdict.kind).toBe('inconclusive');
    expect(verdict.reason).toMatch(/^filling: 8\d % of an expected 2[01]\d MB \(/);
    expect(verdict.filling?.share).toBeGreaterThan(0.78);
    expect(verdict.watchMoreMs).toBeGreaterThan(60_000);
  });
});
