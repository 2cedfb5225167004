import * as fc from 'fast-check';
import { NO_DOMINATOR } from '../../src/heap/dominator-tree.ts';
import type { Heap } from '../../src/heap/heap.ts';
import type { NodeOrdinal } from '../../src/heap/heap-graph.ts';
import type { DrawnNode } from './snapshots.ts';

/** Everything about a heap that its definitions fix, in plain arrays so that two of them compare. */
export type HeapFacts = {
  readonly dominators: readonly number[];
  readonly retained: readonly number[];
  /** Length of the shortest way from the root; -1 for what nothing keeps alive. */
  readonly pathLengths: readonly number[];
  readonly classes: Readonly<Record<string, { count: number; selfBytes: number; retainedBytes: number }>>;
  readonly retainerCounts: readonly number[];
};

/**
 * By the definitions, taken at their word and sharing no code with what is tested: what a node keeps alive is what can't be
 * reached without it.
 */
export function factsByDeleting(nodes: readonly DrawnNode[]): HeapFacts {
  const all = reachable(nodes, -1);
  const bytesOf = (some: Iterable<number>): number =>
    [...some].reduce((sum, node) => sum + (nodes[node]?.selfBytes ?? 0), 0);
  const dominatedBy = nodes.map((_, deleted) => {
    const left = reachable(nodes, deleted);
    return new Set(all.has(deleted) ? [...all].filter((node) => !left.has(node)) : []);
  });
  const classes: Record<string, { count: number; selfBytes: number; retainedBytes: number }> = {};
  for (const name of new Set(nodes.map((node) => node.name ?? ''))) {
    const members = [...nodes.keys()].filter((node) => nodes[node]?.name === name);
    classes[name] = {
      count: members.length,
      selfBytes: bytesOf(members),
      // Together, so that what one keeps inside another counts once.
      retainedBytes: bytesOf(new Set(members.flatMap((node) => [...(dominatedBy[node] ?? [])]))),
    };
  }
  return {
    // Of the strict dominators, the nearest is the one that all others dominate, so it dominates the fewest.
    dominators: nodes.map((_, node) => {
      const strict = [...nodes.keys()].filter((other) => other !== node && dominatedBy[other]?.has(node));
      strict.sort((a, b) => (dominatedBy[a]?.size ?? 0) - (dominatedBy[b]?.size ?? 0));
      return strict[0] ?? NO_DOMINATOR;
    }),
    retained: dominatedBy.map(bytesOf),
    pathLengths: lengthsByRelaxing(nodes),
    classes,
    retainerCounts: nodes.map((_, node) =>
      nodes.reduce((sum, other) => sum + (other.edges ?? []).filter(({ to }) => to === node).length, 0),
    ),
  };
}

/** The same facts as leakline tells them. */
export function factsOf(heap: Heap): HeapFacts {
  const nodes = Array.from({ length: heap.nodeCount }, (_, node) => node as NodeOrdinal);
  return {
    dominators: nodes.map((node) => heap.dominator(node) ?? NO_DOMINATOR),
    retained: nodes.map((node) => heap.retainedBytes(node)),
    pathLengths: nodes.map((node) => heap.path(node)?.length ?? -1),
    classes: Object.fromEntries(
      heap
        .classes()
        .map(({ name, count, selfBytes, retainedBytes }) => [name, { count, selfBytes, retainedBytes }]),
    ),
    retainerCounts: nodes.map((node) => [...heap.retainers(node)].length),
  };
}

function reachable(nodes: readonly DrawnNode[], deleted: number): Set<number> {
  const seen = new Set<number>();
  const waiting = [0];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (node === deleted || seen.has(node)) continue;
    seen.add(node);
    for (const { to, type } of nodes[node]?.edges ?? []) if (keepsAlive(type, node)) waiting.push(to);
  }
  return seen;
}

function keepsAlive(type: string | undefined, from: number): boolean {
  return type !== 'weak' && (type !== 'shortcut' || from === 0);
}

/** Bellman and Ford's way: as often as there are nodes, each edge is asked whether it shortens. Globals, if any lead there, count first. */
function lengthsByRelaxing(nodes: readonly DrawnNode[]): number[] {
  const fromGlobals = relaxed(nodes, ({ type }) => type === 'shortcut');
  const fromRoot = relaxed(nodes, () => true);
  return nodes.map((_, node) => {
    if (node === 0) return 0;
    const global = fromGlobals[node] ?? Number.POSITIVE_INFINITY;
    if (global !== Number.POSITIVE_INFINITY) return global;
    return fromRoot[node] === Number.POSITIVE_INFINITY ? -1 : (fromRoot[node] ?? -1);
  });
}

function relaxed(
  nodes: readonly DrawnNode[],
  firstEdges: (edge: { readonly type?: string }) => boolean,
): number[] {
  const lengths = nodes.map(() => Number.POSITIVE_INFINITY);
  for (const edge of nodes[0]?.edges ?? []) {
    if (edge.to !== 0 && keepsAlive(edge.type, 0) && firstEdges(edge)) lengths[edge.to] = 1;
  }
  for (const _ of nodes) {
    nodes.forEach((node, from) => {
      if (from === 0) return;
      for (const { to, type } of node.edges ?? []) {
        if (!keepsAlive(type, from)) continue;
        lengths[to] = Math.min(
          lengths[to] ?? Number.POSITIVE_INFINITY,
          (lengths[from] ?? Number.POSITIVE_INFINITY) + 1,
        );
      }
    });
  }
  return lengths;
}

/** Graphs of all kinds at this size: cycles, irreducible loops, several roots, weak edges, self sizes of more than 32 bits. */
export const drawnHeap: fc.Arbitrary<DrawnNode[]> = fc.integer({ min: 1, max: 24 }).chain((size) =>
  fc.array(
    fc.record({
      name: fc.constantFrom('A', 'B', 'C', 'D'),
      selfBytes: fc.oneof(
        { weight: 9, arbitrary: fc.nat(1000) },
        { weight: 1, arbitrary: fc.integer({ min: 2 ** 31, max: 2 ** 40 }) },
      ),
      edges: fc.array(
        fc.record({
          to: fc.nat(size - 1),
          type: fc.constantFrom('property', 'property', 'context', 'internal', 'weak', 'shortcut'),
        }),
        { maxLength: 4 },
      ),
    }),
    { minLength: size, maxLength: size },
  ),
);
