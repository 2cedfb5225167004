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
 * Exact dominators: Lengauer and Tarjan 1979, "A fast algorithm for finding dominators in a flowgraph", the simple
 * version, O(edges · log nodes) whatever the graph, because a hostile file chooses it. No recursion: depth is the heap's.
 * At most 56 bytes a node and 5 an edge while it runs.
 *
 * Nodes that only weak edges reach are in no tree. DevTools hangs them under the root; here they retain nothing.
 */
export function dominatorTree(graph: HeapGraph): DominatorTree {
  const retains = retainingEdges(graph);
  const { vertex, numberByOrdinal, parent } = depthFirst(graph, retains);
  const { firstPredecessor, predecessors } = predecessorsByNumber(graph, retains, vertex, numberByOrdinal);
  const dominator = dominatorsByNumber(parent, firstPredecessor, predecessors);
  const dominatorByOrdinal = new Uint32Array(graph.nodeCount).fill(NO_DOMINATOR);
  for (let number = 2; number < vertex.length; number += 1) {
    dominatorByOrdinal[vertex[number] ?? 0] = vertex[dominator[number] ?? 0] ?? 0;
  }
  return { dominatorByOrdinal, reached: vertex.subarray(1) };
}

/** By ordinal, the bytes that would go if this node went. Float64: sums pass 2^32 on real heaps. */
export function retainedSizes(
  graph: HeapGraph,
  { dominatorByOrdinal, reached }: DominatorTree,
): Float64Array {
  const { nodeSelfBytes } = graph.columns;
  const retained = new Float64Array(graph.nodeCount);
  for (let at = reached.length - 1; at >= 0; at -= 1) {
    const node = reached[at] ?? 0;
    const bytes = (retained[node] ?? 0) + (nodeSelfBytes[node] ?? 0);
    retained[node] = bytes;
    const dominator = dominatorByOrdinal[node] ?? NO_DOMINATOR;
    if (dominator !== NO_DOMINATOR) retained[dominator] = (retained[dominator] ?? 0) + bytes;
  }
  return retained;
}

type DepthFirst = {
  /** Ordinal by depth-first number. Numbers begin at 1, so that 0 means "not reached". */
  readonly vertex: Uint32Array;
  readonly numberByOrdinal: Uint32Array;
  /** By number, a number. */
  readonly parent: Uint32Array;
};

function depthFirst({ nodeCount, columns, firstEdgeByOrdinal }: HeapGraph, retains: Uint8Array): DepthFirst {
  const { edgeTo } = columns;
  const vertex = new Uint32Array(nodeCount + 1);
  const parent = new Uint32Array(nodeCount + 1);
  const numberByOrdinal = new Uint32Array(nodeCount);
  const nextEdge = firstEdgeByOrdinal.slice(0, nodeCount);
  let last = 1;
  vertex[1] = 0;
  numberByOrdinal[0] = 1;
  // The way back is in `parent`, so no stack is needed.
  for (let current = 1; current !== 0; ) {
    const node = vertex[current] ?? 0;
    const end = firstEdgeByOrdinal[node + 1] ?? 0;
    let edge = nextEdge[node] ?? 0;
    let deeper = 0;
    // Hot: once per edge.
    for (; edge < end && deeper === 0; edge += 1) {
      const to = edgeTo[edge] ?? 0;
      if (retains[edge] === 1 && numberByOrdinal[to] === 0) {
        last += 1;
        numberByOrdinal[to] = last;
        vertex[last] = to;
        parent[last] = current;
        deeper = last;
      }
    }
    nextEdge[node] = edge;
    current = deeper === 0 ? (parent[current] ?? 0) : deeper;
  }
  return { vertex: vertex.subarray(0, last + 1), numberByOrdinal, parent: parent.subarray(0, last + 1) };
}

type Predecessors = { readonly firstPredecessor: Uint32Array; readonly predecessors: Uint32Array };

