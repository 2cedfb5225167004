import { LARGE, selfBytesOf } from './columns.ts';
import type { HeapGraph } from './heap-graph.ts';
import { retainingEdges } from './retaining-edges.ts';

/** What stands in `dominatorByOrdinal` for the root, and for nodes that nothing keeps alive. */
export const NO_DOMINATOR = 0xff_ff_ff_ff;

export type DominatorTree = {
  /** The last node that every path from the root to this one passes. */
  readonly dominatorByOrdinal: Uint32Array;
  /** The nodes that retaining edges reach, a dominator always before what it dominates. */
  readonly reached: Uint32Array;
};

/**
 * Exact dominators by semidominators and nearest common ancestors (Georgiadis 2005, "Linear-time algorithms for dominators and
 * related problems", SNCA), O(edges · log nodes) whatever the graph, because a hostile file chooses it. No recursion: depth
 * is the heap's. At most 33 bytes a node and 5 an edge while it runs.
 *
 * Nodes that only weak edges reach are in no tree. DevTools hangs them under the root; here they retain nothing.
 */
export function dominatorTree(graph: HeapGraph): DominatorTree {
  const retains = retainingEdges(graph);
  const walk = depthFirst(graph, retains);
  const later = laterPredecessors(graph, retains, walk);
  findSemidominators(walk, later);
  const dominator = nearestCommonAncestors(walk, later.scratch, walk.scratch);
  const { vertex, size } = walk;
  const dominatorByOrdinal = new Uint32Array(graph.nodeCount).fill(NO_DOMINATOR);
  for (let number = 2; number < size; number += 1) {
    dominatorByOrdinal[vertex[number]] = vertex[dominator[number]];
  }
  return { dominatorByOrdinal, reached: vertex.subarray(1, size) };
}

/** By ordinal, the bytes that would go if this node went. Float64: sums pass 2^32 on real heaps. */
export function retainedSizes(
  { columns, nodeCount }: HeapGraph,
  { dominatorByOrdinal, reached }: DominatorTree,
): Float64Array {
  const { nodeSelfBytes } = columns;
  const retained = new Float64Array(nodeCount);
  for (let at = reached.length - 1; at >= 0; at -= 1) {
    const node = reached[at];
    const own = nodeSelfBytes[node];
    const bytes = retained[node] + (own === LARGE ? selfBytesOf(columns, node) : own);
    retained[node] = bytes;
    const dominator = dominatorByOrdinal[node];
    if (dominator !== NO_DOMINATOR) retained[dominator] += bytes;
  }
  return retained;
}

/** Everything by depth-first number from here on. Numbers begin at 1, so that 0 means "not reached". */
type Walk = {
  /** One more than the last number. */
  readonly size: number;
  readonly vertex: Uint32Array;
  readonly numberByOrdinal: Uint32Array;
  readonly parent: Uint32Array;
  /** The smallest of the predecessors that were numbered before the node, its parent among them. */
  readonly semi: Uint32Array;
  /** How many of its predecessors were numbered after it. */
  readonly laterCount: Uint32Array;
  readonly scratch: Uint32Array;
};

function depthFirst({ nodeCount, columns, firstEdgeByOrdinal }: HeapGraph, retains: Uint8Array): Walk {
  const { edgeTo } = columns;
  const vertex = new Uint32Array(nodeCount + 1);
  const parent = new Uint32Array(nodeCount + 1);
  const semi = new Uint32Array(nodeCount + 1);
  const laterCount = new Uint32Array(nodeCount + 2);
  const nextEdge = new Uint32Array(nodeCount + 2);
  const numberByOrdinal = new Uint32Array(nodeCount);
  let last = 1;
  vertex[1] = 0;
  numberByOrdinal[0] = 1;
  nextEdge[1] = firstEdgeByOrdinal[0];
  // The way back is in `parent`, so no stack is needed.
  for (let current = 1; current !== 0; ) {
    const end = firstEdgeByOrdinal[vertex[current] + 1];
    let edge = nextEdge[current];
    let deeper = 0;
    // Hot: once per edge.
    while (edge < end) {
      const at = edge;
      edge += 1;
      if (retains[at] === 0) continue;
      const to = edgeTo[at];
      const number = numberByOrdinal[to];
      if (number === 0) {
        last += 1;
        deeper = last;
        numberByOrdinal[to] = last;
        vertex[last] = to;
        parent[last] = current;
        semi[last] = current;
        nextEdge[last] = firstEdgeByOrdinal[to];
        break;
      }
      if (number < current) laterCount[number] += 1;
      else if (current < semi[number]) semi[number] = current;
    }
    nextEdge[current] = edge;
    current = deeper === 0 ? parent[current] : deeper;
  }
  return { size: last + 1, vertex, numberByOrdinal, parent, semi, laterCount, scratch: nextEdge };
}

