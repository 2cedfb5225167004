import type { Filling } from '../core/verdict.ts';
import { formatBytes, formatRate } from '../core/bytes.ts';
import { formatDuration } from '../core/duration.ts';
import { fillingOf } from './fill.ts';
import { type GrowthFit, intervalOf } from './growth-fit.ts';
import { evenly, indexFrom } from './history.ts';
import { loadFollowed } from './load.ts';
import { type Held, ordinaryPatienceMs, patienceMs } from './persistence.ts';
import type { Point } from './point.ts';
import { findSlope, type Slope, withResolution } from './slope.ts';
import { excludedBytesPerSecond, shortestWatchMs, slowerLeak } from './steadiness.ts';
import { isSuspicious } from './suspicion.ts';
import type { Track } from './track.ts';
import { warmUpBytesPerSecond } from './warm-up.ts';

/** What is known of one space at its last point, in figures and in one sentence. */
export type Finding = {
  readonly state: 'leaking' | 'steady' | 'open';
  /** Since when the state holds; `null` while open. */
  readonly sinceMs: number | null;
  /** One sentence with the fact that decided, or with what is missing. */
  readonly reason: string;
  /** The stretch that shows the slope best, `null` before there are points enough. */
  readonly slope: Slope | null;
  readonly watchMoreMs: number | null;
  readonly filling: Filling | null;
  /** A slower leak than the one that is excluded, and how much longer it would need to show; `null` unless steady. */
  readonly slower: { readonly bytesPerSecond: number; readonly needsMs: number } | null;
};

/** What a finding is made from. */
export type Seen = {
  readonly track: Track;
  readonly limitBytes: number;
  readonly level: number;
  /** Oldest first. */
  readonly points: readonly Point[];
  /** How many points there were. */
  readonly count: number;
};

export type Leak = {
  readonly sinceMs: number;
  readonly held: Held;
  /** It was called at a time when nothing in sight would have ended the growth. */
  readonly endless: boolean;
};
export type Steady = { readonly sinceMs: number; readonly slope: Slope };

export function leakingFinding(seen: Seen, leak: Leak, fit: GrowthFit | undefined): Finding {
  const { sinceMs, held, endless } = leak;
  const { points, track, level } = seen;
  const growing = points.slice(indexFrom(points, held.points[0]?.timeMs ?? 0));
  const slope = fit && withResolution(slopeOfFit(fit, level), growing, track.resolutionBytes);
  const spanMs = (growing.at(-1)?.timeMs ?? 0) - (growing[0]?.timeMs ?? 0);
  const rate = formatRate(slope?.bytesPerSecond ?? held.bytesPerSecond);
  return {
    ...nothing,
    state: 'leaking',
    sinceMs,
    reason: `${seenWords(track, growing)} over ${formatDuration(spanMs)} left ${rate} behind, ${endless ? 'it does not slow down, and nothing was found that ends it' : 'and it does not slow down'}${partOf(track, growing)}`,
    slope: slope ?? null,
  };
}

export function steadyFinding(seen: Seen, { sinceMs, slope }: Steady): Finding {
  const { points, limitBytes } = seen;
  const headroomBytes = limitBytes - (points.at(-1)?.bytes ?? 0);
  const excluded = Math.max(slope.interval[1], 0);
  const slower = slowerLeak(seen.track, points, excluded, headroomBytes);
  const excludes =
    excluded < 1 ? 'all growth that could be measured is' : `growth of ${formatRate(excluded)} or more is`;
  const leavesMs = (headroomBytes / Math.max(excluded, 1)) * 1000;
  const leaves = leavesMs > YEAR_MS ? 'a year' : formatDuration(leavesMs);
  const more =
    slower === null
      ? ''
      : `; one of ${formatRate(slower.bytesPerSecond)} would need ${formatDuration(slower.needsMs)} more to show`;
  return {
    ...nothing,
    state: 'steady',
    sinceMs,
    reason: `${excludes} excluded: the limit is more than ${leaves} away${more}`,
    slope,
    slower,
  };
}

/** Seldom is anything decided by fewer; at the pace at which they came so far. */
const FEWEST_TO_EXPECT = 4;
const YEAR_MS = 365 * 86_400_000;

