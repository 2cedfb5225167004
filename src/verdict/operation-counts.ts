import type { Counter, Series } from '../core/series.ts';

/** How often each operation had happened at each of `times`, since the first of them. */
export type OperationCounts = {
  readonly operation: string;
  readonly counts: readonly number[];
  /** Of the error of one of the counts, on average. */
  readonly errorVariance: number;
};

/**
 * What the series counts, read off at `times`: between two samples on the straight line between them. Where a series
 * counts nothing the list is empty.
 */
export function countsAt(series: Series, times: readonly number[]): readonly OperationCounts[] {
  return [...insideCounters(series), ...(series.counters ?? [])].map(({ operation, counts }) => {
    const known = counts
      .filter(({ count }) => Number.isFinite(count))
      .toSorted((a, b) => a.timeMs - b.timeMs);
    const read = times.map((timeMs) => countAt(known, timeMs));
    const first = read[0]?.count ?? 0;
    const perMs = ((read.at(-1)?.count ?? 0) - first) / Math.max(1, (times.at(-1) ?? 0) - (times[0] ?? 0));
    const unread = read.reduce((sum, { variance }) => sum + variance, 0) / Math.max(1, read.length);
    return {
      operation,
      counts: read.map(({ count }) => count - first),
      errorVariance: unread + COUNTED_WHOLE + perMs * UNDER_WAY_MS,
    };
  });
}

/** A count is a whole number: half of one is the least by which it can be off. */
const COUNTED_WHOLE = 0.25;
/** What an operation keeps is made while it lasts, and it is counted at one moment of that. */
const UNDER_WAY_MS = 50;

export const httpRequest = 'http request';
export const connectionOpened = 'connection opened';
export const connectionClosed = 'connection closed';

function insideCounters({ samples }: Series): readonly Counter[] {
  const inside = samples.flatMap(({ timeMs, inside }) =>
    inside !== undefined && Number.isFinite(timeMs) ? [{ timeMs, ...inside }] : [],
  );
  if (inside.length < 2) return [];
  return [
    { operation: httpRequest, counts: inside.map(({ timeMs, httpRequests: count }) => ({ timeMs, count })) },
    {
      operation: connectionOpened,
      counts: inside.map(({ timeMs, connectionsOpened: count }) => ({ timeMs, count })),
    },
    {
      operation: connectionClosed,
      counts: inside.map(({ timeMs, connectionsClosed: count }) => ({ timeMs, count })),
    },
  ];
}

/** Between two samples the operations fell at random: how many before a moment varies as a binomial count does. */
function countAt(
  counts: Counter['counts'],
  timeMs: number,
): { readonly count: number; readonly variance: number } {
  let from = 0;
  let to = counts.length - 1;
  while (to - from > 1) {
    const middle = (from + to) >> 1;
    if ((counts[middle]?.timeMs ?? 0) <= timeMs) from = middle;
    else to = middle;
  }
  const [left, right] = [counts[from], counts[to]];
  if (left === undefined || right === undefined) return { count: 0, variance: 0 };
  if (right.timeMs <= left.timeMs) return { count: right.count, variance: 0 };
  const share = Math.min(1, Math.max(0, (timeMs - left.timeMs) / (right.timeMs - left.timeMs)));
  const between = right.count - left.count;
  return { count: left.count + share * between, variance: Math.abs(between) * share * (1 - share) };
}
