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
 * The containers that grew from walk to walk and never shrank between two, fastest first. Needs two walks; every
 * further one drops what only breathes with the load. A container that appears later counts from zero if the walks
 * before were complete.
 */
export function findGrowth(walks: readonly CensusWalk[]): GrowthOfContainer[] {
  const [first, ...later] = walks;
  const last = later.at(-1);
  if (first === undefined || last === undefined) return [];
  const earlier = walks.slice(0, -1).map((walk) => byKey(walk));
  const grown: GrowthOfContainer[] = [];
  for (const group of last.containers) {
    const sizes: number[] = [];
    let atMs = first.endedAtMs;
    for (const [index, groups] of earlier.entries()) {
      const before = groups.get(group.key);
      sizes.push(before?.size ?? 0);
      if (index === 0 && before !== undefined) atMs = before.atMs;
    }
    sizes.push(group.size);
    const sizeBefore = sizes[0] ?? 0;
    const growth = group.size - sizeBefore;
    const seconds = (group.atMs - atMs) / 1000;
    if (growth < MIN_GROWTH || seconds <= 0 || !neverShrank(sizes)) continue;
    grown.push({
      key: group.key,
      type: group.type,
      sizeBefore,
      sizeAfter: group.size,
      growthPerSecond: growth / seconds,
      watchedMs: seconds * 1000,
    });
  }
  return grown.sort((a, b) => b.growthPerSecond - a.growthPerSecond);
}

/** Containers of some size that kept it over every walk: what was looked at and found innocent. */
export function findSteady(walks: readonly CensusWalk[]): { key: string; size: number; watchedMs: number }[] {
  const [first] = walks;
  const last = walks.at(-1);
  if (first === undefined || last === undefined || first === last) return [];
  const maps = walks.map((walk) => byKey(walk));
  return last.containers
    .filter((group) => group.size >= MIN_STEADY_SIZE && maps.every((map) => map.get(group.key)?.size === group.size))
    .map((group) => ({ key: group.key, size: group.size, watchedMs: last.endedAtMs - first.startedAtMs }))
    .sort((a, b) => b.size - a.size);
}

/** Two more could be anything. */
const MIN_GROWTH = 3;
const MIN_STEADY_SIZE = 16;

function byKey(walk: CensusWalk): Map<string, ContainerGroup> {
  return new Map(walk.containers.map((group) => [group.key, group]));
}

function neverShrank(sizes: readonly number[]): boolean {
  return sizes.every((size, index) => index === 0 || size >= (sizes[index - 1] ?? 0));
}
