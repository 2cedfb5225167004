import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fadingAt } from '../../src/verdict/fading.ts';
import { forecastOf } from '../../src/verdict/forecast.ts';
import { fitGrowth, intervalOf } from '../../src/verdict/growth-fit.ts';
import { findSlope } from '../../src/verdict/slope.ts';
import { incompleteBeta, studentQuantile } from '../../src/verdict/student-t.ts';
import { WanderingRegression } from '../../src/verdict/wandering-regression.ts';

// The golden files come from golden/make.py, which asks scipy.

describe('as scipy', () => {
  const { student, normal, incompleteBeta: beta } = read<Distributions>('distributions.json');

  test("quantiles of Student's t, to nine digits", () => {
    for (const { degrees, probability, quantile } of student) {
      expect(off(studentQuantile(probability, degrees), quantile)).toBeLessThan(1e-9);
    }
  });
  test('quantiles of the normal distribution by a million degrees, to four digits', () => {
    for (const { probability, quantile } of normal) {
      expect(off(studentQuantile(probability, 1e6), quantile)).toBeLessThan(1e-4);
    }
  });
  test('the incomplete beta function, to ten digits', () => {
    for (const { x, a, b, value } of beta) expect(off(incompleteBeta(x, a, b), value)).toBeLessThan(1e-10);
  });

  test('least-squares lines through four to seven points', () => {
    for (const one of read<{ cases: LeastSquares[] }>('least-squares.json').cases) {
      const found = findSlope(pointsOf(one), 0.99);
      expect(off(found?.bytesPerSecond, one.slope)).toBeLessThan(1e-9);
      expect(off(found?.standardError, one.standardError)).toBeLessThan(1e-7);
      const [low, high] = found?.interval ?? [NaN, NaN];
      expect(off((high - low) / 2, one.reach99)).toBeLessThan(1e-7);
    }
  });

  const { cases } = read<{ cases: TheilSen[] }>('theil-sen.json');

  test('Theil–Sen slopes of 8 to 200 points', () => {
    for (const one of cases) {
      expect(off(findSlope(pointsOf(one), 0.99)?.bytesPerSecond, one.slope)).toBeLessThan(1e-9);
    }
  });
  test("Theil–Sen intervals, where neighbours' residuals are not correlated; where they are, wider", () => {
    let same = 0;
    for (const one of cases) {
      for (const { level, ends } of one.intervals) {
        const [low, high] = findSlope(pointsOf(one), level)?.interval ?? [NaN, NaN];
        if (one.correlationOfNeighbours <= 0) {
          same += 1;
          // Where scipy's interval would pass the outermost pair it gives that pair, as here.
          expect(off(low, ends[0])).toBeLessThan(1e-9);
          expect(off(high, ends[1])).toBeLessThan(1e-9);
        } else {
          expect(low).toBeLessThanOrEqual(ends[0]);
          expect(high).toBeGreaterThanOrEqual(ends[1]);
        }
      }
    }
    expect(same).toBeGreaterThan(40);
  });
  test("an interval excludes zero where Kendall's test rejects that there is no trend, and else not", () => {
    let decided = 0;
    for (const one of cases.filter(({ correlationOfNeighbours }) => correlationOfNeighbours <= 0)) {
      for (const level of [0.8, 0.9, 0.95, 0.99, 0.999]) {
        const p = one.kendallP / (1 - level);
        // Ranks are whole: right at the boundary either answer is right.
        if (p > 0.6 && p < 1.7) continue;
        decided += 1;
        const [low, high] = findSlope(pointsOf(one), level)?.interval ?? [NaN, NaN];
        expect(low > 0 || high < 0).toBe(p < 1);
        if (p < 1) expect(Math.sign(low)).toBe(Math.sign(one.kendallTau));
      }
    }
    expect(decided).toBeGreaterThan(60);
  });
});

