import type { CensusWalk, ContainerGroup } from '../core/census.ts';

export type GrowthOfContainer = {
  readonly key: string;
  readonly type: ContainerGroup['type'];
  readonly sizeBefore: number;
  readonly sizeAfter: number;
  readonly growthPerSecond: number;
  /** Over how long it was watched. */
  readonly watchedMs: number;
};

/**
 * The containers that grew from walk to walk and never shrank between two, fastest first. A container must have been
 * met by at least two walks, the last among them: which functions a walk samples varies, so absence is no size.
 *
 * The arrays inside a growing array grow in number, not each: they are left out, for the outer one says it.
 */
export function findGrowth(walks: readonly CensusWalk[]): GrowthOfContainer[] {
  const last = walks.at(-1);
  if (last === undefined) return [];
  const groupsByWalk = walks.map((walk) => byKey(walk));
  const grown: GrowthOfContainer[] = [];
  for (const group of last.containers) {
    const sightings = groupsByWalk
      .map((groups) => groups.get(group.key))
      .filter((seen) => seen !== undefined);
    const [first] = sightings;
    // What is not counted any more is as large as it was: it may have stopped growing since.
    if (first === undefined || first === group || group.uncounted === true) continue;
    const growth = group.size - first.size;
    const seconds = (group.atMs - first.atMs) / 1000;
    if (growth < MIN_GROWTH || seconds <= 0 || !neverShrank(sightings)) continue;
    if (meanSize(group) <= meanSize(first) * MEAN_GROWTH && isBelow(group.key, grown)) continue;
    grown.push({
      key: group.key,
      type: group.type,
      sizeBefore: first.size,
      sizeAfter: group.size,
      growthPerSecond: growth / seconds,
      watchedMs: seconds * 1000,
    });
  }
  return grown.sort((a, b) => b.growthPerSecond - a.growthPerSecond);
}

/**
 * Containers of some size that kept it over every walk: what was looked at and found innocent. Not those in a dictionary that is not
 * listed again, of which each walk meets the same few elements.
 */
export function findSteady(walks: readonly CensusWalk[]): { key: string; size: number; watchedMs: number }[] {
  const [first] = walks;
  const last = walks.at(-1);
  if (first === undefined || last === undefined || first === last) return [];
  const maps = walks.map((walk) => byKey(walk));
  const uncounted = findUncounted([last]);
  return last.containers
    .filter(
      (group) =>
        group.uncounted !== true &&
        group.size >= MIN_STEADY_SIZE &&
        !isBelow(group.key, uncounted) &&
        maps.every((map) => map.get(group.key)?.size === group.size),
    )
    .map((group) => ({ key: group.key, size: group.size, watchedMs: last.endedAtMs - first.startedAtMs }))
    .sort((a, b) => b.size - a.size);
}

/** Dictionaries of which nobody knows whether they grow, the largest first: listing them again would take too long. */
export function findUncounted(walks: readonly CensusWalk[]): ContainerGroup[] {
  const groups = walks.at(-1)?.containers ?? [];
  return groups.filter((group) => group.uncounted === true).sort((a, b) => b.size - a.size);
}

/** Two more could be anything. */
const MIN_GROWTH = 3;
/** Sampling moves a mean size by some per cent. */
const MEAN_GROWTH = 1.1;
const MIN_STEADY_SIZE = 16;

function byKey(walk: CensusWalk): Map<string, ContainerGroup> {
  return new Map(walk.containers.map((group) => [group.key, group]));
}

function neverShrank(sightings: readonly ContainerGroup[]): boolean {
  return sightings.every(({ size }, index) => index === 0 || size >= (sightings[index - 1]?.size ?? 0));
}

function meanSize({ size, instances }: ContainerGroup): number {
  return size / Math.max(1, instances);
}

/** Among the elements of one of these, at whatever depth. A walk lists what holds before what is held. */
function isBelow(key: string, holders: readonly { readonly key: string }[]): boolean {
  return holders.some((above) => key.startsWith(`${above.key}[*]`));
}
