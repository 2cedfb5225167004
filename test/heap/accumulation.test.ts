import * as fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Accumulation, AccumulationPoint } from '../../src/heap/accumulation.ts';
import type { GrowingContainers } from '../../src/heap/accumulation.ts';
import type { Heap } from '../../src/heap/heap.ts';
import type { NodeOrdinal } from '../../src/heap/heap-graph.ts';
import { readSnapshot } from '../../src/heap/index.ts';
import { drawnHeap, factsByDeleting } from './by-deleting.ts';
import { bytesOf, chunked, type DrawnNode, realSnapshots, snapshotJson } from './snapshots.ts';

const SESSION_BYTES = 4000;

/** What the program keeps is its own knowledge: each figure below is how often it was told to add. */
const program = `
globalThis.text = () => Buffer.alloc(${SESSION_BYTES}, 'x' + Math.random()).toString('latin1');
class Session { constructor() { this.text = text(); this.history = []; } }
class Waiting { constructor() { this.text = text(); } }
class Cached extends Map {}
globalThis.store = {
  sessions: new Map(), seen: new Set(), byKey: {}, log: [], cached: new Cached(), bus: new (require('node:events'))(),
  pairs: new Map(), goes: new Map(), pulses: [], armed: new Map(), timers: [],
};
store.bus.setMaxListeners(0);
globalThis.add = (times) => {
  for (let at = 0; at < times; at += 1) {
    for (const session of store.sessions.values()) if (session.old) session.history.push({ text: text() });
    store.sessions.set(store.sessions.size, new Session());
    store.seen.add({ at });
    store.pairs.set(store.pairs.size, { two: [text(), text()] });
    store.byKey['key' + Object.keys(store.byKey).length] = { at };
    store.log.push({ at });
    store.cached.set({}, { at });
    store.bus.on('tick', () => at);
    const waiting = new Waiting();
    store.armed.set({}, waiting);
    setInterval(() => waiting, 1e6).unref();
  }
};
globalThis.goes = (to) => { store.goes.clear(); for (let at = 0; at < to; at += 1) store.goes.set(at, { at }); };
`;

describe.each(['id', 'way'] as const)(
  'of a program that adds 40, then 30, then 50 of each, matched by %s',
  (by) => {
    let accumulation: Accumulation;
    let last: Heap;
    const of = (key: string): AccumulationPoint => {
      const point = accumulation.points.find((one) => one.key.endsWith(key));
      if (point === undefined)
        throw new Error(`${key} is none of ${accumulation.points.map((one) => one.key).join(', ')}`);
      return point;
    };
    beforeAll(async () => {
      const heaps = await readAll(
        realSnapshots([
          `${oneLine(program)}; add(40); goes(10); store.sessions.get(3).old = store.sessions.get(7).old = true`,
          `add(30); goes(50)`,
          `add(50); goes(30)`,
        ]),
      );
      ({ accumulation, last } = accumulated(heaps, by));
    }, 60_000);

    test('each container is counted by file, whatever it is', () => {
      for (const key of [
        '.sessions Map',
        '.seen Set',
        '.byKey Object',
        '.log Array',
        '.cached Cached',
        '.bus ._events .tick Array',
      ]) {
        expect(of(key)).toMatchObject({ containers: 1, entriesByFile: [40, 70, 120] });
      }
      expect([...last.entries(of('.sessions Map').node)].map((entry) => last.className(entry))).toEqual(
        Array.from({ length: 120 }, () => 'Session'),
      );
    });

    test('what grows in elements that were there before is one point with all of them, and no part of the outer', () => {
      const inner = of('.sessions [*] .history Array');
      expect(inner).toMatchObject({ containers: 2, entriesByFile: [0, 60, 160] });
      expect(inner.bytes).toBeGreaterThanOrEqual(160 * SESSION_BYTES);
      expect(inner.bytes).toBeLessThan(160 * (SESSION_BYTES + 200));
      expect(of('.sessions Map').bytes).toBeGreaterThanOrEqual(80 * SESSION_BYTES);
      expect(of('.sessions Map').bytes).toBeLessThan(80 * (SESSION_BYTES + 500));
    });

    test('what a timer keeps alive beside the Map counts for one of the two', () => {
      const held = 80 * SESSION_BYTES;
      const holders = accumulation.points.filter(({ bytes }) => bytes >= held * 0.9);
      expect(holders.map(({ key }) => key)).toContain(of('.armed Map').key);
      expect(of('.armed Map').bytes).toBeLessThan(held * 1.2);
    });

    test('what comes with each element, and stays as it came, is the outer container’s', () => {
      expect(of('.pairs Map')).toMatchObject({ containers: 1, entriesByFile: [40, 70, 120] });
      expect(of('.pairs Map').bytes).toBeGreaterThanOrEqual(80 * 2 * SESSION_BYTES);
      expect(accumulation.points.some(({ key }) => key.includes('.two'))).toBe(false);
    });

    test('what fell between two files is no growth', () => {
      expect(accumulation.points.some(({ key }) => key.includes('goes'))).toBe(false);
    });

    test('shares are of all that grew and make one with the rest', () => {
      const shares = accumulation.points.reduce((sum, { share }) => sum + share, 0);
      const gains = accumulation.points.reduce((sum, { bytes }) => sum + bytes, 0);
      expect(shares).toBeLessThanOrEqual(1);
      expect(gains + accumulation.restBytes).toBeLessThanOrEqual(accumulation.grownBytes * 1.001);
      expect(shares).toBeGreaterThan(0.9);
    });
  },
);

