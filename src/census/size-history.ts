import type { CensusWalk } from '../core/census.ts';
import type { SizeSeen } from '../core/finding.ts';

/** The sizes each container was met with, by its shape path, in time order. */
export type SizeHistory = ReadonlyMap<string, readonly SizeSeen[]>;

/**
 * What `walks` add to the history, for the containers of `keys` alone: one that no longer grows is forgotten, so that a
 * watch of days keeps no more than one of minutes. Walks that are in it already are not counted twice, and of very many
 * the older ones are thinned out; the first stays.
 */
export function sizesSeen(
  before: SizeHistory,
  walks: readonly CensusWalk[],
  keys: readonly string[],
): SizeHistory {
  const groupsByWalk = walks.map(({ containers }) => new Map(containers.map((group) => [group.key, group])));
  return new Map(
    keys.map((key) => {
      const known = before.get(key) ?? [];
      const lastMs = known.at(-1)?.timeMs ?? -Infinity;
      const added = groupsByWalk
        .flatMap((groups) => groups.get(key) ?? [])
        // What was not counted again has an earlier size.
        .filter(({ atMs, uncounted }) => atMs > lastMs && uncounted !== true)
        .map(({ atMs, size }) => ({ timeMs: Math.round(atMs), size }));
      return [key, thinned([...known, ...added])];
    }),
  );
}

const MOST_SIZES = 32;

function thinned(sizes: readonly SizeSeen[]): readonly SizeSeen[] {
  if (sizes.length <= MOST_SIZES) return sizes;
  const half = sizes.length >> 1;
  return sizes.filter((_, index) => index >= half || index % 2 === 0);
}
