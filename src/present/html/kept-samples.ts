/**
 * Which samples of a series a page gets, as indices: all of some thousands, of more the lowest and the highest of each
 * stretch in each of its columns, which are equally long. A watch of days is as large on a page as one of an hour, and no spike of
 * it is lost.
 */
export function keptSamples(
  columns: readonly (readonly (number | null)[])[],
  most: number = KEPT_AT_MOST,
): number[] {
  const length = columns[0]?.length ?? 0;
  if (length <= most) return Array.from({ length }, (_, index) => index);
  // Of each stretch two of each column stay, and what says that a value is not known.
  const stretch = Math.ceil((length * 2 * columns.length) / most);
  const kept = new Set<number>([0, length - 1]);
  for (let from = 0; from < length; from += stretch) {
    const until = Math.min(from + stretch, length);
    for (const column of columns) {
      for (const index of extremes(column, from, until)) kept.add(index);
    }
  }
  return [...kept].sort((a, b) => a - b);
}

const KEPT_AT_MOST = 4000;

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
