import type { Report } from '../../report/schema.ts';

/**
 * Which samples of a series the page gets, as indices: all of some thousands, of more the lowest and the highest of each
 * stretch. A watch of days is pushed as often as one of minutes, and no spike of it is lost.
 */
export function keptSamples({ timeMs, rss, heapUsed }: Columns, most: number = KEPT_AT_MOST): number[] {
  if (timeMs.length <= most) return timeMs.map((_, index) => index);
  // Of each stretch up to four stay, and what says that a value is not known.
  const stretch = Math.ceil((timeMs.length * 4) / most);
  const kept = new Set<number>([0, timeMs.length - 1]);
  for (let from = 0; from < timeMs.length; from += stretch) {
    const until = Math.min(from + stretch, timeMs.length);
    for (const column of [rss, heapUsed]) {
      for (const index of extremes(column, from, until)) kept.add(index);
    }
  }
  return [...kept].sort((a, b) => a - b);
}

const KEPT_AT_MOST = 4000;

type Columns = Pick<Report['series'], 'timeMs' | 'rss' | 'heapUsed'>;

function extremes(column: readonly (number | null)[], from: number, until: number): number[] {
  let lowest = -1;
  let highest = -1;
  for (let index = from; index < until; index += 1) {
    const size = column[index] ?? null;
    if (size === null) continue;
    if (lowest === -1 || size < (column[lowest] ?? 0)) lowest = index;
    if (highest === -1 || size > (column[highest] ?? 0)) highest = index;
  }
  return lowest === -1 ? [from] : [lowest, highest];
}
