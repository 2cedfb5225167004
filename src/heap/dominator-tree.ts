import { LARGE, selfBytesOf, type SnapshotColumns } from './columns.ts';
import type { HeapGraph } from './heap-graph.ts';
import { retainingEdges } from './retaining-edges.ts';

/** What stands in `dominatorByOrdinal` for the root, and for nodes that nothing keeps alive. */
export const NO_DOMINATOR = 0xff_ff_ff_ff;

export type DominatorTree = {
  /** The last node that every path from the root to this one passes. */
  readonly dominatorByOrdinal: Uint32Array;
  /**
   * The nodes that retaining edges reach, as a walk down the tree meets them: each is followed by all it dominates, in one piece.
   */
  readonly walk: Uint32Array;
  /** By place in `walk`: how long the piece is that begins there, the node itself included. */
  readonly sizeByPlace: Uint32Array;
  /** The bytes that would go if the node went. Float64: sums pass 2^32 on real heaps. */
  readonly retainedByOrdinal: Float64Array;
};

/**
 * Exact dominators by semidominators and nearest common ancestors (Georgiadis 2005, "Linear-time algorithms for dominators and
 * related problems", SNCA), O(edges · log nodes) whatever the graph, because a hostile file chooses it. No recursion: depth
 * is the heap's. At most 28 bytes a node and 5 an edge (of real heaps 2) while it runs: what one step has done with is the room of a
 * later one.
 *
 * Nodes that only weak edges reach are in no tree. DevTools hangs them under the root; here they retain nothing.
 */
