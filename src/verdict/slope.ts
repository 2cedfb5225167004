import { studentQuantile } from './student-t.ts';
import { median, select } from './selection.ts';
import type { Point } from './point.ts';
import type { Track } from './track.ts';
import { warmUpBytesPerSecond } from './warm-up.ts';

/** A straight line through points: its slope and what is known of it, in bytes per second. */
export type Slope = {
  readonly bytesPerSecond: number;
  readonly interval: readonly [number, number];
  readonly standardError: number;
  /** Of Student's distribution of the estimate's error. */
  readonly degrees: number;
};

const leastForRanks = 8;
const mostForPairs = 200;

/**
 * The slope of a line through points (times rising), with its interval at `level`; `undefined` below four points.
 *
 * From eight points on it is the median of the slopes of all pairs, and the interval follows from Kendall's rank
 * statistic (Theil 1950; Sen 1968), so that one GC spike cannot bend it. With fewer points ranks cannot reach
 * a level of 99 %, and it is the least-squares line with Student's interval. Either interval is widened by
 * the correlation of neighbouring residuals (Bartlett 1935), because floors remember: a session that is there
 * now is there two seconds later. O(n²) up to 200 points; longer series are cut to medians of neighbours.
 */
export function findSlope(points: readonly Point[], level: number): Slope | undefined {
  if (points.length < 4) return undefined;
  return points.length < leastForRanks ? leastSquares(points, level) : theilSen(thinned(points), level);
}

/**
 * The same slope with what rounding may hide: if each size is off by half of `resolutionBytes` at most, a least-squares
 * line is off by 3/2 of it over the stretch at most (all errors down in the first half, up in the second). More points
 * do not help: the errors of a flat stretch are all the same.
 */
export function withResolution(slope: Slope, stretch: readonly Point[], resolutionBytes: number): Slope {
  const spanMs = (stretch.at(-1)?.timeMs ?? 0) - (stretch[0]?.timeMs ?? 0);
  // Whole bytes are exact.
  if (resolutionBytes <= 1 || spanMs <= 0) return slope;
  const hidden = (1.5 * resolutionBytes * 1000) / spanMs;
  const [low, high] = slope.interval;
  return { ...slope, interval: [low - hidden, high + hidden] };
}

function leastSquares(points: readonly Point[], level: number): Slope {
  const n = points.length;
  const middle = secondsOf(points).reduce((sum, seconds) => sum + seconds, 0) / n;
  const times = secondsOf(points).map((seconds) => seconds - middle);
  const mean = points.reduce((sum, point) => sum + point.bytes / n, 0);
  const timeSquares = times.reduce((sum, time) => sum + time * time, 0);
  const products = points.reduce((sum, point, i) => sum + (times[i] ?? 0) * (point.bytes - mean), 0);
  const bytesPerSecond = products / timeSquares;
  const squares = points.reduce(
    (sum, point, i) => sum + (point.bytes - mean - bytesPerSecond * (times[i] ?? 0)) ** 2,
    0,
  );
  const degrees = n - 2;
  const standardError = Math.sqrt(squares / degrees / timeSquares);
  const reach = studentQuantile((1 + level) / 2, degrees) * standardError;
  const interval = [bytesPerSecond - reach, bytesPerSecond + reach] as const;
  return { bytesPerSecond, interval, standardError, degrees };
}

function theilSen(points: readonly Point[], level: number): Slope {
  const n = points.length;
  const slopes = pairwiseSlopes(points);
  const bytesPerSecond = median(slopes);
  // With many degrees Student's distribution is the normal one.
  const degrees = 1e6;
  const deviations = studentQuantile((1 + level) / 2, degrees);
  const widening = wideningBy(correlationOfNeighbours(points, bytesPerSecond));
  const spread = Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18) * widening;
  // The median stands in its place by now, with the smaller ones before it.
  const half = Math.floor(slopes.length / 2);
  const at = (rank: number): number => {
    const bounded = Math.min(slopes.length - 1, Math.max(0, rank));
    return bounded < half ? select(slopes, bounded, 0, half) : select(slopes, bounded, half);
  };
  const low = at(Math.round((slopes.length - deviations * spread) / 2) - 1);
  const high = at(Math.round((slopes.length + deviations * spread) / 2));
  return { bytesPerSecond, interval: [low, high], standardError: (high - low) / 2 / deviations, degrees };
}

// Hot: 20,000 pairs at 200 points, some thousand times a day. Columns instead of points.
function pairwiseSlopes(points: readonly Point[]): Float64Array {
  const n = points.length;
  const timesMs = Float64Array.from(points, (point) => point.timeMs);
  const sizes = Float64Array.from(points, (point) => point.bytes);
  const slopes = new Float64Array((n * (n - 1)) / 2);
  let count = 0;
  for (let later = 1; later < n; later += 1) {
    const timeMs = timesMs[later] ?? 0;
    const bytes = sizes[later] ?? 0;
    for (let earlier = 0; earlier < later; earlier += 1) {
      slopes[count] = ((bytes - (sizes[earlier] ?? 0)) / (timeMs - (timesMs[earlier] ?? 0))) * 1000;
      count += 1;
    }
  }
  return slopes;
}

function correlationOfNeighbours(points: readonly Point[], bytesPerSecond: number): number {
  const times = secondsOf(points);
  const raw = points.map((point, i) => point.bytes - bytesPerSecond * (times[i] ?? 0));
  const middle = median(Float64Array.from(raw));
  let squares = 0;
  let neighbours = 0;
  for (const [i, value] of raw.entries()) {
    squares += (value - middle) ** 2;
    if (i > 0) neighbours += (value - middle) * ((raw[i - 1] ?? middle) - middle);
  }
  return squares === 0 ? 0 : neighbours / squares;
}

/** By how much the error of a mean of n values with this correlation exceeds that of independent ones. */
function wideningBy(correlation: number): number {
  const bounded = Math.min(0.8, Math.max(0, correlation));
  return Math.sqrt((1 + bounded) / (1 - bounded));
}

function thinned(points: readonly Point[]): readonly Point[] {
  const size = Math.ceil(points.length / mostForPairs);
  if (size === 1) return points;
  const blocks = Math.floor(points.length / size);
  return Array.from({ length: blocks }, (_, block) => {
    const members = points.slice(block * size, (block + 1) * size).sort((a, b) => a.bytes - b.bytes);
    const bytes = members[Math.floor(size / 2)]?.bytes ?? 0;
    const middle = points[block * size + Math.floor(size / 2)] ?? points[0];
    return { timeMs: middle?.timeMs ?? 0, openConnections: middle?.openConnections ?? 0, bytes };
  });
}

function secondsOf(points: readonly Point[]): readonly number[] {
  const firstMs = points[0]?.timeMs ?? 0;
  return points.map((point) => (point.timeMs - firstMs) / 1000);
}

/**
 * The smallest slope that a watch with this noise and length would have called a leak, in bytes per second: what
 * warming up may hide, and what the evidence needs on top.
 */
export function smallestDetectable(
  track: Track,
  points: readonly Point[],
  slope: Slope,
  falseAlarmProbability: number,
): number {
  const last = points.at(-1);
  const degrees = Math.max(2, points.length - 2);
  const needed = studentQuantile(1 - falseAlarmProbability / 100, degrees) * slope.standardError;
  return Math.max(track.negligibleBytesPerSecond, warmUpBytesPerSecond(last?.timeMs ?? 0) + needed);
}
