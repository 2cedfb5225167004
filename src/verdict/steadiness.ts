import { evenly } from './history.ts';
import { findSlope, type Slope, withResolution } from './slope.ts';
import { studentQuantile } from './student-t.ts';
import { isSuspicious } from './suspicion.ts';
import type { Point } from './point.ts';
import type { Track } from './track.ts';
import { warmUpBytesPerSecond } from './warm-up.ts';

const secondsPerDay = 86_400;
const slowestSoughtBytesPerSecond = 14_000;
export const shortestWatchMs = 10_000;
const shortestStretchMs = 5_500;
const mostForASlope = 120;

/**
 * The slope a watch of this length promises to exclude before it says steady: what would reach the limit
 * within a day, and after 20 s less, with the root of time, as a wandering level lets one know it.
 */
export function excludedBytesPerSecond(headroomBytes: number, watchedMs: number): number {
  return (headroomBytes / secondsPerDay) * Math.min(1, Math.sqrt(20_000 / Math.max(1, watchedMs)));
}

/**
 * The slope of a steady track, `undefined` while growth that matters is still plausible. The last half of the
 * watch decides, or more of it, or after a burst its last third. Steady asks for all three: the interval
 * ends below what is to be excluded; the slowest leak one goes looking for, 14 KB/s, is excluded at 95 %, for on
 * clean floors it shows long before it matters; and no growth beyond warming up is established.
 */
export function findSteady(
  { resolutionBytes }: Pick<Track, 'resolutionBytes'>,
  points: readonly Point[],
  headroomBytes: number,
  level: number,
): Slope | undefined {
  const last = points.at(-1);
  if (last === undefined || last.timeMs < shortestWatchMs || isSuspicious(points)) return undefined;
  const excluded = excludedBytesPerSecond(headroomBytes, last.timeMs);
  const warmUp = warmUpBytesPerSecond(last.timeMs);
  for (const share of [1, 2 / 3, 1 / 2, 1 / 3]) {
    const from = last.timeMs * (1 - share);
    const stretch = evenly(points, from, mostForASlope);
    if (last.timeMs - (stretch[0]?.timeMs ?? last.timeMs) < shortestStretchMs) continue;
    const seen = findSlope(stretch, level);
    if (seen === undefined) continue;
    const slope = withResolution(seen, stretch, resolutionBytes);
    const [low, high] = slope.interval;
    const likelyHigh =
      slope.bytesPerSecond +
      (high - seen.interval[1]) +
      studentQuantile(0.95, slope.degrees) * slope.standardError;
    if (high < excluded && likelyHigh < slowestSoughtBytesPerSecond && low < warmUp) return slope;
  }
  return undefined;
}
