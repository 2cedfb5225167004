import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SnapshotColumns } from '../../src/heap/columns.ts';
import { dominatorTree, NO_DOMINATOR } from '../../src/heap/dominator-tree.ts';
import { readColumns } from '../../src/heap/format.ts';
import { type HeapGraph, heapGraph, type NodeOrdinal } from '../../src/heap/heap-graph.ts';
import { readSnapshot } from '../../src/heap/index.ts';
import { StringTable } from '../../src/heap/string-table.ts';
import { drawnHeap, factsByDeleting, factsOf } from './by-deleting.ts';
import { bytesOf, chunked, type DrawnNode, idOf, snapshotJson } from './snapshots.ts';

// For long: `GRAPHS=50000 npm test -- dominator-tree`.
const GRAPHS = Number(process.env.GRAPHS ?? 2000);

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

test(
  'dominators, sizes, classes and ways are those of deleting nodes and looking what is left',
  async () => {
    await fc.assert(
      fc.asyncProperty(drawnHeap, async (nodes) => {
        const heap = await readSnapshot(chunked(bytesOf(snapshotJson(nodes)), 4096));
        expect(factsOf(heap)).toEqual(factsByDeleting(nodes));
      }),
      { seed: 6, numRuns: GRAPHS },
    );
  },
  60_000 + GRAPHS * 20,
);

test('what a node dominates directly are the nodes whose dominator it is', async () => {
  await fc.assert(
    fc.asyncProperty(drawnHeap, async (nodes) => {
      const heap = await readSnapshot(chunked(bytesOf(snapshotJson(nodes)), 4096));
      const all = Array.from({ length: heap.nodeCount }, (_, node) => node as NodeOrdinal);
      for (const node of all) {
        const expected = all.filter((other) => heap.dominator(other) === node);
        expect([...heap.dominatedBy(node)].sort((a, b) => a - b)).toEqual(expected);
      }
    }),
    { seed: 6, numRuns: 200 },
  );
});

test('graphs of thousands of nodes have the dominators that the equations of data flow have', () => {
  for (let seed = 1; seed <= 200; seed += 1) {
    const graph = randomGraph(seed);
    expect([...dominatorTree(graph).dominatorByOrdinal], `seed ${seed}`).toEqual(byDataFlow(graph));
  }
}, 60_000);

test('a chain of 100,000 nodes, with an edge back to the start from each, needs no deep stack', () => {
  const length = 100_000;
  const edgeTo = Uint32Array.from({ length: length * 2 - 1 }, (_, edge) =>
    edge % 2 === 0 && edge / 2 + 1 < length ? edge / 2 + 1 : 0,
  );
  const graph = graphFrom(
    length,
    Uint32Array.from({ length: length + 1 }, (_, node) => Math.min(node * 2, edgeTo.length)),
    edgeTo,
  );
  expect(dominatorTree(graph).retainedByOrdinal[1]).toBe(length - 1);
});

test('leaves at the end of a long chain that its start holds too are no quadratic trap', () => {
  // Met at the end of the chain, each leaf has its dominator 200,000 steps above its parent: together 40,000,000,000 steps.
  const length = 200_000;
  const firstEdge = new Uint32Array(length * 2 + 1);
  const edgeTo = new Uint32Array(length * 3);
  let edges = 0;
  for (let node = 0; node < length * 2; node += 1) {
    if (node + 1 < length) edgeTo[edges++] = node + 1;
    if (node === 1 || node === length - 1) {
      for (let leaf = length; leaf < length * 2; leaf += 1) edgeTo[edges++] = leaf;
    }
    firstEdge[node + 1] = edges;
  }
  const { dominatorByOrdinal } = dominatorTree(graphFrom(length * 2, firstEdge, edgeTo.subarray(0, edges)));
  expect(dominatorByOrdinal.subarray(length).every((dominator) => dominator === 1)).toBe(true);
});