test('a bug has one key in two runs of different length', async () => {
  const keysOf = async (first: number, more: number): Promise<string[]> => {
    const heaps = await readAll(
      realSnapshots([`${oneLine(program)}; add(${first})`, `add(${more})`, `add(${more})`]),
    );
    const { points } = accumulated(heaps).accumulation;
    return points.map(({ key }) => key).filter((key) => key.includes('store'));
  };
  const [short, long] = [await keysOf(20, 15), await keysOf(5, 60)];
  expect(short).toHaveLength(8);
  expect(long.toSorted()).toEqual(short.toSorted());
}, 60_000);

const FIVE = `const a = new Map(), b = new Map(), c = new Set(), d = [], e = new Map(); globalThis.five = { a, b, c, d, e };
  for (let i = 0; i < 100; i++) { a.set(i, {}); b.set({}, i); c.add('t' + i); d.push({}); e.set('k' + i, {}); }
  for (let i = 0; i < 30; i++) { a.delete(i); c.delete('t' + i); delete d[i]; }`;

test('a Map counts its entries where keys or values are numbers, and none that was deleted', async () => {
  const [heap] = await readAll(realSnapshots([FIVE]));
  expect(countsOf(heap)).toEqual({ a: 70, b: 100, c: 70, d: 70, e: 100 });
}, 60_000);

test('so it does where the slots of its table are hidden, as in a redacted snapshot', async () => {
  const [snapshot] = realSnapshots([FIVE]);
  const document = JSON.parse(String(snapshot)) as { strings: string[] };
  const strings = document.strings.map((text) => (/^\d+$/.test(text) ? `~hash${text}~4` : text));
  const [heap] = await readAll([bytesOf({ ...document, strings })]);
  expect(countsOf(heap)).toEqual({ a: 70, b: 100, c: 70, d: 70, e: 100 });
  const five = fiveOf(heap);
  const values = [...(heap?.entries(find(heap, five, 'e')[0] ?? five) ?? [])].map((node) =>
    heap?.className(node),
  );
  expect(values).toEqual(Array.from({ length: 100 }, () => 'Object'));
}, 60_000);

function countsOf(heap: Heap | undefined): Record<string, number | undefined> {
  if (heap === undefined) throw new Error('no heap');
  const sizes = byId(heap.growingContainers(null));
  return Object.fromEntries(
    ['a', 'b', 'c', 'd', 'e'].map((name) => {
      const [node = heap.root] = find(heap, fiveOf(heap), name);
      return [name, sizes.entriesByFile[0]?.[sizes.ids.indexOf(heap.node(node).id)]];
    }),
  );
}

function fiveOf(heap: Heap | undefined): NodeOrdinal {
  if (heap === undefined) throw new Error('no heap');
  for (const node of heap.instancesOf('Object')) {
    if (['a', 'b', 'c', 'd', 'e'].every((name) => find(heap, node, name).length === 1)) return node;
  }
  throw new Error('not there');
}

