import type { Chain, Chains } from './chains.ts';
import { selfBytesOf } from './columns.ts';
import { NO_DOMINATOR } from './dominator-tree.ts';
import { finderById, NOT_THERE } from './finder-by-id.ts';
import { earlierOrdinals, type MeasuredGraph } from './growth.ts';
import type { GrowingContainers } from './growing-containers.ts';
import { type HeapGraph, NO_EDGE, type NodeOrdinal, ownerOf } from './heap-graph.ts';
import { shapePaths } from './shape-paths.ts';

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
};

/** Containers that gained entries from each file to the next and are come by in one way: one place in the program. */
export type AccumulationPoint = {
  /** Equal for the same bug in another run: the way from the root without indices, keys and ids, and the class at its end. */
  readonly key: string;
  /** How many there are. */
  readonly containers: number;
  /** Of them the one that gained most, in the last snapshot; of a chain its first link. */
  readonly node: NodeOrdinal;
  /** That one's links, where it is a chain. */
  readonly chain: Chain | null;
  /** Entries of all of them together. */
  readonly entriesByFile: readonly number[];
  /** By what is theirs, and no container's inside of them, the growth from first to last. */
  readonly bytes: number;
  /** Of all that grew, 0 to 1; the shares of all points and of the rest make 1. What shrank counts for nothing. */
  readonly share: number;
};

export type PathedGraph = MeasuredGraph & {
  /** As of `shortestPaths`. */ readonly edgeByOrdinal: Uint32Array;
  readonly chains: Chains;
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
  className: (node: NodeOrdinal) => string,
  limit: number,
): Accumulation {
  const places = placesOf(after, growing);
  const groups = groupsByShape(after, growing, places, className);
  const earlier = earlierOrdinals(before.graph, after.graph);
  const cameOrWent = changed(before.graph, earlier);
  const bytesAfter = bytesByGroup(after, groups.byPlace, places, cameOrWent.after, groups.count);
  const bytesBefore = bytesByGroup(
    before,
    groups.byPlace,
    placesOf(before, growing),
    cameOrWent.before,
    groups.count,
  );
  const grown = bytesAfter.map((bytes, group) => bytes - bytesBefore[group]);
  const restBytes = grown[REST];
  const gains = grown.reduce((sum, bytes) => sum + Math.max(0, bytes), 0);
  const points = groups.points.map((point, at): AccumulationPoint => {
    const bytes = grown[at + 1];
    return { ...point, bytes, share: gains === 0 ? 0 : Math.max(0, bytes) / gains };
  });
  return {
    grownBytes: grown.reduce((sum, bytes) => sum + bytes, 0),
    gainedBytes: gains,
    restBytes,
    points: points
      .sort((a, b) => b.bytes - a.bytes || gained(b) - gained(a))
      .filter(({ bytes }) => bytes > 0)
      .slice(0, limit),
  };
}

/** The group of what belongs to no growing container. */
const REST = 0;

function gained({ entriesByFile }: { readonly entriesByFile: readonly number[] }): number {
  return (entriesByFile.at(-1) ?? 0) - (entriesByFile[0] ?? 0);
}

/** By ordinal, one more than the place in `growing`, the chains after the objects; 0 for all else. */
function placesOf({ graph, chains }: PathedGraph, growing: GrowingContainers): Uint32Array {
  const { nodeId, nodeType, nodeTypes } = graph.columns;
  const object = nodeTypes.indexOf('object');
  const find = finderById(growing.ids);
  const places = new Uint32Array(graph.nodeCount);
  const taken = new Uint8Array(growing.ids.length);
  for (let node = 0; node < graph.nodeCount; node += 1) {
    const place = nodeType[node] === object ? find(nodeId[node]) : NOT_THERE;
    if (place === NOT_THERE || taken[place] === 1) continue;
    taken[place] = 1;
    places[node] = place + 1;
  }
  const chainByKey = new Map(chains.all.map((chain) => [chain.key, chain]));
  growing.chains.forEach(({ key }, at) => {
    for (const head of chainByKey.get(key)?.heads ?? []) places[head] = growing.ids.length + at + 1;
  });
  return places;
}