/** The retaining edges turned round, everything by depth-first number. */
function predecessorsByNumber(
  { columns, firstEdgeByOrdinal }: HeapGraph,
  retains: Uint8Array,
  vertex: Uint32Array,
  numberByOrdinal: Uint32Array,
): Predecessors {
  const { edgeTo } = columns;
  const firstPredecessor = new Uint32Array(vertex.length + 1);
  for (let number = 1; number < vertex.length; number += 1) {
    const node = vertex[number] ?? 0;
    const end = firstEdgeByOrdinal[node + 1] ?? 0;
    for (let edge = firstEdgeByOrdinal[node] ?? 0; edge < end; edge += 1) {
      if (retains[edge] !== 1) continue;
      const to = (numberByOrdinal[edgeTo[edge] ?? 0] ?? 0) + 1;
      firstPredecessor[to] = (firstPredecessor[to] ?? 0) + 1;
    }
  }
  for (let number = 1; number < firstPredecessor.length; number += 1) {
    firstPredecessor[number] = (firstPredecessor[number] ?? 0) + (firstPredecessor[number - 1] ?? 0);
  }
  const predecessors = new Uint32Array(firstPredecessor.at(-1) ?? 0);
  const next = firstPredecessor.slice();
  for (let number = 1; number < vertex.length; number += 1) {
    const node = vertex[number] ?? 0;
    const end = firstEdgeByOrdinal[node + 1] ?? 0;
    for (let edge = firstEdgeByOrdinal[node] ?? 0; edge < end; edge += 1) {
      if (retains[edge] !== 1) continue;
      const to = numberByOrdinal[edgeTo[edge] ?? 0] ?? 0;
      const at = next[to] ?? 0;
      predecessors[at] = number;
      next[to] = at + 1;
    }
  }
  return { firstPredecessor, predecessors };
}

/** The paper's names: `semi` is the semidominator, a `bucket` holds the nodes whose semidominator is its owner. */
function dominatorsByNumber(
  parent: Uint32Array,
  firstPredecessor: Uint32Array,
  predecessors: Uint32Array,
): Uint32Array {
  const size = parent.length;
  const semi = Uint32Array.from({ length: size }, (_, number) => number);
  const label = semi.slice();
  const ancestor = new Uint32Array(size);
  const dominator = new Uint32Array(size);
  const bucketHead = new Uint32Array(size);
  const bucketNext = new Uint32Array(size);
  const path = new Uint32Array(size);

  /** The node with the smallest semidominator on the linked path above `number`; shortens that path on the way. */
  const evaluate = (number: number): number => {
    if (ancestor[number] === 0) return number;
    let length = 0;
    for (let at = number; ancestor[ancestor[at] ?? 0] !== 0; at = ancestor[at] ?? 0) {
      path[length] = at;
      length += 1;
    }
    while (length > 0) {
      length -= 1;
      const at = path[length] ?? 0;
      const above = ancestor[at] ?? 0;
      const best = label[above] ?? 0;
      if ((semi[best] ?? 0) < (semi[label[at] ?? 0] ?? 0)) label[at] = best;
      ancestor[at] = ancestor[above] ?? 0;
    }
    return label[number] ?? 0;
  };

  for (let number = size - 1; number >= 2; number -= 1) {
    let smallest = number;
    const end = firstPredecessor[number + 1] ?? 0;
    for (let at = firstPredecessor[number] ?? 0; at < end; at += 1) {
      const candidate = semi[evaluate(predecessors[at] ?? 0)] ?? 0;
      if (candidate < smallest) smallest = candidate;
    }
    semi[number] = smallest;
    bucketNext[number] = bucketHead[smallest] ?? 0;
    bucketHead[smallest] = number;
    const above = parent[number] ?? 0;
    ancestor[number] = above;
    for (let one = bucketHead[above] ?? 0; one !== 0; one = bucketNext[one] ?? 0) {
      const best = evaluate(one);
      dominator[one] = (semi[best] ?? 0) < (semi[one] ?? 0) ? best : above;
    }
    bucketHead[above] = 0;
  }
  for (let number = 2; number < size; number += 1) {
    if (dominator[number] !== semi[number]) dominator[number] = dominator[dominator[number] ?? 0] ?? 0;
  }
  return dominator;
}
