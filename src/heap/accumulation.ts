import { selfBytesOf } from './columns.ts';
import { NO_DOMINATOR } from './dominator-tree.ts';
import { NOT_THERE } from './finder-by-id.ts';
import type { GrowingById } from './growing-by-id.ts';
import type { GrowingByWay } from './growing-by-way.ts';
import { earlierOrdinals } from './growth.ts';
import { type HeapGraph, NO_EDGE, type NodeOrdinal, ownerOf } from './heap-graph.ts';
import { gainedEntries, type OwnedPoint, type PathedGraph } from './owners.ts';
import { ownersById } from './owners-by-id.ts';
import { ownersByWay } from './owners-by-way.ts';

/** Where a process's memory goes from the first of its snapshots to the last. */
export type Accumulation = {
  /** What is kept alive in the last beyond the first; negative where more went than came. */
  readonly grownBytes: number;
  /** What grew, without what shrank: of this the shares are. */
  readonly gainedBytes: number;
  /** Of that, what no growing container accounts for. */
  readonly restBytes: number;
  /** Largest growth first. */
  readonly points: readonly AccumulationPoint[];
  /** Entries in the last of one of the containers that grow; `null` for all else. */
  readonly sizeOf: (node: NodeOrdinal) => number | null;
};

export type GrowingContainers = GrowingById | GrowingByWay;

export type AccumulationPoint = OwnedPoint & {
  /** By what is theirs, and no container's inside of them, the growth from first to last. */
  readonly bytes: number;
  /** Of all that grew, 0 to 1; the shares of all points and of the rest make 1. What shrank counts for nothing. */
  readonly share: number;
};

/**
 * Each byte counts once, for the *innermost* growing container that dominates it: there the entry is added, so there it has to be
 * taken out. What a container holds inside entries that came themselves is its own; what grows in entries that were there
 * before is that inner container's. So a Map that gains sessions and the history that grows in each session are two causes with
 * a part each, and never one part twice.
 *
 * What came, or went, and is dominated by none, since something else keeps it alive too (a timer beside the Map), counts for the
 * innermost on the shortest way to it. In both snapshots every node belongs to one container or to the rest, so the parts add up.
 *
 * A chain's place is its first link, through which one comes to the others. 8 bytes a node of both while it runs.
 */
export function accumulation(
  before: PathedGraph,
  after: PathedGraph,
  growing: GrowingContainers,
  limit: number,
): Accumulation {
  const owners =
    growing.by === 'id' ? ownersById(before, after, growing) : ownersByWay(before, after, growing);
  const cameOrWent =
    growing.by === 'id'
      ? changed(before.graph, earlierOrdinals(before.graph, after.graph))
      : allOf(before.graph, after.graph);
  const count = owners.points.length + 1;
  const bytesAfter = bytesByGroup(after, owners.after, cameOrWent.after, count);
  const bytesBefore = bytesByGroup(before, owners.before, cameOrWent.before, count);
  const grown = bytesAfter.map((bytes, group) => bytes - bytesBefore[group]);
  const restBytes = grown[REST];
  const gains = grown.reduce((sum, bytes) => sum + Math.max(0, bytes), 0);
  const points = owners.points.map((point, at): AccumulationPoint => {
    const bytes = grown[at + 1];
    return { ...point, bytes, share: gains === 0 ? 0 : Math.max(0, bytes) / gains };
  });
  return {
    grownBytes: grown.reduce((sum, bytes) => sum + bytes, 0),
    gainedBytes: gains,
    restBytes,
    points: points
      .sort((a, b) => b.bytes - a.bytes || gainedEntries(b) - gainedEntries(a))
      .filter(({ bytes }) => bytes > 0)
      .slice(0, limit),
    sizeOf: owners.sizeOf,
  };
}

/** The group of what belongs to no growing container. */
const REST = 0;

/** Which nodes of the later are new and which of the earlier are gone: 1 by ordinal. */
function changed(before: HeapGraph, earlier: Uint32Array): { before: Uint8Array; after: Uint8Array } {
  const gone = new Uint8Array(before.nodeCount).fill(1);
  const came = new Uint8Array(earlier.length);
  for (let node = 0; node < earlier.length; node += 1) {
    if (earlier[node] === NOT_THERE) came[node] = 1;
    else gone[earlier[node]] = 0;
  }
  return { before: gone, after: came };
}

/** Without ids it is not known which; what was there and still is counts in both alike. */
function allOf(before: HeapGraph, after: HeapGraph): { before: Uint8Array; after: Uint8Array } {
  return {
    before: new Uint8Array(before.nodeCount).fill(1),
    after: new Uint8Array(after.nodeCount).fill(1),
  };
}

/** The own bytes of all nodes that are kept alive, by the group they belong to. */
function bytesByGroup(
  { graph, tree, edgeByOrdinal }: PathedGraph,
  groupByOrdinal: Uint32Array,
  cameOrWent: Uint8Array,
  groupCount: number,
): number[] {
  const { walk, dominatorByOrdinal } = tree;
  const { firstEdgeByOrdinal, columns } = graph;
  // By ordinal, the innermost by dominators.
  const inside = new Uint32Array(graph.nodeCount);
  const bytes = new Float64Array(groupCount);
  // By ordinal, one more than the innermost on the shortest way; 0 is not known yet.
  const onTheWay = new Uint32Array(graph.nodeCount);
  const way: number[] = [];
  const groupOnTheWay = (node: number): number => {
    let at = node;
    while (onTheWay[at] === 0) {
      const edge = edgeByOrdinal[at];
      const own = groupByOrdinal[at];
      if (own !== REST || edge === NO_EDGE) onTheWay[at] = own + 1;
      else {
        way.push(at);
        at = ownerOf(edge, firstEdgeByOrdinal);
      }
    }
    const found = onTheWay[at];
    for (let passed = way.pop(); passed !== undefined; passed = way.pop()) onTheWay[passed] = found;
    return found - 1;
  };
  // Hot: once per node.
  for (const node of walk) {
    const dominator = dominatorByOrdinal[node];
    const own = groupByOrdinal[node];
    inside[node] = own !== REST || dominator === NO_DOMINATOR ? own : inside[dominator];
    const group = inside[node] === REST && cameOrWent[node] === 1 ? groupOnTheWay(node) : inside[node];
    bytes[group] += selfBytesOf(columns, node);
  }
  return [...bytes];
}
