import { formatRate } from '../core/bytes.ts';
import { formatDuration } from '../core/duration.ts';
import { GrowthEvidence } from './evidence.ts';
import { followsConnections } from './load.ts';
import { findHeld, type Held, ordinaryPatienceMs } from './persistence.ts';
import { findSlope, type Slope, withResolution } from './slope.ts';
import { excludedBytesPerSecond, findSteady, shortestWatchMs } from './steadiness.ts';
import { isSuspicious } from './suspicion.ts';
import type { Point } from './point.ts';
import type { Track } from './track.ts';
import { warmUpBytesPerSecond, withoutWarmUp } from './warm-up.ts';

export type WatchOptions = {
  readonly limitBytes: number;
  /** For this track alone. */
  readonly falseAlarmProbability: number;
  /** Level of the slope's interval. */
  readonly level: number;
};

/** What is known of one space at its last point. */
export type Finding = {
  readonly state: 'leaking' | 'steady' | 'open';
  /** Since when the state holds; `null` while open. */
  readonly sinceMs: number | null;
  /** One sentence with the fact that decided, or with what is missing. */
  readonly reason: string;
  /** The stretch that shows the slope best, `null` before there are points enough. */
  readonly slope: Slope | null;
  readonly watchMoreMs: number | null;
};

/**
 * Walks a track floor by floor, as a watcher at the time would have, and says where it stands at the end.
 *
 * Leaking needs three things at one floor: evidence for growth (`evidence.ts`), growth that held for as long as
 * patience asks (`persistence.ts`), and no rise of connections that explains it (`load.ts`). It is taken back
 * when growth stops for as long as it had taken to decide; a second leak then needs twice the evidence, a third
 * four times, so that the false alarms of all together stay within the promise.
 */
export function watchTrack(track: Track, options: WatchOptions): Finding {
  const past = leakAtEnd(track, options);
  if (past.leak !== undefined) return leakingFinding(track, past.leak, options);
  return steadyFinding(track, options) ?? openFinding(track, past, options);
}

type Leak = { readonly sinceMs: number; readonly held: Held };
type Past = {
  readonly leak: Leak | undefined;
  readonly endedAtMs: number | undefined;
};

function leakAtEnd({ points, ...track }: Track, options: WatchOptions): Past {
  const bare = withoutWarmUp(points);
  let evidence = new GrowthEvidence(track.resolutionBytes);
  let needed = 2 / options.falseAlarmProbability;
  let leak: Leak | undefined;
  let begin = 0;
  let endedAtMs: number | undefined;
  for (const [end, point] of bare.entries()) {
    if (leak !== undefined) {
      if (!hasStopped({ ...track, points }, end, leak.held)) continue;
      leak = undefined;
      endedAtMs = point.timeMs;
      begin = end;
      evidence = new GrowthEvidence(track.resolutionBytes);
      needed *= 2;
    }
    const { independent, any } = evidence.add(point);
    if (independent < needed) continue;
    const held = findHeld({ ...track, points: bare.slice(begin, end + 1) }, options.limitBytes - point.bytes);
    if (held === undefined || held.bytesPerSecond < track.negligibleBytesPerSecond) continue;
    // Waiting is cheap where the limit is far: then noise that wanders must be ruled out as well.
    const urgent = held.spanMs < ordinaryPatienceMs;
    if ((urgent || any >= needed) && !followsConnections(held.points)) leak = { sinceMs: point.timeMs, held };
  }
  return { leak, endedAtMs };
}

/**
 * Whether growth has clearly ended: over as long a stretch as the leak was decided on, more than a quarter of its
 * pace is excluded at 99 %. The ends of the stretch are asked first, because they cost nothing.
 */
function hasStopped(track: Track, end: number, held: Held): boolean {
  const { points } = track;
  const last = points[end];
  if (last === undefined) return false;
  let begin = end;
  while (begin > 0 && (last.timeMs - (points[begin]?.timeMs ?? 0) < held.spanMs || end - begin < 4))
    begin -= 1;
  const first = points[begin];
  if (first === undefined || first.timeMs === last.timeMs) return false;
  const quarter = held.bytesPerSecond / 4;
  if (((last.bytes - first.bytes) / (last.timeMs - first.timeMs)) * 1000 >= quarter) return false;
  const slope = slopeOf(track, points.slice(begin, end + 1), 0.99);
  return slope !== undefined && slope.interval[1] < quarter;
}

