import type { Point, Track } from './track.ts';
import { warmUpBytesPerSecond } from './warm-up.ts';
import { studentQuantile } from './student-t.ts';

/** A straight line through points: its slope and what is known of it, in bytes per second. */
export type Slope = {
  readonly bytesPerSecond: number;
  readonly interval: readonly [number, number];
  readonly standardError: number;
};

/**
 * Least-squares slope with Student's interval at `level`. The error is widened by the correlation of
 * neighbouring residuals, as a mean of correlated values is (Bartlett 1935), because floors remember: a
 * session that is there now is there two seconds later. `undefined` below four points.
 */
export function findSlope(points: readonly Point[], level: number): Slope | undefined {
  const n = points.length;
  const first = points[0];
  if (n < 4 || first === undefined) return undefined;
  let meanTime = 0;
  let meanBytes = 0;
  for (const point of points) {
    meanTime += (point.timeMs - first.timeMs) / 1000 / n;
    meanBytes += point.bytes / n;
  }
  let timeSquares = 0;
  let products = 0;
  for (const point of points) {
    const time = (point.timeMs - first.timeMs) / 1000 - meanTime;
    timeSquares += time * time;
    products += time * (point.bytes - meanBytes);
  }
  const bytesPerSecond = products / timeSquares;
  let squares = 0;
  let neighbours = 0;
  let previous = 0;
  for (const point of points) {
    const time = (point.timeMs - first.timeMs) / 1000 - meanTime;
    const residual = point.bytes - meanBytes - bytesPerSecond * time;
    squares += residual * residual;
    neighbours += residual * previous;
    previous = residual;
  }
  const correlation = squares > 0 && n >= 8 ? Math.min(0.8, Math.max(0, neighbours / squares)) : 0;
  const widening = Math.sqrt((1 + correlation) / (1 - correlation));
  const standardError = Math.sqrt(squares / (n - 2) / timeSquares) * widening;
  const reach = studentQuantile((1 + level) / 2, n - 2) * standardError;
  return { bytesPerSecond, interval: [bytesPerSecond - reach, bytesPerSecond + reach], standardError };
}

/**
 * The smallest slope that a watch with this noise and length would have called a leak, in bytes per second: what
 * warming up may hide, and the slope that the evidence needs on top.
 */
export function smallestDetectable(track: Track, slope: Slope, falseAlarmProbability: number): number {
  const last = track.points.at(-1);
  const degrees = Math.max(2, track.points.length - 2);
  const needed = studentQuantile(1 - falseAlarmProbability / 100, degrees) * slope.standardError;
  return Math.max(track.negligibleBytesPerSecond, warmUpBytesPerSecond(last?.timeMs ?? 0) + needed);
}
