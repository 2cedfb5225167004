import { evenly, indexFrom } from './history.ts';
import type { Point } from './point.ts';
import type { Track } from './track.ts';

/** A trailing stretch of a track over which growth went on and on. */
export type Held = {
  readonly points: readonly Point[];
  readonly spanMs: number;
  readonly bytesPerSecond: number;
};

/**
 * For whom the verdict is. Someone who waits for it wants to hear of even growth within a minute, though a cache that
 * fills looks the same until it is full. A standing watch wakes somebody up, and can wait for as long as memory can.
 */
export type Patience = 'quick' | 'standing';

// A cache that fills evenly cannot be told from a leak before it is full: no statistic can. What can be chosen is
// for how long growth must hold before it counts as unbounded. Patience is limited by what waiting may cost, a
// fifteenth of the time left to the limit, and by what usually fills, 28 s. On a long watch slower things are seen
// to come and go (jobs, waves of users), so growth must have lasted a third of it.
const shareOfTimeLeft = 1 / 15;
export const ordinaryPatienceMs = 28_000;
// Rounded sizes are those of a log, where nobody waits, and the end of a fill shows one step later in them.
const ordinaryPatienceOfRoundedMs = 30_000;
// What no statistic can tell the program's text may: where nothing in it ends the growth, a fill is ruled out, and only
// ramps and batches are left to outlast.
const endlessPatienceMs = 16_000;
const shareOfWatch = 1 / 3;
// A standing watch waits until growth has used a quarter of the headroom there was: time left / 3. What is too slow
// for that must have gone on through three days with their nights.
const shareOfTimeLeftStanding = 1 / 3;
const standingPatienceMs = 3 * 86_400_000;

/** For how long growth must have held that is not urgent, on a watch that is no longer than thrice that. */
function unhurriedMs({ patience, endless, resolutionBytes }: Waiting): number {
  if (patience === 'standing') return standingPatienceMs;
  if (endless) return endlessPatienceMs;
  return resolutionBytes > 1 ? ordinaryPatienceOfRoundedMs : ordinaryPatienceMs;
}

type Waiting = Pick<Track, 'patience' | 'endless' | 'resolutionBytes'>;

/** For how long growth of this rate must hold before it counts as unbounded. */
export function patienceMs(
  track: Waiting & Pick<Track, 'shortestPatienceMs'>,
  bytesPerSecond: number,
  headroomBytes: number,
  watchedMs: number,
): number {
  const patience = Math.min(
    shareOfTimeLeftMs(track, bytesPerSecond, headroomBytes),
    Math.max(unhurriedMs(track), watchedMs * shareOfWatch),
  );
  return Math.max(track.shortestPatienceMs, patience);
}

/** Whether growth is so fast that waiting as long as for what fills would cost more of the headroom than it may. */
export function isUrgent(track: Track, { spanMs, bytesPerSecond }: Held, headroomBytes: number): boolean {
  const withinMs = track.patience === 'quick' ? ordinaryPatienceMs : URGENT_STANDING_MS;
  return spanMs < withinMs && spanMs >= shareOfTimeLeftMs(track, bytesPerSecond, headroomBytes);
}

const URGENT_STANDING_MS = 120_000;

function shareOfTimeLeftMs(
  { patience }: Pick<Track, 'patience'>,
  bytesPerSecond: number,
  headroomBytes: number,
): number {
  const timeLeftMs = (Math.max(0, headroomBytes) / bytesPerSecond) * 1000;
  return timeLeftMs * (patience === 'quick' ? shareOfTimeLeft : shareOfTimeLeftStanding);
}

/**
 * The longest trailing stretch over which growth held, `undefined` when there is none that lasted as long as
 * patience asks. Held means: in each third of the stretch, and at the whole pace or nearly in the last one (seven tenths)
 * and in its second half (six tenths). Growth that saturates (a cache that fills, warming up) fails at the end; a step or a
 * batch fails in the others. Each third must hold a point of its own, so nothing is claimed of gaps.
 */
