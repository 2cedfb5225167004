import { classes } from './class-summary.ts';
import { selfBytesOf } from './columns.ts';
import { type DominatorTree, NO_DOMINATOR } from './dominator-tree.ts';
import type { HeapGraph, NodeOrdinal } from './heap-graph.ts';
import { finderById, NOT_THERE } from './finder-by-id.ts';

/** What became of the nodes of one process from an earlier snapshot to a later one. */
export type HeapGrowth = {
  /** Nodes that are in both: of one id and one type. */
  readonly sharedCount: number;
  /** Every class of either, the largest growth of own bytes first. */
  readonly classes: readonly ClassGrowth[];
  /**
   * Where it accumulates: nodes in both that retain more than before, the largest first, and not those whose growth is mostly that of
   * one node in both that they dominate.
   */
  readonly points: readonly GrowthPoint[];
};

export type ClassGrowth = {
  readonly name: string;
  readonly countBefore: number;
  readonly countAfter: number;
  readonly selfBytesBefore: number;
  readonly selfBytesAfter: number;
  /** Of the later, those that were not there before. */
  readonly newCount: number;
  readonly newBytes: number;
};

export type GrowthPoint = {
  /** In the later snapshot. */
  readonly node: NodeOrdinal;
  readonly retainedBytesBefore: number;
  readonly retainedBytesAfter: number;
};

export type MeasuredGraph = { readonly graph: HeapGraph; readonly tree: DominatorTree };

/** 12 bytes a node of the later and up to 64 a node of the earlier while it runs. */
export function growthBetween(before: MeasuredGraph, after: MeasuredGraph, pointsMax: number): HeapGrowth {
  const earlier = earlierOrdinals(before.graph, after.graph);
  return {
    sharedCount: earlier.reduce((count, ordinal) => count + (ordinal === NOT_THERE ? 0 : 1), 0),
    classes: classGrowth(before.graph, after.graph, earlier),
    points: growthPoints(before, after, earlier, pointsMax),
  };
}

/** By ordinal of the later, the ordinal of the same node in the earlier. */
export function earlierOrdinals(before: HeapGraph, after: HeapGraph): Uint32Array {
  const find = finderById(before.columns.nodeId);
  const earlier = new Uint32Array(after.nodeCount);
  // Types are numbers of the file, and two versions of V8 may number them differently.
  const typeBefore = after.columns.nodeTypes.map((type) => before.columns.nodeTypes.indexOf(type));
  for (let node = 0; node < after.nodeCount; node += 1) {
    const found = find(after.columns.nodeId[node]);
    const isSame =
      found !== NOT_THERE && before.columns.nodeType[found] === typeBefore[after.columns.nodeType[node]];
    earlier[node] = isSame ? found : NOT_THERE;
  }
  return earlier;
}

function classGrowth(before: HeapGraph, after: HeapGraph, earlier: Uint32Array): ClassGrowth[] {
  const byName = new Map<string, { -readonly [Field in keyof ClassGrowth]: ClassGrowth[Field] }>();
  const totalsOf = (graph: HeapGraph) => {
    const { names, classByOrdinal } = classes(graph);
    const totals = names.map((name) => {
      const total = byName.get(name) ?? { name, ...NOTHING };
      byName.set(name, total);
      return total;
    });
    return (node: number) => totals[classByOrdinal[node]];
  };
  const earlierTotal = totalsOf(before);
  for (let node = 0; node < before.nodeCount; node += 1) {
    const total = earlierTotal(node);
    total.countBefore += 1;
    total.selfBytesBefore += selfBytesOf(before.columns, node);
  }
  const laterTotal = totalsOf(after);
  for (let node = 0; node < after.nodeCount; node += 1) {
    const total = laterTotal(node);
    const bytes = selfBytesOf(after.columns, node);
    total.countAfter += 1;
    total.selfBytesAfter += bytes;
    if (earlier[node] !== NOT_THERE) continue;
    total.newCount += 1;
    total.newBytes += bytes;
  }
  const grownBy = (one: ClassGrowth): number => one.selfBytesAfter - one.selfBytesBefore;
  return [...byName.values()].sort((a, b) => grownBy(b) - grownBy(a));
}

const NOTHING = {
  countBefore: 0,
  countAfter: 0,
  selfBytesBefore: 0,
  selfBytesAfter: 0,
  newCount: 0,
  newBytes: 0,
};

function growthPoints(
  before: MeasuredGraph,
  after: MeasuredGraph,
  earlier: Uint32Array,
  pointsMax: number,
): GrowthPoint[] {
  const { walk, dominatorByOrdinal, retainedByOrdinal } = after.tree;
  const growthOf = (node: number): number =>
    earlier[node] === NOT_THERE ? 0 : retainedByOrdinal[node] - before.tree.retainedByOrdinal[earlier[node]];
  // The largest growth among the nodes in both that it dominates directly.
  const passedOn = new Float64Array(after.graph.nodeCount);
  for (const node of walk) {
    const dominator = dominatorByOrdinal[node];
    if (dominator !== NO_DOMINATOR) passedOn[dominator] = Math.max(passedOn[dominator], growthOf(node));
  }
  const points: { node: number; growth: number }[] = [];
  for (const node of walk) {
    const growth = growthOf(node);
    const isPassedOn = passedOn[node] > growth * MOSTLY;
    const isLarge = points.length < pointsMax || growth > points[points.length - 1].growth;
    if (growth <= 0 || isPassedOn || !isLarge) continue;
    const above = points.findIndex((other) => other.growth < growth);
    points.splice(above < 0 ? points.length : above, 0, { node, growth });
    if (points.length > pointsMax) points.pop();
  }
  return points.map(({ node }) => ({
    node: node as NodeOrdinal,
    retainedBytesBefore: before.tree.retainedByOrdinal[earlier[node]],
    retainedBytesAfter: retainedByOrdinal[node],
  }));
}

const MOSTLY = 0.75;