/** 1,000 to 5,000 nodes whose edges lead anywhere, near by, or back to a few: loops with several entries and long chains. */
function randomGraph(seed: number): HeapGraph {
  let state = seed * 2654435761;
  const random = (below: number): number => {
    state = (Math.imul(state ^ (state >>> 15), 2246822519) + 0x9e3779b9) | 0;
    return ((state ^ (state >>> 13)) >>> 0) % below;
  };
  const nodeCount = 1000 + random(4000);
  const reach = [nodeCount, 3, 20][seed % 3] ?? 3;
  const firstEdge = new Uint32Array(nodeCount + 1);
  const to: number[] = [];
  for (let node = 0; node < nodeCount; node += 1) {
    for (let edges = random(4); edges >= 0; edges -= 1) {
      const backwards = random(10) === 0;
      to.push(backwards ? random(Math.max(1, node)) : Math.min(nodeCount - 1, node + random(reach)));
    }
    firstEdge[node + 1] = to.length;
  }
  return graphFrom(nodeCount, firstEdge, Uint32Array.from(to));
}

function graphFrom(nodeCount: number, firstEdge: Uint32Array, edgeTo: Uint32Array): HeapGraph {
  return heapGraph({
    ...EMPTY_COLUMNS,
    nodeCount,
    edgeCount: edgeTo.length,
    nodeSelfBytes: new Uint32Array(nodeCount).fill(1),
    firstEdge,
    edgeType: new Uint8Array(edgeTo.length),
    edgeTo,
  });
}

/** Cooper, Harvey and Kennedy 2001, "A simple, fast dominance algorithm": other idea, other order, no code in common. */
function byDataFlow({ nodeCount, firstEdgeByOrdinal, columns }: HeapGraph): number[] {
  const successors = Array.from({ length: nodeCount }, (_, node) => [
    ...columns.edgeTo.subarray(firstEdgeByOrdinal[node], firstEdgeByOrdinal[node + 1]),
  ]);
  const postorder: number[] = [];
  const seen = new Set([0]);
  const stack = [{ node: 0, next: 0 }];
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const to = successors[top.node]?.[top.next];
    top.next += 1;
    if (to === undefined) postorder.push(stack.pop()?.node ?? 0);
    else if (!seen.has(to)) {
      seen.add(to);
      stack.push({ node: to, next: 0 });
    }
  }
  const rank = new Map(postorder.map((node, at) => [node, at]));
  const rankOf = (node: number): number => rank.get(node) ?? -1;
  const predecessors = Array.from({ length: nodeCount }, (): number[] => []);
  for (const node of postorder) for (const to of successors[node] ?? []) predecessors[to]?.push(node);
  const dominators = new Map([[0, 0]]);
  for (let changed = true; changed; ) {
    changed = false;
    for (const node of postorder.toReversed().slice(1)) {
      let meet: number | undefined;
      for (let one of (predecessors[node] ?? []).filter((other) => dominators.has(other))) {
        while (meet !== undefined && one !== meet) {
          if (rankOf(one) < rankOf(meet)) one = dominators.get(one) ?? 0;
          else meet = dominators.get(meet) ?? 0;
        }
        meet = one;
      }
      if (dominators.get(node) !== meet) changed = true;
      dominators.set(node, meet ?? 0);
    }
  }
  return Array.from({ length: nodeCount }, (_, node) =>
    node === 0 ? NO_DOMINATOR : (dominators.get(node) ?? NO_DOMINATOR),
  );
}

const EMPTY_COLUMNS: SnapshotColumns = {
  nodeCount: 0,
  edgeCount: 0,
  nodeTypes: ['object'],
  edgeTypes: ['property'],
  nodeType: new Uint8Array(0),
  nodeName: new Uint32Array(0),
  nodeId: new Uint32Array(0),
  nodeSelfBytes: new Uint32Array(0),
  largeSelfBytes: new Map(),
  firstEdge: new Uint32Array(1),
  nodeDetachedness: null,
  edgeType: new Uint8Array(0),
  edgeNameOrIndex: new Uint32Array(0),
  edgeTo: new Uint32Array(0),
  strings: new StringTable(0, [], new Float64Array(1)),
  locations: {
    count: 0,
    node: new Uint32Array(0),
    scriptId: new Uint32Array(0),
    line: new Uint32Array(0),
    column: new Uint32Array(0),
  },
  scopes: null,
};

async function graphOf(nodes: readonly DrawnNode[]): Promise<HeapGraph> {
  return heapGraph(await readColumns(chunked(bytesOf(snapshotJson(nodes)), 4096)));
}