test('on drawn heaps every byte belongs to the container that the definitions say', async () => {
  await fc.assert(
    fc.asyncProperty(drawnHeap, drawnHeap, async (one, other) => {
      const [before, after] = [named(one), named(other)];
      const first = await heapOf(before);
      const last = await heapOf(after);
      const growing = byId(last.growingContainers(first.growingContainers(null)));
      const size = (nodes: readonly DrawnNode[], node: number): number =>
        (nodes[node]?.edges ?? []).filter(({ type }) => type === 'property').length;
      const grown = [...after.keys()].filter(
        (node) => node > 0 && node < before.length && size(after, node) > size(before, node),
      );
      expect([...growing.ids]).toEqual(grown.map((node) => node * 2 + 1));
      const { grownBytes, restBytes, points } = last.accumulationSince(first, growing);
      const owned = (heap: Heap, nodes: readonly DrawnNode[], others: readonly DrawnNode[]) =>
        bytesByOwner(heap, nodes, (node) => node >= others.length, reached(last, grown));
      const [was, is] = [owned(first, before, after), owned(last, after, before)];
      const difference = (owner: number): number => (is.get(owner) ?? 0) - (was.get(owner) ?? 0);
      expect(restBytes).toBe(difference(NOBODY));
      expect(new Map(points.map(({ key, bytes }) => [key.split(' ').at(-1), bytes]))).toEqual(
        new Map(
          reached(last, grown)
            .filter((node) => difference(node) > 0)
            .map((node) => [`n${node}`, difference(node)]),
        ),
      );
      expect(grownBytes).toBe(last.retainedBytes(last.root) - first.retainedBytes(first.root));
    }),
    { numRuns: 300 },
  );
});

const NOBODY = -1;

function reached(heap: Heap, nodes: readonly number[]): number[] {
  return nodes.filter((node) => heap.path(node as NodeOrdinal) !== null);
}

/** By the definitions: the nearest of the containers among those without which the node is not reached, else the nearest on the way. */
function bytesByOwner(
  heap: Heap,
  nodes: readonly DrawnNode[],
  isNew: (node: number) => boolean,
  containers: readonly number[],
): Map<number, number> {
  const { dominators, pathLengths } = factsByDeleting(nodes);
  const bytes = new Map<number, number>();
  for (const node of nodes.keys()) {
    if (pathLengths[node] === -1) continue;
    let owner = NOBODY;
    for (let at = node; at < nodes.length && owner === NOBODY; at = dominators[at] ?? nodes.length) {
      if (containers.includes(at)) owner = at;
    }
    if (owner === NOBODY && isNew(node)) {
      for (const { to } of heap.path(node as NodeOrdinal) ?? []) if (containers.includes(to)) owner = to;
    }
    bytes.set(owner, (bytes.get(owner) ?? 0) + (nodes[node]?.selfBytes ?? 0));
  }
  return bytes;
}

/** Each its own class, so that each is its own point; the root is V8's, no object. */
function named(nodes: readonly DrawnNode[]): DrawnNode[] {
  return nodes.map((node, at) => ({ ...node, name: `n${at}`, type: at === 0 ? 'synthetic' : 'object' }));
}

function accumulated(
  heaps: readonly Heap[],
  by: GrowingContainers['by'] = 'id',
): { accumulation: Accumulation; last: Heap } {
  const [first] = heaps;
  const last = heaps.at(-1);
  if (first === undefined || last === undefined) throw new Error('no heaps');
  let growing: GrowingContainers | null = null;
  for (const heap of heaps) growing = heap.growingContainers(growing, by);
  if (growing === null) throw new Error('no heaps');
  return { accumulation: last.accumulationSince(first, growing), last };
}

function byId(growing: GrowingContainers): Extract<GrowingContainers, { by: 'id' }> {
  if (growing.by !== 'id') throw new Error('by way');
  return growing;
}

function readAll(snapshots: readonly Uint8Array[]): Promise<Heap[]> {
  return Promise.all(snapshots.map((bytes) => readSnapshot(chunked(bytes, 65_536))));
}

function find(heap: Heap, node: NodeOrdinal, name: string): NodeOrdinal[] {
  return [...heap.edges(node)].filter((edge) => edge.name === name).map(({ to }) => to);
}

function heapOf(nodes: readonly DrawnNode[]): Promise<Heap> {
  return readSnapshot(chunked(bytesOf(snapshotJson(nodes)), 64));
}

function oneLine(text: string): string {
  return text.replaceAll('\n', ' ');
}
