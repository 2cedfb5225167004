import { fitGrowth } from './growth-fit.ts';
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
const mostForASlope = 60;
const HYSTERESIS = 2;

/**
 * The slope a watch of this length promises to exclude before it says steady: what would reach the limit
 * within a day, and after 20 s less, with the root of time, as a wandering level lets one know it. What is steady stays so
 * until twice that is possible, and no more than a day's: else the promise, which tightens with each second, takes the
 * answer back where nothing has grown (of a server that warms up on a busy machine, 36 s in, for two minutes).
 */
export function excludedBytesPerSecond(headroomBytes: number, watchedMs: number, wasSteady = false): number {
  const times = Math.sqrt(20_000 / Math.max(1, watchedMs)) * (wasSteady ? HYSTERESIS : 1);
  return (headroomBytes / secondsPerDay) * Math.min(1, times);
}

/**
 * The slope of a steady track, `undefined` while growth that matters is still plausible. The last half of the
 * watch decides, or more of it, or after a burst its last third. Steady asks for all three: the interval
 * ends below what is to be excluded; the slowest leak one goes looking for, 14 KB/s, is excluded at 95 %, for on
 * clean floors it shows long before it matters; and no growth beyond warming up is established, nor is one likely: of leaks of
 * 15 KB/s some were called steady at 10 KB/s, where a healthy server has 3 by then.
 * `wasSteady`: whether it was at the point before.
 */
export function findSteady(
  { space, resolutionBytes }: Pick<Track, 'space' | 'resolutionBytes'>,
  points: readonly Point[],
  headroomBytes: number,
  level: number,
  wasSteady = false,
): Slope | undefined {
  const last = points.at(-1);
  if (last === undefined || last.timeMs < shortestWatchMs || isSuspicious(points)) return undefined;
  const excluded = excludedBytesPerSecond(headroomBytes, last.timeMs, wasSteady);
  const warmUp = warmUpBytesPerSecond(last.timeMs);
  for (const share of [1, 2 / 3, 1 / 2, 1 / 3]) {
    const from = last.timeMs * (1 - share);
    const stretch = evenly(points, from, mostForASlope);
    if (last.timeMs - (stretch[0]?.timeMs ?? last.timeMs) < shortestStretchMs) continue;
    const lookLevel = levelAfter(level, last.timeMs);
    for (const seen of [
      findSlope(stretch, lookLevel),
      // A second look at the same stretch: each of the two may be wrong half as often.
      // Points of native memory are the lowest of many already.
      space === 'native' ? undefined : findSlope(lowestOfNeighbours(stretch), (1 + lookLevel) / 2),
    ]) {
      if (seen === undefined) continue;
      const slope = withResolution(seen, stretch, resolutionBytes);
      const [low, high] = slope.interval;
      // What falls will stop falling: a line that points down says no more than a flat one of what comes after.
      const likelyHigh =
        Math.max(0, slope.bytesPerSecond) +
        (high - seen.interval[1]) +
        studentQuantile(0.95, slope.degrees) * slope.standardError;
      const isWarmth = low < warmUp && slope.bytesPerSecond < 2 * warmUp;
      if (high < excluded && likelyHigh < slowestSoughtBytesPerSecond && isWarmth) return slope;
    }
  }
  return undefined;
}

/**
 * The lowest of each three neighbours. Of a server that works in bursts a floor in three or so is one in the midst of a burst:
 * of all floors the interval is as wide as a burst is high, and what leaks lifts the lowest as much as the others.
 */
function lowestOfNeighbours(stretch: readonly Point[]): readonly Point[] {
  const blocks = Math.floor(stretch.length / NEIGHBOURS);
  if (blocks < LEAST_BLOCKS) return [];
  // Those at the end count, so the first few may be left out.
  const from = stretch.length - blocks * NEIGHBOURS;
  return Array.from({ length: blocks }, (_, block) =>
    stretch
      .slice(from + block * NEIGHBOURS, from + (block + 1) * NEIGHBOURS)
      .reduce((lowest, point) => (point.bytes < lowest.bytes ? point : lowest)),
  );
}

const NEIGHBOURS = 3;
const LEAST_BLOCKS = 6;

/**
 * The level at which one look after so long a watch must exclude: of the looks in each doubling of the watch together,
 * the k-th may be wrong 2/(k(k+1)) times as often as one alone, so that the looks of all doublings stay bounded.
 */
function levelAfter(level: number, watchedMs: number): number {
  const doublings = Math.log2(Math.max(1, watchedMs / shortestWatchMs)) + 1;
  return 1 - ((1 - level) * 2) / (doublings * (doublings + 1));
}

/**
 * A leak a tenth as fast as the slowest that is excluded (or that would use half of the headroom in 30 days, if that is
 * faster), and how much longer to watch until it would be excluded as well; `null` where that is excluded already.
 *
 * A point's own noise bends a slope less with time to the 3/2, noise that wanders only with its root: the error now is
 * split by what the fit says of either.
 */
export function slowerLeak(
  { resolutionBytes }: Pick<Track, 'resolutionBytes'>,
  points: readonly Point[],
  excludedNow: number,
  headroomBytes: number,
): { readonly bytesPerSecond: number; readonly needsMs: number } | null {
  const matters = headroomBytes / 2 / (30 * secondsPerDay);
  const bytesPerSecond = Math.max(matters, excludedNow / 10);
  const last = points.at(-1);
  if (last === undefined || excludedNow <= bytesPerSecond) return null;
  const stretch = evenly(points, last.timeMs / 2, mostForASlope);
  const fit = fitGrowth(stretch);
  if (fit === undefined) return null;
  const seconds = (last.timeMs - (stretch[0]?.timeMs ?? 0)) / 1000;
  const wandering = fit.lines.reduce((sum, line) => sum + line.weight * line.wanderingPerSecond, 0) / seconds;
  const variance = Math.max(1, fit.standardError ** 2);
  const ofWandering = Math.min(variance, wandering);
  const reach = studentQuantile(0.995, fit.degrees);
  const hidden = (1.5 * (resolutionBytes > 1 ? resolutionBytes : 0)) / seconds;
  const reachAfter = (times: number): number =>
    reach * Math.sqrt((variance - ofWandering) / times ** 3 + ofWandering / times) + hidden / times;
  let times = 1;
  while (reachAfter(times) > bytesPerSecond && times < 1000) times *= 1.1;
  return { bytesPerSecond, needsMs: Math.ceil((last.timeMs * (times - 1)) / 1000) * 1000 };
}
