import type { NodeOrdinal } from './heap-graph.ts';

/** A node with those it dominates that were chosen too; `node` is null for the whole heap. */
export type DominatorTwig = {
  readonly node: NodeOrdinal | null;
  readonly retainedBytes: number;
  /** The largest first. */
  readonly children: readonly DominatorTwig[];
};

/** What the choice needs of a heap. */
export type DominatorSource = {
  readonly root: NodeOrdinal;
  retainedBytes(node: NodeOrdinal): number;
  dominatedBy(node: NodeOrdinal): Iterable<NodeOrdinal>;
  node(node: NodeOrdinal): { readonly type: string };
};

/**
 * The `limit` nodes of the dominator tree that retain most, as a tree: a node retains no less than what it dominates, so with each
 * of them all above it are chosen. The roots that V8 makes up are no objects; what they dominate stands in their place.
 *
 * Nodes that retain less than a thousandth of the heap are left out: nobody could see them. Their dominators can have millions
 * of them, so they are looked at once and not kept, and what waits to be chosen is never more than a thousand.
 */
export function largestDominators(heap: DominatorSource, limit: number): DominatorTwig {
  const wholeBytes = heap.retainedBytes(heap.root);
  const whole: Growing = { node: null, retainedBytes: wholeBytes, children: [] };
  const waiting: Waiting[] = [];
  const expand = (node: NodeOrdinal, into: Growing): void => {
    for (const child of heap.dominatedBy(node)) {
      const retainedBytes = heap.retainedBytes(child);
      if (retainedBytes * SMALLEST_PART >= wholeBytes) waiting.push({ node: child, retainedBytes, into });
    }
  };
  expand(heap.root, whole);
  let chosen = 0;
  while (waiting.length > 0 && chosen < limit) {
    const [next] = waiting.splice(indexOfLargest(waiting), 1);
    if (next === undefined) break;
    const { node, retainedBytes, into } = next;
    if (heap.node(node).type === 'synthetic') {
      expand(node, into);
      continue;
    }
    chosen += 1;
    const twig: Growing = { node, retainedBytes, children: [] };
    into.children.push(twig);
    expand(node, twig);
  }
  // Below each they were chosen in order of size already, but for those that came through V8's roots.
  whole.children.sort((a, b) => b.retainedBytes - a.retainedBytes);
  return whole;
}

const SMALLEST_PART = 1000;

type Growing = {
  readonly node: NodeOrdinal | null;
  readonly retainedBytes: number;
  readonly children: Growing[];
};
type Waiting = { readonly node: NodeOrdinal; readonly retainedBytes: number; readonly into: Growing };

function indexOfLargest(waiting: readonly Waiting[]): number {
  let largest = 0;
  for (let at = 1; at < waiting.length; at += 1) {
    if ((waiting[at]?.retainedBytes ?? 0) > (waiting[largest]?.retainedBytes ?? 0)) largest = at;
  }
  return largest;
}