type Later = {
  readonly first: Uint32Array;
  readonly predecessors: Uint32Array;
  readonly scratch: Uint32Array;
};

/** For each node the predecessors that were numbered after it. The others need no list: `semi` has their smallest. */
function laterPredecessors(
  { columns, firstEdgeByOrdinal }: HeapGraph,
  retains: Uint8Array,
  { size, vertex, numberByOrdinal, laterCount, scratch: next }: Walk,
): Later {
  const { edgeTo } = columns;
  let total = 0;
  for (let number = 1; number <= size; number += 1) {
    const count = laterCount[number];
    laterCount[number] = total;
    next[number] = total;
    total += count;
  }
  const predecessors = new Uint32Array(total);
  for (let number = 2; number < size; number += 1) {
    const node = vertex[number];
    const end = firstEdgeByOrdinal[node + 1];
    // Hot: once per edge.
    for (let edge = firstEdgeByOrdinal[node]; edge < end; edge += 1) {
      if (retains[edge] === 0) continue;
      const to = numberByOrdinal[edgeTo[edge]];
      if (to < number) {
        const at = next[to];
        predecessors[at] = number;
        next[to] = at + 1;
      }
    }
  }
  return { first: laterCount, predecessors, scratch: numberByOrdinal };
}

/**
 * Makes `semi` the semidominators. Nodes are met from the last number down, and those met are linked to their parents;
 * `best` is the smallest semidominator on a node's path to `ancestor`, which paths that were asked for shorten.
 */
function findSemidominators(
  { size, parent, semi, scratch: path }: Walk,
  { first, predecessors }: Later,
): void {
  const ancestor = parent.slice(0, size);
  const best = semi.slice(0, size);
  for (let number = size - 1; number >= 2; number -= 1) {
    let smallest = semi[number];
    const end = first[number + 1];
    // Hot: once per edge from a later to an earlier node.
    for (let at = first[number]; at < end; at += 1) {
      const predecessor = predecessors[at];
      let node = predecessor;
      let above = ancestor[node];
      if (above > number) {
        let length = 0;
        for (let higher = ancestor[above]; higher > number; higher = ancestor[above]) {
          path[length] = node;
          length += 1;
          node = above;
          above = higher;
        }
        // `node` is the highest whose ancestor is linked too.
        for (;;) {
          if (best[above] < best[node]) best[node] = best[above];
          ancestor[node] = ancestor[above];
          if (length === 0) break;
          length -= 1;
          above = node;
          node = path[length];
        }
      }
      if (best[predecessor] < smallest) smallest = best[predecessor];
    }
    semi[number] = smallest;
    best[number] = smallest;
  }
}

/** The dominator is the nearest ancestor in the dominator tree that is not below the semidominator. Ends in `parent`. */
function nearestCommonAncestors({ size, parent, semi }: Walk, _a: Uint32Array, _b: Uint32Array): Uint32Array {
  for (let number = 2; number < size; number += 1) {
    const most = semi[number];
    let dominator = parent[number];
    while (dominator > most) dominator = parent[dominator];
    parent[number] = dominator;
  }
  return parent;
}