export function openFinding(seen: Seen, endedAtMs: number | undefined): Finding {
  const { points, track, level, limitBytes, count } = seen;
  const last = points.at(-1);
  if (last === undefined) return { ...nothing, reason: 'no major garbage collection was seen yet' };
  const half = evenly(points, last.timeMs / 2, MOST_FOR_A_SLOPE);
  const slope =
    slopeOf(track, half, level) ?? slopeOf(track, evenly(points, 0, MOST_FOR_A_SLOPE), level) ?? null;
  const open = (reason: string, watchMoreMs: number | null): Finding => ({
    ...nothing,
    reason,
    slope,
    watchMoreMs: watchMoreMs && Math.ceil(watchMoreMs / 1000) * 1000,
  });
  if (slope === null || last.timeMs < shortestWatchMs) {
    const floors = `${seenWords(track, points)} in ${formatDuration(last.timeMs)}`;
    const missingMs = (last.timeMs / count) * (FEWEST_TO_EXPECT - count);
    return open(
      `too few to judge by so far: ${floors}`,
      Math.max(2_000, shortestWatchMs - last.timeMs, missingMs),
    );
  }
  const rate = formatRate(slope.bytesPerSecond);
  const load = loadFollowed(half);
  if (load === 'open connections') {
    return open(`memory rises by ${rate} while the number of open connections still rises`, null);
  }
  if (load === 'requests') {
    return open(`memory rises by ${rate} while requests still come faster and faster`, null);
  }
  const fill = fillingOf(points, limitBytes);
  if (fill !== undefined) {
    const { filling, settlesMs } = fill;
    const share = Math.round(filling.share * 100);
    const [low, high] = filling.interval.map(formatBytes);
    return {
      ...open(
        `filling: ${share} % of an expected ${formatBytes(filling.expectedBytes)} (${low} to ${high}) have come, and growth slows down`,
        settlesMs,
      ),
      filling,
    };
  }
  if (endedAtMs !== undefined) {
    const words = 'memory grew and then stopped; it has not been flat for long enough yet';
    return open(words, ordinaryPatienceMs / 2);
  }
  const headroomBytes = limitBytes - last.bytes;
  if (slope.interval[0] > warmUpBytesPerSecond(last.timeMs) || isSuspicious(points)) {
    const patience = patienceMs(track, Math.max(1, slope.bytesPerSecond), headroomBytes, last.timeMs);
    return open(
      `memory grows by ${rate}, not yet for long enough to tell a leak from something that fills`,
      Math.max(2_000, patience - last.timeMs),
    );
  }
  const excluded = excludedBytesPerSecond(headroomBytes, last.timeMs);
  const more = Math.max(
    timeToExclude(slope, excluded, last.timeMs),
    slope.bytesPerSecond > warmUpBytesPerSecond(last.timeMs) ? ordinaryPatienceMs - last.timeMs : 0,
  );
  return open(`growth of up to ${formatRate(slope.interval[1])} is still possible`, more);
}

/**
 * What the lowest samples show where no major collection came. What is used is never less than what is live, so that it
 * stays flat shows that nothing grows; that it rises may be garbage.
 */
export function withoutCollections(finding: Finding): Finding {
  const { state, reason, slope } = finding;
  if (state === 'steady') {
    return {
      ...finding,
      reason: `${reason} (no major garbage collection came lately: judged by the lowest of the samples, which hold garbage too)`,
    };
  }
  const rate = slope === null ? '' : `, samples change by ${formatRate(slope.bytesPerSecond)}`;
  return {
    ...nothing,
    slope,
    reason: `no major garbage collection came lately${rate}: what rises may be garbage that waits for one`,
  };
}

/** The slope by the median of all pairs, with what rounding may hide. */
export function slopeOf(track: Track, stretch: readonly Point[], level: number): Slope | undefined {
  const slope = findSlope(stretch, level);
  return slope && withResolution(slope, stretch, track.resolutionBytes);
}

const MOST_FOR_A_SLOPE = 120;

const nothing: Finding = {
  state: 'open',
  sinceMs: null,
  reason: '',
  slope: null,
  watchMoreMs: null,
  filling: null,
  slower: null,
};

function slopeOfFit(fit: GrowthFit, level: number): Slope {
  const { bytesPerSecond, standardError, degrees } = fit;
  return { bytesPerSecond, interval: intervalOf(fit, level), standardError, degrees };
}

/** What the points are: `6 major and 54 minor collections`. Those of native memory are no collections at all. */
function seenWords({ space }: Track, points: readonly Point[]): string {
  const seen = points.reduce((sum, { count }) => sum + (count ?? 1), 0);
  if (space === 'native') return `the lowest samples of ${seen} stretches`;
  const minor = points.reduce((sum, { bounds }) => sum + (bounds ?? 0), 0);
  const major = seen - minor;
  if (minor > 0) return `${major} major and ${minor} minor collections`;
  return `${major} major ${major === 1 ? 'collection' : 'collections'}`;
}

/** Which part of the space it is that grows, if one makes up most of the growth. */
function partOf({ space }: Track, growing: readonly Point[]): string {
  const [first, last] = [growing[0], growing.at(-1)];
  if (first?.partBytes === undefined || last?.partBytes === undefined || space === 'native') return '';
  const share = (last.partBytes - first.partBytes) / (last.bytes - first.bytes);
  if (!(share >= MOST_OF_GROWTH)) return '';
  return space === 'heap' ? '; most of it in large objects' : '; most of it in array buffers';
}

const MOST_OF_GROWTH = 0.7;

/** How much longer until the slope's interval may end below what is to be excluded: it shrinks as time to the 1.5. */
function timeToExclude(slope: Slope, excluded: number, watchedMs: number): number {
  const tooWide = Math.max(1, slope.interval[1]) / excluded;
  return watchedMs * Math.min(10, Math.max(0.2, tooWide ** (2 / 3) - 1));
}