export function dominatorTree(graph: HeapGraph, retains?: Uint8Array): DominatorTree {
  const steps = dominatorSteps(graph, retains);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** The same in steps, for whoever wants to do other things between them. */
export function* dominatorSteps(
  graph: HeapGraph,
  retains: Uint8Array = retainingEdges(graph),
): Generator<void, DominatorTree> {
  const room = workRoom(graph.nodeCount);
  yield;
  const size = depthFirst(graph, retains, room);
  yield;
  const predecessors = laterPredecessors(graph, retains, size, room);
  yield;
  findSemidominators(size, predecessors, room);
  yield;
  findDominators(size, room);
  return walkDown(graph, size, room, predecessors);
}

/**
 * Arrays by depth-first number, unless the name says otherwise. Numbers begin at 1, so that 0 means "not reached". Later steps
 * take those over that earlier ones have done with, and rename them there.
 */
type WorkRoom = {
  readonly vertex: Uint32Array;
  /** First the parent in the walk, then the dominator. */
  readonly parent: Uint32Array;
  /** First the smallest of the predecessors that were numbered before the node, then the semidominator. */
  readonly semi: Uint32Array;
  /** How many predecessors were numbered after the node, then where their list begins. */
  readonly later: Uint32Array;
  readonly numberByOrdinal: Uint32Array;
  /** First the next edge to walk, then where a node's next predecessor goes, then the best label on its path. */
  readonly best: Uint32Array;
  /** Never written but for as many as a path is long, and what is never written takes no memory. */
  readonly path: Uint32Array;
  /** The memory of `semi` and `later`. */
  readonly semiAndLater: ArrayBuffer;
};

function workRoom(nodeCount: number): WorkRoom {
  const length = nodeCount + 2;
  const semiAndLater = new ArrayBuffer(length * 8);
  return {
    vertex: new Uint32Array(length),
    parent: new Uint32Array(length),
    semi: new Uint32Array(semiAndLater, 0, length),
    later: new Uint32Array(semiAndLater, length * 4, length),
    numberByOrdinal: new Uint32Array(length),
    best: new Uint32Array(length),
    path: new Uint32Array(length),
    semiAndLater,
  };
}

/**
 * Numbers what retaining edges reach. Returns one more than the last number.
 *
 * Edges are taken from the last to the first, because V8 writes the root's edge to its own roots first, and all of the heap hangs on
 * that. This way the program's globals come before it, and what the later branch of the root holds of an earlier one, as V8's
 * roots do every hidden class, is known at once to have the root as its semidominator: half of all edges, for which no list is needed.
 */
function depthFirst(
  { columns, firstEdgeByOrdinal }: HeapGraph,
  retains: Uint8Array,
  { vertex, parent, semi, later, numberByOrdinal, best: nextEdge }: WorkRoom,
): number {
  const { edgeTo } = columns;
  let last = 1;
  // The child of the root that the walk is under.
  let branch = 1;
  vertex[1] = 0;
  numberByOrdinal[0] = 1;
  nextEdge[1] = firstEdgeByOrdinal[1];
  // The way back is in `parent`, so no stack is needed.
  for (let current = 1; current !== 0; ) {
    const first = firstEdgeByOrdinal[vertex[current]];
    let edge = nextEdge[current];
    let deeper = 0;
    // Hot: once per edge.
    while (edge > first) {
      edge -= 1;
      if (retains[edge] === 0) continue;
      const to = edgeTo[edge];
      const number = numberByOrdinal[to];
      if (number === 0) {
        last += 1;
        deeper = last;
        numberByOrdinal[to] = last;
        vertex[last] = to;
        parent[last] = current;
        semi[last] = current;
        nextEdge[last] = firstEdgeByOrdinal[to + 1];
        if (current === 1) branch = last;
        break;
      }
      if (number >= current) {
        if (current < semi[number]) semi[number] = current;
      } else if (number < branch) semi[number] = 1;
      else later[number] += 1;
    }
    nextEdge[current] = edge;
    current = deeper === 0 ? parent[current] : deeper;
  }
  return last + 1;
}

/**
 * For each node the predecessors that were numbered after it. The others need no list: `semi` has their smallest. Nor has a node one
 * whose `semi` is the root already: nothing is smaller. As long as there are nodes at least: later it is `sizeByPlace`.
 */
function laterPredecessors(
  graph: HeapGraph,
  retains: Uint8Array,
  size: number,
  { semi, later, numberByOrdinal, best: next }: WorkRoom,
): Uint32Array {
  const total = placeLists(size, semi, later, next);
  const predecessors = new Uint32Array(Math.max(total, size));
  fillLists(graph, retains, numberByOrdinal, next, predecessors);
  return predecessors;
}

/** Returns how many there are in all. */
function placeLists(size: number, semi: Uint32Array, later: Uint32Array, next: Uint32Array): number {
  let total = 0;
  for (let number = 1; number <= size; number += 1) {
    const count = semi[number] === 1 ? 0 : later[number];
    later[number] = total;
    next[number] = count === 0 ? NO_LIST : total;
    total += count;
  }
  return total;
}

function fillLists(
  { columns, nodeCount, firstEdgeByOrdinal }: HeapGraph,
  retains: Uint8Array,
  numberByOrdinal: Uint32Array,
  next: Uint32Array,
  predecessors: Uint32Array,
): void {
  const { edgeTo } = columns;
  // In the order of the file, in which the edges lie.
  for (let node = 0, edge = 0; node < nodeCount; node += 1) {
    const end = firstEdgeByOrdinal[node + 1];
    const number = numberByOrdinal[node];
    // Hot: once per edge. Of a node that was not reached the number is 0, and so no edge is taken.
    for (; edge < end; edge += 1) {
      if (retains[edge] === 0) continue;
      const to = numberByOrdinal[edgeTo[edge]];
      if (to < number) {
        const at = next[to];
        if (at === NO_LIST) continue;
        predecessors[at] = number;
        next[to] = at + 1;
      }
    }
  }
}

/** Where a node's next predecessor would go, if it has no list. */
const NO_LIST = 0xff_ff_ff_ff;

/**
 * Nodes are met from the last number down, and those met are linked to their parents. `best` is the smallest semidominator
 * on a node's path to its `ancestor`; each path that is asked for is shortened.
 */
function findSemidominators(
  size: number,
  predecessors: Uint32Array,
  { parent, semi, later, numberByOrdinal: ancestor, best, path }: WorkRoom,
): void {
  ancestor.set(parent);
  for (let number = size - 1; number >= 2; number -= 1) {
    let smallest = semi[number];
    const end = later[number + 1];
    // Hot: once per edge from a later to an earlier node.
    for (let at = later[number]; at < end; at += 1) {
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

/**
 * The dominator is the nearest ancestor in the dominator tree that is not below the semidominator. `jump` leads up in steps of
 * skew-binary length (Myers 1983, "An applicative random-access stack"), so that a chain with an edge to the start from
 * everywhere costs the logarithm of its length a node, and not its length.
 */
function findDominators(
  size: number,
  { parent: dominators, semi, numberByOrdinal: jump, best: depth }: WorkRoom,
): void {
  jump[1] = 1;
  depth[1] = 0;
  for (let number = 2; number < size; number += 1) {
    const most = semi[number];
    let dominator = dominators[number];
    while (dominator > most) {
      const far = jump[dominator];
      dominator = far >= most ? far : dominators[dominator];
    }
    dominators[number] = dominator;
    const far = jump[dominator];
    const depthHere = depth[dominator];
    depth[number] = depthHere + 1;
    jump[number] = depthHere - depth[far] === depth[far] - depth[jump[far]] ? jump[far] : dominator;
  }
}

/** From numbers back to ordinals, in the order of the tree. */
function walkDown(
  { columns, nodeCount }: HeapGraph,
  size: number,
  room: WorkRoom,
  sizeByPlace: Uint32Array,
): DominatorTree {
  const {
    parent: dominators,
    semi: sizes,
    best: walk,
    numberByOrdinal: dominatorByOrdinal,
    semiAndLater,
  } = room;
  countBelow(size, dominators, sizes);
  dominatorByOrdinal.fill(NO_DOMINATOR);
  placeNodes(size, room, sizeByPlace);
  const retainedByOrdinal = new Float64Array(semiAndLater, 0, nodeCount).fill(0);
  retainedByOrdinal[0] = sumUp(size - 1, walk, dominatorByOrdinal, columns, retainedByOrdinal);
  return {
    dominatorByOrdinal: dominatorByOrdinal.subarray(0, nodeCount),
    walk: walk.subarray(0, size - 1),
    sizeByPlace: sizeByPlace.subarray(0, size - 1),
    retainedByOrdinal,
  };
}

/** How many nodes each dominates, itself included. Hot, as what follows: once per node. */
function countBelow(size: number, dominators: Uint32Array, sizes: Uint32Array): void {
  sizes.fill(1);
  for (let number = size - 1; number >= 2; number -= 1) sizes[dominators[number]] += sizes[number];
}

/** In a node's place in `next` stands where the next that it dominates will stand. The root's own place is 0. */
function placeNodes(
  size: number,
  {
    vertex,
    parent: dominators,
    semi: sizes,
    later: next,
    best: walk,
    numberByOrdinal: dominatorByOrdinal,
  }: WorkRoom,
  sizeByPlace: Uint32Array,
): void {
  next[1] = 1;
  walk[0] = 0;
  sizeByPlace[0] = sizes[1];
  for (let number = 2; number < size; number += 1) {
    const dominator = dominators[number];
    const place = next[dominator];
    const node = vertex[number];
    next[dominator] = place + sizes[number];
    next[number] = place + 1;
    walk[place] = node;
    sizeByPlace[place] = sizes[number];
    dominatorByOrdinal[node] = vertex[dominator];
  }
}

/** Each node's bytes to its dominator, from the last place down. Returns the root's, which has none. */
function sumUp(
  count: number,
  walk: Uint32Array,
  dominatorByOrdinal: Uint32Array,
  columns: SnapshotColumns,
  retainedByOrdinal: Float64Array,
): number {
  const { nodeSelfBytes } = columns;
  for (let place = count - 1; place > 0; place -= 1) {
    const node = walk[place];
    const own = nodeSelfBytes[node];
    const bytes = retainedByOrdinal[node] + (own === LARGE ? selfBytesOf(columns, node) : own);
    retainedByOrdinal[node] = bytes;
    retainedByOrdinal[dominatorByOrdinal[node]] += bytes;
  }
  return retainedByOrdinal[0] + selfBytesOf(columns, 0);
}
