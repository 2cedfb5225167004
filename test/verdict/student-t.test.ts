import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { studentCdf, studentQuantile } from '../../src/verdict/student-t.ts';

// python3 -c "from scipy import stats; print(stats.t.cdf(-12.5, 1), ...)", scipy 1.17.1
const probabilities = [
  [-12.5, 1, 0.025410673666115897],
  [-9, 11, 1.0480791835044047e-6],
  [-3.2, 2, 0.04267043961997642],
  [-0.7, 5, 0.2575744741574082],
  [0.3, 3, 0.6081183539800405],
  [2.1, 7.5, 0.9643814642709609],
  [4.9, 30, 0.9999845529176928],
  [1.645, 1e6, 0.9500149373094193],
] as const;

// python3 -c "from scipy import stats; print(stats.t.ppf(0.995, 1), ...)", scipy 1.17.1
const quantiles = [
  [0.995, 1, 63.656741162871526],
  [0.995, 2, 9.924843200918287],
  [0.95, 4, 2.1318467863266495],
  [0.0001, 13, -5.110578897626256],
  [0.999999, 6, 17.83031450056863],
  [0.9, 1e6, 1.281552412129939],
  [0.25, 2.5, -0.7850136829922992],
] as const;

describe("Student's t", () => {
  test.each(probabilities)('P(T ≤ %d) with %d degrees agrees with scipy', (t, degrees, expected) => {
    expect(studentCdf(t, degrees) / expected).toBeCloseTo(1, 9);
  });

  test.each(quantiles)('the quantile of %d with %d degrees agrees with scipy', (p, degrees, expected) => {
    expect(studentQuantile(p, degrees) / expected).toBeCloseTo(1, 8);
  });

  test('the quantile is where bisection of the distribution function finds it, at any tail and any degrees', () => {
    const exponents = fc.double({ min: -12, max: Math.log10(0.49), noNaN: true });
    const logDegrees = fc.double({ min: 0, max: 6, noNaN: true });
    fc.assert(
      fc.property(exponents, logDegrees, (exponent, logOfDegrees) => {
        const [probability, degrees] = [10 ** exponent, 10 ** logOfDegrees];
        let [low, high] = [-1e13, 0];
        for (let step = 0; step < 200; step += 1) {
          const middle = (low + high) / 2;
          if (studentCdf(middle, degrees) < probability) low = middle;
          else high = middle;
        }
        expect(studentQuantile(probability, degrees) / low).toBeCloseTo(1, 9);
      }),
    );
  });

  test('the ends of the distribution are infinite', () => {
    expect(studentCdf(Infinity, 3)).toBe(1);
    expect(studentCdf(-Infinity, 3)).toBe(0);
    expect(studentQuantile(0, 3)).toBe(-Infinity);
    expect(studentQuantile(1, 3)).toBe(Infinity);
    expect(studentQuantile(0.5, 3)).toBe(0);
  });
});
