import type { Series } from '../core/series.ts';
import type { Growth, Verdict } from '../core/verdict.ts';
import { isFilling } from './filling.ts';
import { forecastOf } from './forecast.ts';
import type { Slope } from './slope.ts';
import { smallestDetectable } from './slope.ts';
import { isSuspicious } from './suspicion.ts';
import { type Track, tracksOf } from './track.ts';
import { watchTrack } from './watch.ts';

export type DecideOptions = {
  /** The size at which V8 gives up; `null` when unknown. */
  readonly limitBytes: number | null;
  /** Bound on the chance that a watch ever says `leaking` of a server without a trend. Default 0.01. */
  readonly falseAlarmProbability?: number;
  /** Level of the slope's interval. Default 0.99. */
  readonly level?: number;
  /** How long was watched: floors may lag behind it. */
  readonly watchedMs: number;
};

/** What a limit is taken to be while none is known. */
const ordinaryLimitBytes = 4_000_000_000;

/**
 * Is it leaking? A function of the series alone: its looks are the floors, so asking more often changes
 * neither the answer nor the error. Each idea has its file beside this one; `watch.ts` puts them in order.
 *
 * The cost is linear in the floors, times the logarithm of their number: growth may begin at any of them.
 */
export function decide(series: Series, options: DecideOptions): Verdict {
  const { limitBytes, watchedMs, falseAlarmProbability = 0.01, level = 0.99 } = options;
  const tracks = tracksOf(series);
  const looks = tracks.map((track) => ({
    track,
    found: watchTrack(track, {
      limitBytes: limitBytes ?? ordinaryLimitBytes,
      falseAlarmProbability: falseAlarmProbability * track.shareOfFalseAlarms,
      level,
    }),
  }));
  // Native memory takes minutes to judge: it may accuse, but nobody waits for it.
  const [heap, external] = looks;
  if (heap === undefined || external === undefined) throw new Error('heap and external are always judged');
  const leaking = looks.find(({ found }) => found.state === 'leaking');
  // A garbage collection log tells nothing of memory outside the heap: what is unknown is not waited for.
  const told = external.track.points.length > 0 || heap.track.points.length === 0 ? [heap, external] : [heap];
  const shown = leaking ?? told.find(({ found }) => found.state === 'open') ?? heap;
  const { track, found } = shown;
  const growth = growthOf(track, found.slope, level, falseAlarmProbability);
  const steady = found.state === 'steady';
  return {
    kind: found.state === 'open' ? 'inconclusive' : found.state,
    space: leaking === undefined ? null : track.space,
    decidedAtMs: steady ? Math.max(...told.map((one) => one.found.sinceMs ?? 0)) : found.sinceMs,
    reason: found.reason,
    growth,
    forecast:
      leaking !== undefined && track.space === 'heap'
        ? forecastOf(track, growth, limitBytes, watchedMs)
        : null,
    watchMoreMs: found.watchMoreMs,
    suspicious:
      leaking !== undefined ||
      isFilling(series.samples) ||
      isSuspicious(heap.track.points) ||
      isSuspicious(external.track.points),
  };
}

function growthOf(
  track: Track,
  slope: Slope | null,
  level: number,
  falseAlarmProbability: number,
): Growth | null {
  if (slope === null) return null;
  return {
    bytesPerSecond: slope.bytesPerSecond,
    interval: slope.interval,
    level,
    falseAlarmProbability,
    smallestDetectableBytesPerSecond: smallestDetectable(track, slope, falseAlarmProbability),
  };
}