type Groups = {
  /** Groups and the rest. */
  readonly count: number;
  readonly byPlace: Uint32Array;
  readonly points: readonly Omit<AccumulationPoint, 'bytes' | 'share'>[];
};

function groupsByShape(
  { graph, edgeByOrdinal, chains }: PathedGraph,
  growing: GrowingContainers,
  places: Uint32Array,
  className: (node: NodeOrdinal) => string,
): Groups {
  const chainByKey = new Map(chains.all.map((chain) => [chain.key, chain]));
  const chainAt = (place: number): Chain | null =>
    chainByKey.get(growing.chains[place - growing.ids.length]?.key ?? '') ?? null;
  const entriesOf = (place: number): readonly number[] =>
    growing.chains[place - growing.ids.length]?.entriesByFile ??
    growing.entriesByFile.map((column) => column[place]);
  const paths = shapePaths(graph, edgeByOrdinal, (node) => places[node] > 0);
  const groupByKind = new Map<string, number>();
  const byPlace = new Uint32Array(growing.ids.length + growing.chains.length);
  const points: {
    readonly key: string;
    readonly entriesByFile: number[];
    containers: number;
    node: NodeOrdinal;
    chain: Chain | null;
  }[] = [];
  const most: number[] = [];
  for (let node = 0; node < graph.nodeCount; node += 1) {
    if (places[node] === 0 || edgeByOrdinal[node] === NO_EDGE) continue;
    const place = places[node] - 1;
    const chain = chainAt(place);
    // One that is held at both ends is told by the same in each run.
    if (chain !== null && chain.heads[0] !== node) continue;
    const ordinal = node as NodeOrdinal;
    const shape = paths.shapeOf(node);
    const kind = `${shape} ${className(ordinal)} ${chain?.link ?? ''}`;
    let group = groupByKind.get(kind);
    if (group === undefined) {
      points.push({
        key: [...paths.words(shape), className(ordinal), ...(chain === null ? [] : [`.${chain.link}*`])].join(
          ' ',
        ),
        containers: 0,
        node: ordinal,
        chain,
        entriesByFile: growing.entriesByFile.map(() => 0),
      });
      group = points.length;
      most.push(0);
      groupByKind.set(kind, group);
    }
    byPlace[place] = group;
    const point = points[group - 1];
    point.containers += 1;
    const entries = entriesOf(place);
    for (const [file, count] of entries.entries()) point.entriesByFile[file] += count;
    const gain = gained({ entriesByFile: entries });
    if (gain > most[group - 1]) {
      most[group - 1] = gain;
      point.node = ordinal;
      point.chain = chain;
    }
  }
  return { count: points.length + 1, byPlace, points };
}

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

/** The own bytes of all nodes that are kept alive, by the group they belong to. */
function bytesByGroup(
  { graph, tree, edgeByOrdinal }: PathedGraph,
  groupByPlace: Uint32Array,
  places: Uint32Array,
  cameOrWent: Uint8Array,
  groupCount: number,
): number[] {
  const { walk, dominatorByOrdinal } = tree;
  const { firstEdgeByOrdinal, columns } = graph;
  const groupOf = (node: number): number => (places[node] === 0 ? REST : groupByPlace[places[node] - 1]);
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
      const own = groupOf(at);
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
    const own = groupOf(node);
    inside[node] = own !== REST || dominator === NO_DOMINATOR ? own : inside[dominator];
    const group = inside[node] === REST && cameOrWent[node] === 1 ? groupOnTheWay(node) : inside[node];
    bytes[group] += selfBytesOf(columns, node);
  }
  return [...bytes];
}