function leakingFinding(track: Track, { sinceMs, held }: Leak, options: WatchOptions): Finding {
  const { points } = track;
  // The first third of the growth may be the arrival of what causes it.
  const fromMs = (held.points[0]?.timeMs ?? 0) + held.spanMs / 3;
  const arrived = points.filter((point) => point.timeMs >= fromMs);
  const growing = points.filter((point) => point.timeMs >= (held.points[0]?.timeMs ?? 0));
  const slope = slopeOf(track, arrived, options.level) ?? slopeOf(track, growing, options.level) ?? null;
  const spanMs = (growing.at(-1)?.timeMs ?? 0) - (growing[0]?.timeMs ?? 0);
  return {
    state: 'leaking',
    sinceMs,
    reason: `${growing.length} collections over ${formatDuration(spanMs)} left ${formatRate(slope?.bytesPerSecond ?? held.bytesPerSecond)} behind, and it does not slow down`,
    slope,
    watchMoreMs: null,
  };
}

function steadyFinding(track: Track, options: WatchOptions): Finding | undefined {
  const { points } = track;
  const last = points.at(-1);
  if (last === undefined) return undefined;
  const headroomBytes = options.limitBytes - last.bytes;
  const slope = findSteady(track, headroomBytes, options.level);
  if (slope === undefined) return undefined;
  // Since when: looked up at every tenth of the time watched, back to the first look that was not steady.
  let sinceMs = last.timeMs;
  for (let count = points.length - 1; count >= 4; count = Math.min(count - 1, Math.floor(count * 0.9))) {
    if (findSteady({ ...track, points: points.slice(0, count) }, headroomBytes, options.level) === undefined)
      break;
    sinceMs = points[count - 1]?.timeMs ?? sinceMs;
  }
  const excluded = Math.max(slope.interval[1], 0);
  return {
    state: 'steady',
    sinceMs,
    reason: `growth of ${formatRate(excluded)} or more is excluded: the limit is more than ${formatDuration((headroomBytes / Math.max(excluded, 1)) * 1000)} away`,
    slope,
    watchMoreMs: null,
  };
}

function openFinding(track: Track, past: Past, options: WatchOptions): Finding {
  const { points } = track;
  const last = points.at(-1);
  const open = (reason: string, slope: Slope | null, watchMoreMs: number | null): Finding => {
    return {
      state: 'open',
      sinceMs: null,
      reason,
      slope,
      watchMoreMs: watchMoreMs && Math.ceil(watchMoreMs / 1000) * 1000,
    };
  };
  if (last === undefined) return open('no major garbage collection was seen yet', null, null);
  const half = points.filter((point) => point.timeMs >= last.timeMs / 2);
  const slope = slopeOf(track, half, options.level) ?? slopeOf(track, points, options.level) ?? null;
  if (slope === null || last.timeMs < shortestWatchMs) {
    const floors = `${points.length} ${points.length === 1 ? 'collection' : 'collections'} in ${formatDuration(last.timeMs)}`;
    return open(`${floors} are too few to judge by`, slope, Math.max(2_000, shortestWatchMs - last.timeMs));
  }
  const rate = formatRate(slope.bytesPerSecond);
  if (followsConnections(half))
    return open(`memory rises by ${rate} while the number of open connections still rises`, slope, null);
  if (past.endedAtMs !== undefined)
    return open(
      'memory grew and then stopped; it has not been flat for long enough yet',
      slope,
      ordinaryPatienceMs / 2,
    );
  if (slope.interval[0] > warmUpBytesPerSecond(last.timeMs) || isSuspicious(points)) {
    return open(
      `memory grows by ${rate}, not yet for long enough to tell a leak from something that fills`,
      slope,
      Math.max(2_000, ordinaryPatienceMs - last.timeMs),
    );
  }
  const excluded = excludedBytesPerSecond(options.limitBytes - last.bytes, last.timeMs);
  const more = Math.max(
    timeToExclude(slope, excluded, last.timeMs),
    slope.bytesPerSecond > warmUpBytesPerSecond(last.timeMs) ? ordinaryPatienceMs - last.timeMs : 0,
  );
  return open(`growth of up to ${formatRate(slope.interval[1])} is still possible`, slope, more);
}

function slopeOf(track: Track, stretch: readonly Point[], level: number): Slope | undefined {
  const slope = findSlope(stretch, level);
  return slope && withResolution(slope, stretch, track.resolutionBytes);
}

/** How much longer until the slope's interval may end below what is to be excluded: it shrinks as time to the 1.5. */
function timeToExclude(slope: Slope, excluded: number, watchedMs: number): number {
  const tooWide = Math.max(1, slope.interval[1]) / excluded;
  return watchedMs * Math.min(10, Math.max(0.2, tooWide ** (2 / 3) - 1));
}
