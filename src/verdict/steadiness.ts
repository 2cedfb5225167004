import { findSlope, type Slope } from './slope.ts';
import type { Point } from './track.ts';
import { warmUpBytesPerSecond } from './warm-up.ts';

const secondsPerDay = 86_400;
export const shortestWatchMs = 10_000;
const shortestStretchMs = 5_500;

/**
 * The slope a watch of this length promises to exclude before it says steady: what would reach the limit
 * within a day, and after 20 s less, with the root of time, as a wandering level lets one know it.
 */
export function excludedBytesPerSecond(headroomBytes: number, watchedMs: number): number {
  return (headroomBytes / secondsPerDay) * Math.min(1, Math.sqrt(20_000 / Math.max(1, watchedMs)));
}

/**
 * The slope of a steady track, `undefined` while growth that matters is still plausible. The last half of the
 * watch decides, or more of it: the watch may have begun in a burst. Steady asks for all three: the interval
 * ends below what is to be excluded; the middle of it is well below; and no growth beyond warming up is
 * established, for on clean floors a slow leak shows long before it matters.
 */
export function findSteady(
  points: readonly Point[],
  headroomBytes: number,
  level: number,
): Slope | undefined {
  const last = points.at(-1);
  if (last === undefined || last.timeMs < shortestWatchMs) return undefined;
  const excluded = excludedBytesPerSecond(headroomBytes, last.timeMs);
  const warmUp = warmUpBytesPerSecond(last.timeMs);
  for (const share of [1, 2 / 3, 1 / 2]) {
    const from = last.timeMs * (1 - share);
    const stretch = points.filter((point) => point.timeMs >= from);
    if (last.timeMs - (stretch[0]?.timeMs ?? last.timeMs) < shortestStretchMs) continue;
    const slope = findSlope(stretch, level);
    if (slope === undefined) continue;
    const [low, high] = slope.interval;
    if (high < excluded && slope.bytesPerSecond < Math.max(warmUp, excluded / 3) && low < warmUp)
      return slope;
  }
  return undefined;
}
