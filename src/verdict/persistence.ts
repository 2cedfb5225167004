import type { Point } from './point.ts';
import type { Track } from './track.ts';

/** A trailing stretch of a track over which growth went on and on. */
export type Held = {
  readonly points: readonly Point[];
  readonly spanMs: number;
  readonly bytesPerSecond: number;
};

// A cache that fills evenly cannot be told from a leak before it is full: no statistic can. What can be chosen is
// for how long growth must hold before it counts as unbounded. Patience is limited by what waiting may cost, a
// fifteenth of the time left to the limit, and by what usually fills, 32 s. On a long watch slower things are seen
// to come and go (jobs, waves of users), so growth must have lasted a third of it.
const shareOfTimeLeft = 1 / 15;
export const ordinaryPatienceMs = 32_000;
const shareOfWatch = 1 / 3;

/** For how long growth of this rate must hold before it counts as unbounded. */
export function patienceMs(
  track: Track,
  bytesPerSecond: number,
  headroomBytes: number,
  watchedMs: number,
): number {
  const timeLeftMs = (Math.max(0, headroomBytes) / bytesPerSecond) * 1000;
  const patience = Math.min(
    timeLeftMs * shareOfTimeLeft,
    Math.max(ordinaryPatienceMs, watchedMs * shareOfWatch),
  );
  return Math.max(track.shortestPatienceMs, patience);
}

/**
 * The longest trailing stretch over which growth held, `undefined` when there is none that lasted as long as
 * patience asks. Held means: in each third of the stretch, and in the last one at two thirds of the whole
 * pace or more. Growth that saturates (a cache that fills, warming up) fails in the last third; a step or a
 * batch fails in the others. Each third must hold a point of its own, so nothing is claimed of gaps.
 */
export function findHeld(track: Track, headroomBytes: number): Held | undefined {
  const { points } = track;
  const last = points.at(-1);
  const first = points[0];
  if (last === undefined || first === undefined) return undefined;
  // Stretches are tried from the longest down, each four fifths of the one before.
  const shortestMs = track.shortestPatienceMs;
  for (let begin = 0, spanMs = last.timeMs - first.timeMs; spanMs >= shortestMs; spanMs *= 0.8) {
    while (last.timeMs - (points[begin + 1]?.timeMs ?? Infinity) >= spanMs) begin += 1;
    const stretch = points.slice(begin);
    const held = heldThroughout(stretch, track.resolutionBytes);
    if (held === undefined) continue;
    if (held.spanMs >= patienceMs(track, held.bytesPerSecond, headroomBytes, last.timeMs)) return held;
  }
  return undefined;
}

function heldThroughout(stretch: readonly Point[], resolutionBytes: number): Held | undefined {
  const first = stretch[0];
  const last = stretch.at(-1);
  if (first === undefined || last === undefined || stretch.length < 4) return undefined;
  const spanMs = last.timeMs - first.timeMs;
  const rise = last.bytes - first.bytes;
  // Rounded sizes must rise by a step in each third before any of it is known to have risen.
  if (rise <= 0 || (resolutionBytes > 1 && rise < 3 * resolutionBytes)) return undefined;
  const [early, middle, late] = risesByThird(stretch, (point) => point.bytes);
  // The first third may hold the arrival of what causes the growth; the last may not hold its end.
  if (early < (0.4 * rise) / 3 || middle < (0.4 * rise) / 3 || late < (0.67 * rise) / 3) return undefined;
  return { points: stretch, spanMs, bytesPerSecond: rise / (spanMs / 1000) };
}

/** What a size gained in each third of the time; -Infinity for a third without a point of its own. */
export function risesByThird(
  stretch: readonly Point[],
  sizeOf: (point: Point) => number,
): readonly [number, number, number] {
  const first = stretch[0];
  const last = stretch.at(-1);
  if (first === undefined || last === undefined) return [-Infinity, -Infinity, -Infinity];
  const thirdMs = (last.timeMs - first.timeMs) / 3;
  const cuts = [first.timeMs, first.timeMs + thirdMs, first.timeMs + 2 * thirdMs, last.timeMs] as const;
  const rise = (from: number, to: number): number => {
    const seen = stretch.some((point) => point.timeMs > from && point.timeMs <= to);
    return seen ? sizeAt(stretch, to, sizeOf) - sizeAt(stretch, from, sizeOf) : -Infinity;
  };
  return [rise(cuts[0], cuts[1]), rise(cuts[1], cuts[2]), rise(cuts[2], cuts[3])];
}

/** The size at a time between the points, on the straight line between its neighbours. */
function sizeAt(stretch: readonly Point[], timeMs: number, sizeOf: (point: Point) => number): number {
  const after = stretch.findIndex((point) => point.timeMs >= timeMs);
  const right = stretch[after] ?? stretch.at(-1);
  if (right === undefined) return NaN;
  const left = stretch[Math.max(0, after - 1)] ?? right;
  if (right.timeMs === left.timeMs) return sizeOf(right);
  const share = (timeMs - left.timeMs) / (right.timeMs - left.timeMs);
  return sizeOf(left) + share * (sizeOf(right) - sizeOf(left));
}
