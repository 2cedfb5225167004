import { describe, expect, test } from 'vitest';
import { GrowthEvidence } from '../../src/verdict/evidence.ts';
import { NoiseFits } from '../../src/verdict/noise.ts';
import type { Point } from '../../src/verdict/point.ts';
import { Random } from './traces.ts';

function points(seconds: readonly number[], bytes: readonly number[]): readonly Point[] {
  return seconds.map((second, i) => ({ timeMs: second * 1000, bytes: bytes[i] ?? NaN, openConnections: 0 }));
}

function highest(evidence: GrowthEvidence, of: readonly Point[]): number {
  return Math.max(...of.map((point) => evidence.add(point).any));
}

describe('the likelihood of floors', () => {
  // The filter against the textbook: covariance matrix, its determinant and its inverse, in the open.
  test.each([
    [0, 3],
    [0.1, 4],
    [1, 5],
  ])('with noise that wanders by %d is that of the full covariance matrix', (wandering, seed) => {
    const random = new Random(seed);
    const seconds = [0, 2, 3, 7, 8, 11, 12.5];
    const first = seconds.map(() => 1e6 * random.next());
    const second = first.map((bytes, i) => bytes + 40_000 * i * random.next());
    // What all floors at the same times share falls out of the difference of two.
    const byFilter =
      filtered(points(seconds, first), wandering) - filtered(points(seconds, second), wandering);
    expect(byFilter).toBeCloseTo(
      byMatrix(seconds, first, wandering) - byMatrix(seconds, second, wandering),
      6,
    );
  });

  test('with a level that only walks is that of its steps', () => {
    const seconds = [0, 2, 3, 7];
    const steps = (bytes: readonly number[]): number =>
      -1.5 *
      Math.log(
        [1, 2, 3].reduce((sum, i) => {
          const step = (bytes[i] ?? 0) - (bytes[i - 1] ?? 0);
          return sum + step ** 2 / (((seconds[i] ?? 0) - (seconds[i - 1] ?? 0)) / 2);
        }, 3),
      );
    const first = [5000, 9000, 4000, 7000];
    const second = [5000, 5100, 5900, 9000];
    expect(
      filtered(points(seconds, first), Infinity) - filtered(points(seconds, second), Infinity),
    ).toBeCloseTo(steps(first) - steps(second), 9);
  });
});

describe('the evidence for growth', () => {
  // Ville: without a trend it ever reaches 20 in at most 1 of 20 series; 400 series of up to 120 floors each.
  test.each([
    ['independent', 6, (random: Random) => () => random.normal()],
    ['half walking', 6, halfWalking],
    ['walking a little', 3, (random: Random) => walkingUnder(random, 10)],
    ['a random walk', 7, walking],
  ])('without a trend, in noise that is %s, ever reaches 20 in at most %d of 400', (_, most, noiseOf) => {
    let alarms = 0;
    for (let seed = 1; seed <= 400; seed += 1) {
      const random = new Random(seed);
      const noise = noiseOf(random);
      const seconds = Array.from({ length: 120 }, (_, i) => 2 * i);
      const flat = points(
        seconds,
        seconds.map(() => 1e9 + 1e6 * noise()),
      );
      if (highest(new GrowthEvidence(), flat) >= 20) alarms += 1;
    }
    expect(alarms).toBeLessThanOrEqual(most);
  });

  test('is the same in any unit of memory and time', () => {
    const random = new Random(11);
    const seconds = Array.from({ length: 20 }, (_, i) => 2 * i + random.next());
    const bytes = seconds.map((second) => 3e7 * second + 2e7 * random.normal());
    const evidenceOf = (of: readonly Point[]): number => {
      const evidence = new GrowthEvidence();
      return Math.log(of.map((point) => evidence.add(point).any).at(-1) ?? NaN);
    };
    const before = evidenceOf(points(seconds, bytes));
    const after = evidenceOf(
      points(
        seconds.map((second) => second * 30 + 77),
        bytes.map((size) => size * 8 + 1e9),
      ),
    );
    expect(before).toBeGreaterThan(1);
    expect(after).toBeCloseTo(before, 4);
  });

  test('of a falling or perfectly flat level stays below 1', () => {
    const seconds = Array.from({ length: 60 }, (_, i) => 2 * i);
    const flat = points(
      seconds,
      seconds.map(() => 5e6),
    );
    const falling = points(
      seconds,
      seconds.map((second) => 5e6 - 1000 * second),
    );
    expect(highest(new GrowthEvidence(), flat)).toBeLessThanOrEqual(1);
    expect(highest(new GrowthEvidence(), falling)).toBeLessThanOrEqual(1);
  });
});

function walking(random: Random): () => number {
  let level = 0;
  return () => (level += random.normal());
}

function halfWalking(random: Random): () => number {
  return walkingUnder(random, 3);
}

function walkingUnder(random: Random, own: number): () => number {
  const walk = walking(random);
  return () => walk() + own * random.normal();
}

function filtered(of: readonly Point[], wandering: number): number {
  const fits = new NoiseFits([wandering]);
  fits.begin();
  for (const point of of) fits.add(point);
  return fits.logLikelihoodFlat(0, 0);
}

/** Up to a constant: −½ (n−1) ln (y′Py), where P projects the level out under the covariance I + q·min(tᵢ, tⱼ). */
function byMatrix(seconds: readonly number[], bytes: readonly number[], wandering: number): number {
  const unit = (seconds[1] ?? 1) - (seconds[0] ?? 0);
  const covariance = seconds.map((a, i) =>
    seconds.map((b, j) => (i === j ? 1 : 0) + (wandering * Math.min(a, b)) / unit),
  );
  const ones = seconds.map(() => 1);
  const weighted = solve(covariance, bytes);
  const level = dot(ones, weighted) / dot(ones, solve(covariance, ones));
  const rest = bytes.map((size) => size - level);
  const squares = dot(rest, solve(covariance, rest)) + seconds.length - 1;
  return -((seconds.length - 1) / 2) * Math.log(squares);
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
}

/** Gauss and Jordan without pivoting: covariance matrices are positive definite. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): readonly number[] {
  const rows = matrix.map((row, i) => [...row, right[i] ?? 0]);
  for (const [i, row] of rows.entries()) {
    const pivot = row[i] ?? 1;
    for (let k = 0; k < row.length; k += 1) row[k] = (row[k] ?? 0) / pivot;
    for (const [j, other] of rows.entries()) {
      if (j === i) continue;
      const factor = other[i] ?? 0;
      for (let k = 0; k < other.length; k += 1) other[k] = (other[k] ?? 0) - factor * (row[k] ?? 0);
    }
  }
  return rows.map((row) => row.at(-1) ?? 0);
}