// By the whole covariance matrix, scipy's non-negative least squares, and a walk to each end of an interval.
describe('effects of several causes under noise that wanders', () => {
  for (const one of read<{ cases: Regression[] }>('regression.json').cases) {
    const causes = one.causes.map((amounts) => ({ amounts, errorVariance: 0 }));
    const found = new WanderingRegression(one.seconds, one.bytes, causes, { level: 0.99, leastVariance: 1 });
    const scale = (cause: number): number => one.intervals99[cause]?.[1] ?? 1;
    const name = `${one.bytes.length} floors, ${one.kind}`;

    test(`likeliest effects, ${name}`, () => {
      // Of causes in step any mixture is as likely.
      if (one.kind === 'even') return;
      for (const [cause, effect] of found.effects().entries()) {
        expect(Math.abs(effect - (one.effects[cause] ?? NaN))).toBeLessThan(1e-5 * scale(cause));
      }
    });
    test(`intervals, ${name}`, () => {
      for (const [cause, [low, high]] of one.intervals99.entries()) {
        const interval = found.interval(cause);
        expect(Math.abs(interval[0] - low)).toBeLessThan(1e-4 * scale(cause));
        expect(Math.abs(interval[1] - high)).toBeLessThan(1e-4 * scale(cause));
      }
    });
    test(`what can't be done without, ${name}`, () => {
      for (const [place, p] of one.pWithout.entries()) expect(found.needs(place + 1)).toBe(p < 0.01);
    });
  }
});

// By the covariance of the differences, and numeric integration of the rate that fades.
describe('lines that may fade, through noise that wanders', () => {
  for (const one of read<{ cases: Lines[] }>('lines.json').cases) {
    const lastMs = (one.seconds.at(-1) ?? NaN) * 1000;
    const fit = fitGrowth(pointsOf(one), fadingAt(lastMs));
    const name = `${one.bytes.length} floors, ${one.kind}`;

    test(`rate and its interval, ${name}`, () => {
      expect(off(fit?.bytesPerSecond, one.rate)).toBeLessThan(1e-7);
      const fades = fit?.lines.filter(({ fading }) => fading.share > 0) ?? [];
      expect(fades.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(one.weightOfFading, 7);
      const interval = fit && intervalOf(fit, 0.99);
      for (const end of [0, 1] as const) expect(off(interval?.[end], one.interval99[end])).toBeLessThan(1e-6);
    });
    test(`time to the limit and its interval, ${name}`, () => {
      const forecast = fit && forecastOf(fit, lastMs, one.limitBytes, lastMs);
      expect(off(forecast?.secondsToLimit, one.secondsToLimit)).toBeLessThan(1e-6);
      for (const end of [0, 1] as const)
        expect(off(forecast?.interval[end], one.forecast90[end])).toBeLessThan(1e-6);
    });
  }
});

type Distributions = {
  readonly student: readonly { degrees: number; probability: number; quantile: number }[];
  readonly normal: readonly { probability: number; quantile: number }[];
  readonly incompleteBeta: readonly { x: number; a: number; b: number; value: number }[];
};
type Drawn = { readonly seconds: readonly number[]; readonly bytes: readonly number[] };
type LeastSquares = Drawn & {
  readonly slope: number;
  readonly standardError: number;
  readonly reach99: number;
};
type TheilSen = Drawn & {
  readonly correlationOfNeighbours: number;
  readonly kendallTau: number;
  readonly kendallP: number;
  readonly slope: number;
  readonly intervals: readonly { readonly level: number; readonly ends: readonly [number, number] }[];
};
type Lines = Drawn & {
  readonly kind: string;
  readonly rate: number;
  readonly weightOfFading: number;
  readonly interval99: readonly [number, number];
  readonly limitBytes: number;
  readonly secondsToLimit: number;
  readonly forecast90: readonly [number, number];
};
type Regression = Drawn & {
  readonly kind: string;
  readonly causes: readonly (readonly number[])[];
  readonly effects: readonly number[];
  readonly intervals99: readonly (readonly [number, number])[];
  /** By sets of causes left out, a bit each, from 1. */
  readonly pWithout: readonly number[];
};

function read<Golden>(name: string): Golden {
  return JSON.parse(readFileSync(join(import.meta.dirname, 'golden', name), 'utf8')) as Golden;
}

function pointsOf({ seconds, bytes }: Drawn): { timeMs: number; bytes: number; openConnections: number }[] {
  return seconds.map((second, i) => ({
    timeMs: second * 1000,
    bytes: bytes[i] ?? NaN,
    openConnections: 0,
  }));
}

function off(value: number | undefined, golden: number): number {
  return Math.abs((value ?? NaN) - golden) / Math.max(1e-300, Math.abs(golden) || 1);
}
