import { type ContainersByWay, containersByWay } from './containers-by-way.ts';
import type { GrowingByWay } from './growing-by-way.ts';
import type { Owners, PathedGraph } from './owners.ts';

/** The growing containers of both snapshots by the way to them. 9 bytes a node of both. */
export function ownersByWay(before: PathedGraph, after: PathedGraph, growing: GrowingByWay): Owners {
  const found = containersByWay(after);
  const groupByIdentity = new Map(growing.ways.map(({ identity }, at) => [identity, at + 1]));
  const groupsOf = ({ ways, wayByOrdinal }: ContainersByWay): Uint32Array => {
    const groupByWay = [0, ...ways.map(({ identity }) => groupByIdentity.get(identity) ?? 0)];
    return wayByOrdinal.map((way) => groupByWay[way]);
  };
  const groups = groupsOf(found);
  const wayByIdentity = new Map(found.ways.map((way) => [way.identity, way]));
  return {
    points: growing.ways.flatMap(({ identity, entriesByFile }) => {
      const way = wayByIdentity.get(identity);
      if (way === undefined) return [];
      const { key, containers, node, chain } = way;
      return [{ key, containers, node, chain, entriesByFile: [...entriesByFile] }];
    }),
    before: groupsOf(containersByWay(before)),
    after: groups,
    sizeOf: (node) => (groups[node] === 0 ? null : found.counts[node]),
  };
}
