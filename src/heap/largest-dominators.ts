import type { NodeOrdinal } from './heap-graph.ts';

/** Nodes of which each is nearly all that the one before keeps, with those that the last dominates and that were chosen too. */
export type DominatorTwig = {
  /** Empty for the whole heap. */
  readonly run: readonly NodeOrdinal[];
  /** What the first keeps alive. */
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
 * Where a node keeps nearly nothing but one other, both count as one: else a list whose links keep each other would use up the limit, and
 * the rest of the heap would be missing.
 *
 * Nodes that retain less than a thousandth of the heap are left out: nobody could see them. Their dominators can have millions
 * of them, so they are looked at once and not kept, and what waits to be chosen is never more than a thousand. A run may be as long as
 * a list is.
 */
export function largestDominators(heap: DominatorSource, limit: number): DominatorTwig {
  const wholeBytes = heap.retainedBytes(heap.root);
  const visibleBelow = (node: NodeOrdinal): NodeOrdinal[] => {
    const visible: NodeOrdinal[] = [];
    for (const child of heap.dominatedBy(node)) {
      if (heap.retainedBytes(child) * SMALLEST_PART >= wholeBytes) visible.push(child);
    }
    return visible;
  };
  const isOfV8 = (node: NodeOrdinal): boolean => heap.node(node).type === 'synthetic';
  const whole: Growing = { run: [], retainedBytes: wholeBytes, children: [] };
  const waiting: Waiting[] = [];
  const wait = (nodes: readonly NodeOrdinal[], into: Growing): void => {
    for (const node of nodes) waiting.push({ node, retainedBytes: heap.retainedBytes(node), into });
  };
  wait(visibleBelow(heap.root), whole);
  let chosen = 0;
  while (waiting.length > 0 && chosen < limit) {
    const [next] = waiting.splice(indexOfLargest(waiting), 1);
    if (next === undefined) break;
    const { node, retainedBytes, into } = next;
    let below = visibleBelow(node);
    if (isOfV8(node)) {
      wait(below, into);
      continue;
    }
    chosen += 1;
    const run = [node];
    for (let last = node; ; ) {
      const [only, ...others] = below;
      if (only === undefined || others.length > 0 || isOfV8(only)) break;
      if (heap.retainedBytes(only) < NEARLY_ALL * heap.retainedBytes(last)) break;
      run.push(only);
      last = only;
      below = visibleBelow(only);
    }
    const twig: Growing = { run, retainedBytes, children: [] };
    into.children.push(twig);
    wait(below, twig);
  }
  // Below each they were chosen in order of size already, but for those that came through V8's roots.
  whole.children.sort((a, b) => b.retainedBytes - a.retainedBytes);
  return whole;
}

const SMALLEST_PART = 1000;
const NEARLY_ALL = 0.95;

type Growing = {
  readonly run: readonly NodeOrdinal[];
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
