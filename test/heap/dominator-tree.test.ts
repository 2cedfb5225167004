import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { dominatorTree, NO_DOMINATOR } from '../../src/heap/dominator-tree.ts';
import { readColumns } from '../../src/heap/format.ts';
import { type HeapGraph, heapGraph } from '../../src/heap/heap-graph.ts';
import { bytesOf, chunked, type DrawnNode, idOf, snapshotJson } from './snapshots.ts';

test('a node held by two is dominated by what holds both', async () => {
  const graph = await graphOf([
    { edges: [{ to: 1 }, { to: 2 }] },
    { edges: [{ to: 3 }] },
    { edges: [{ to: 3 }] },
    {},
  ]);
  expect([...dominatorTree(graph).dominatorByOrdinal]).toEqual([NO_DOMINATOR, 0, 0, 0]);
});

test('weak edges hold nothing, nor do shortcuts that are not of the root', async () => {
  const graph = await graphOf([
    { edges: [{ to: 1 }, { to: 4, type: 'shortcut' }] },
    {
      edges: [
        { to: 2, type: 'weak' },
        { to: 3, type: 'shortcut' },
      ],
    },
    {},
    {},
    { selfBytes: 10 },
  ]);
  const tree = dominatorTree(graph);
  expect([...tree.dominatorByOrdinal]).toEqual([NO_DOMINATOR, 0, NO_DOMINATOR, NO_DOMINATOR, 0]);
  expect([...tree.retainedByOrdinal]).toEqual([12, 1, 0, 0, 10]);
});

test('the value of a WeakMap entry belongs to its key, not to the table', async () => {
  const name = `7 / part of key (K @${idOf(2)}) -> value (V @${idOf(3)}) pair in WeakMap (table @${idOf(1)})`;
  const graph = await graphOf([
    { edges: [{ to: 1 }, { to: 2 }] },
    { edges: [{ to: 3, type: 'internal', name }] },
    { edges: [{ to: 3, type: 'internal', name }] },
    {},
  ]);
  expect([...dominatorTree(graph).dominatorByOrdinal]).toEqual([NO_DOMINATOR, 0, 0, 2]);
});

test('dominators and retained sizes are those of deleting each node and looking what is left', async () => {
  await fc.assert(
    fc.asyncProperty(drawnHeap, async (nodes) => {
      const graph = await graphOf(nodes);
      const tree = dominatorTree(graph);
      expect({
        dominators: [...tree.dominatorByOrdinal],
        retained: [...tree.retainedByOrdinal],
      }).toEqual(byDeleting(nodes));
    }),
    { seed: 6, numRuns: 300 },
  );
});

test('a chain of 100,000 nodes, with an edge back to the start from each, needs no deep stack', async () => {
  const length = 100_000;
  const columns = (await graphOf([{ edges: [{ to: 0 }] }])).columns;
  const edgeCount = length * 2 - 1;
  const graph = heapGraph({
    ...columns,
    nodeCount: length,
    edgeCount,
    nodeType: new Uint8Array(length),
    nodeName: new Uint32Array(length),
    nodeId: new Uint32Array(length),
    nodeSelfBytes: new Uint32Array(length).fill(1),
    firstEdge: Uint32Array.from({ length: length + 1 }, (_, node) => Math.min(node * 2, edgeCount)),
    edgeType: new Uint8Array(edgeCount).fill(1),
    edgeNameOrIndex: new Uint32Array(edgeCount),
    edgeTo: Uint32Array.from(
      { length: edgeCount },
      (_, edge) => (edge % 2 === 0 ? edge / 2 + 1 : 0) % length,
    ),
  });
  expect(dominatorTree(graph).retainedByOrdinal[1]).toBe(length - 1);
});

const drawnHeap: fc.Arbitrary<DrawnNode[]> = fc.integer({ min: 1, max: 24 }).chain((size) =>
  fc.array(
    fc.record({
      selfBytes: fc.nat(1000),
      edges: fc.array(
        fc.record({ to: fc.nat(size - 1), type: fc.constantFrom('property', 'property', 'context', 'weak') }),
        { maxLength: 4 },
      ),
    }),
    { minLength: size, maxLength: size },
  ),
);

/** The definition, taken at its word: what a node dominates is what can't be reached without it. */
function byDeleting(nodes: readonly DrawnNode[]): { dominators: number[]; retained: number[] } {
  const all = reachable(nodes, -1);
  const dominatedBy = nodes.map((_, deleted) => {
    const left = reachable(nodes, deleted);
    return new Set(all.has(deleted) ? [...all].filter((node) => !left.has(node)) : []);
  });
  return {
    // Of the strict dominators, the nearest is the one that all others dominate, so it dominates the fewest.
    dominators: nodes.map((_, node) => {
      const strict = [...nodes.keys()].filter((other) => other !== node && dominatedBy[other]?.has(node));
      strict.sort((a, b) => (dominatedBy[a]?.size ?? 0) - (dominatedBy[b]?.size ?? 0));
      return strict[0] ?? NO_DOMINATOR;
    }),
    retained: dominatedBy.map((set) =>
      [...set].reduce((sum, node) => sum + (nodes[node]?.selfBytes ?? 0), 0),
    ),
  };
}

function reachable(nodes: readonly DrawnNode[], deleted: number): Set<number> {
  const seen = new Set<number>();
  const waiting = [0];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (node === deleted || seen.has(node)) continue;
    seen.add(node);
    for (const { to, type } of nodes[node]?.edges ?? []) if (type !== 'weak') waiting.push(to);
  }
  return seen;
}

async function graphOf(nodes: readonly DrawnNode[]): Promise<HeapGraph> {
  return heapGraph(await readColumns(chunked(bytesOf(snapshotJson(nodes)), 4096)));
}
