import type { Series } from '../core/series.ts';
import type { Outlook, Verdict } from '../core/verdict.ts';
import { floorPoints } from './floor-points.ts';

/** Where memory ends, in bytes; `null` for what is not limited or not known. */
export type Limits = {
  /** Of V8, for the heap alone. */
  readonly heapBytes: number | null;
  /** Of the container and of `ulimit`, for all memory of the process. */
  readonly containerBytes: number | null;
  readonly rlimitBytes: number | null;
};

/**
 * When a leak meets the first of the limits, counted from now (`watchedMs`), and what it would buy to double that one: a
 * leak is as fast on a large machine. The others stay as they are, for whoever raises one limit has not raised them, and a
 * second one that is near leaves little to gain. `null` unless memory leaks towards a known limit.
 *
 * The heap is limited by V8, all memory of the process by its container: to that the last resident size is what is used.
 * The intervals follow from the slope's.
 */
export function outlookOf(
  series: Series,
  { kind, space, growth, forecast }: Pick<Verdict, 'kind' | 'space' | 'growth' | 'forecast'>,
  limits: Limits,
  watchedMs: number,
): Outlook | null {
  if (kind !== 'leaking' || space === null || growth === null || growth.interval[0] <= 0) return null;
  const floor = floorPoints(series, space).at(-1);
  const sample = series.samples.at(-1);
  const heap =
    space === 'heap' && floor !== undefined ? known(limits.heapBytes, floor.bytes, floor.timeMs) : [];
  const resident = sample === undefined ? [] : [limits.containerBytes, limits.rlimitBytes];
  const [container = [], rlimit = []] = resident.map((limit) =>
    known(limit, sample?.rss ?? NaN, sample?.timeMs ?? NaN),
  );
  const bounds: readonly Bound[] = [
    ...heap.map((bound) => ({ ...bound, which: 'heap' as const })),
    ...container.map((bound) => ({ ...bound, which: 'container' as const })),
    ...rlimit.map((bound) => ({ ...bound, which: 'rlimit' as const })),
  ];
  const at = (bytesPerSecond: number): Arrival | undefined => firstOf(bounds, bytesPerSecond, watchedMs);
  const [low, high] = growth.interval;
  const now = at(growth.bytesPerSecond);
  if (now === undefined) return null;
  const raised = bounds.map((bound) =>
    bound.which === now.which ? { ...bound, limitBytes: 2 * bound.limitBytes } : bound,
  );
  const then = firstOf(raised, growth.bytesPerSecond, watchedMs) ?? now;
  const gained = (bytesPerSecond: number): number =>
    (firstOf(raised, bytesPerSecond, watchedMs)?.seconds ?? NaN) - (at(bytesPerSecond)?.seconds ?? NaN);
  const gains = [gained(high), gained(growth.bytesPerSecond), gained(low)] as const;
  // What `decide` says of the heap knows more than the slope: how growth scatters.
  const better =
    forecast !== null && now.which === 'heap' && forecast.limitBytes === now.limitBytes ? forecast : null;
  return {
    limitBytes: now.limitBytes,
    which: now.which,
    secondsToLimit: now.seconds,
    interval: [at(high)?.seconds ?? NaN, at(low)?.seconds ?? NaN],
    level: growth.level,
    ...better,
    doubled: {
      limitBytes: 2 * now.limitBytes,
      which: then.which,
      secondsGained: gains[1],
      // Not in order of the rates where a slower leak meets another limit first.
      interval: [Math.min(...gains), Math.max(...gains)],
    },
  };
}

type Use = { readonly limitBytes: number; readonly usedBytes: number; readonly timeMs: number };
type Bound = Use & { readonly which: Outlook['which'] };
type Arrival = { readonly which: Outlook['which']; readonly limitBytes: number; readonly seconds: number };

function known(limitBytes: number | null, usedBytes: number, timeMs: number): Use[] {
  return limitBytes === null || !Number.isFinite(usedBytes) ? [] : [{ limitBytes, usedBytes, timeMs }];
}

function firstOf(bounds: readonly Bound[], bytesPerSecond: number, watchedMs: number): Arrival | undefined {
  const arrivals = bounds.map(({ which, limitBytes, usedBytes, timeMs }) => {
    const since = Math.max(0, watchedMs - timeMs) / 1000;
    const missing = Math.max(0, limitBytes - usedBytes);
    return { which, limitBytes, seconds: Math.max(0, missing / bytesPerSecond - since) };
  });
  return arrivals.toSorted((a, b) => a.seconds - b.seconds)[0];
}