export function findHeld(track: Track, points: readonly Point[], headroomBytes: number): Held | undefined {
  const last = points.at(-1);
  const first = points[0];
  if (last === undefined || first === undefined) return undefined;
  // Stretches are tried from the longest down, each four fifths of the one before.
  const shortestMs = track.shortestPatienceMs;
  const worthMs = shortestWorth(track, points, last, headroomBytes);
  let tried = -1;
  for (let spanMs = last.timeMs - first.timeMs; spanMs >= shortestMs; spanMs *= 0.8) {
    const begin = beginOf(points, last.timeMs - spanMs);
    const start = points[begin];
    if (begin === tried || start === undefined) continue;
    tried = begin;
    const spent = last.timeMs - start.timeMs;
    if (spent < worthMs) break;
    const bytesPerSecond = ((last.bytes - start.bytes) / spent) * 1000;
    if (!(bytesPerSecond > 0) || spent < patienceMs(track, bytesPerSecond, headroomBytes, last.timeMs))
      continue;
    const stretch = points.slice(begin);
    if (heldThroughout(stretch, track.resolutionBytes)) {
      return { points: stretch, spanMs: spent, bytesPerSecond };
    }
  }
  return undefined;
}

/**
 * No shorter stretch than this can satisfy patience. Growth reaches its share of the time left when it has used that share of
 * the headroom, at whatever rate; where memory has not risen by so much, only what usually fills and the length of the
 * watch are left to wait for. Spares a flat track nearly all of its stretches.
 */
function shortestWorth(track: Track, points: readonly Point[], last: Point, headroomBytes: number): number {
  const { patience, shortestPatienceMs } = track;
  const quick = patience === 'quick';
  let lowest = last.bytes;
  for (const { bytes } of points) lowest = Math.min(lowest, bytes);
  const rise = last.bytes - lowest;
  if (rise >= headroomBytes * (quick ? shareOfTimeLeft : shareOfTimeLeftStanding)) return shortestPatienceMs;
  return Math.max(shortestPatienceMs, unhurriedMs(track), last.timeMs * shareOfWatch);
}

/** The last point at or before a time. */
function beginOf(points: readonly Point[], timeMs: number): number {
  const index = indexFrom(points, timeMs);
  return points[index]?.timeMs === timeMs ? index : Math.max(0, index - 1);
}

const MOST_FOR_THIRDS = 18;

function heldThroughout(stretch: readonly Point[], resolutionBytes: number): boolean {
  const first = stretch[0];
  const last = stretch.at(-1);
  if (first === undefined || last === undefined || stretch.length < 4) return false;
  const rise = last.bytes - first.bytes;
  // Rounded sizes must rise by a step in each third before any of it is known to have risen.
  if (rise <= 0 || (resolutionBytes > 1 && rise < 3 * resolutionBytes)) return false;
  // Means of neighbours where there are many, so that one floor's noise at a cut does not decide.
  const smooth = evenly(stretch, first.timeMs, MOST_FOR_THIRDS);
  const [early, middle, late] = risesByThird(smooth, (point) => point.bytes);
  // The first third may hold the arrival of what causes the growth; the last may not hold its end.
  const all = smooth === stretch ? rise : early + middle + late;
  if (early < (0.4 * all) / 3 || middle < (0.4 * all) / 3 || late < (0.7 * all) / 3) return false;
  const sixthMs = (last.timeMs - first.timeMs) / 6;
  const sizeOf = ({ bytes }: Point): number => bytes;
  return riseBetween(smooth, last.timeMs - sixthMs, last.timeMs, sizeOf) >= (0.6 * all) / 6;
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
  const rise = (from: number, to: number): number => riseBetween(stretch, from, to, sizeOf);
  return [rise(cuts[0], cuts[1]), rise(cuts[1], cuts[2]), rise(cuts[2], cuts[3])];
}

function riseBetween(
  stretch: readonly Point[],
  from: number,
  to: number,
  sizeOf: (point: Point) => number,
): number {
  // The first point after `from` must not lie beyond `to`.
  const next = stretch[indexFrom(stretch, from)];
  const own = next?.timeMs === from ? stretch[indexFrom(stretch, from) + 1] : next;
  if (own === undefined || own.timeMs > to) return -Infinity;
  return sizeAt(stretch, to, sizeOf) - sizeAt(stretch, from, sizeOf);
}

/** The size at a time between the points, on the straight line between its neighbours. */
function sizeAt(stretch: readonly Point[], timeMs: number, sizeOf: (point: Point) => number): number {
  const after = indexFrom(stretch, timeMs);
  const right = stretch[after] ?? stretch.at(-1);
  if (right === undefined) return NaN;
  const left = stretch[Math.max(0, after - 1)] ?? right;
  if (right.timeMs === left.timeMs) return sizeOf(right);
  const share = (timeMs - left.timeMs) / (right.timeMs - left.timeMs);
  return sizeOf(left) + share * (sizeOf(right) - sizeOf(left));
}
