import { beforeAll, describe, expect, test } from 'vitest';
import type { Heap } from '../../src/heap/heap.ts';
import type { NodeOrdinal } from '../../src/heap/heap-graph.ts';
import { readSnapshot } from '../../src/heap/index.ts';
import { bytesOf, chunked, idOf, realSnapshot, snapshotJson } from './snapshots.ts';

// The program knows what it made, so every figure below is its own and not one that was read off the snapshot once.
const ENTRIES = 500;
const CHAIN = 300;
const BUFFER_BYTES = 1_234_567;
const TEXT = 'a text that stands nowhere else '.repeat(20);
const program = `
class Entry { constructor(at) { this.at = at; this.payload = new Payload(); } }
class Payload { constructor() { this.list = [1.5, 2.5, 3.5]; } }
class Link { constructor(next) { this.next = next; } }
class Shared {}
class OnlyWeak {}
class Key {}
class Value {}
globalThis.planted = { entries: [], chain: null, buffer: new ArrayBuffer(${BUFFER_BYTES}) };
for (let at = 0; at < ${ENTRIES}; at += 1) planted.entries.push(new Entry(at));
for (let at = 0; at < ${CHAIN}; at += 1) planted.chain = new Link(planted.chain);
planted.left = { shared: new Shared() };
planted.right = { shared: planted.left.shared };
planted.weak = new WeakRef(new OnlyWeak());
planted.key = new Key();
planted.byKey = new WeakMap();
(() => planted.byKey.set(planted.key, new Value()))();
planted.text = ${JSON.stringify(TEXT)};
planted.closure = (() => { const captured = planted.entries; return function namedClosure() { return captured; }; })();
`;

let heap: Heap;
beforeAll(async () => {
  const bytes = realSnapshot(program.replaceAll('\n', ' '));
  heap = await readSnapshot(chunked(bytes, 65_536), { sizeBytes: bytes.length });
}, 60_000);

describe('of a program that knows what it made', () => {
  test('every class has as many instances as were made', () => {
    const counts = Object.fromEntries(heap.classes().map(({ name, count }) => [name, count]));
    expect(counts).toMatchObject({
      Entry: ENTRIES,
      Payload: ENTRIES,
      Link: CHAIN,
      Shared: 1,
      Key: 1,
      Value: 1,
    });
    expect([...heap.instancesOf('Link')]).toHaveLength(CHAIN);
  });

  test('an object retains what it alone holds, and a class counts what its instances hold of each other once', () => {
    const entry = only(heap.instancesOf('Entry'), 0);
    const payload = target(entry, 'payload');
    const list = target(payload, 'list');
    expect(heap.dominator(payload)).toBe(entry);
    expect(heap.retainedBytes(entry)).toBeGreaterThan(
      heap.node(entry).selfBytes + heap.retainedBytes(payload) - 1,
    );
    expect(heap.retainedBytes(payload)).toBe(heap.node(payload).selfBytes + heap.retainedBytes(list));
    const links = heap.classes().find(({ name }) => name === 'Link');
    const first = target(planted(), 'chain');
    expect(links?.retainedBytes).toBe(heap.retainedBytes(first));
    expect(links?.retainedBytes).toBeGreaterThanOrEqual(links?.selfBytes ?? Number.POSITIVE_INFINITY);
  });

  test('what two hold is dominated by what holds both, and a WeakMap value by its key', () => {
    const shared = only(heap.instancesOf('Shared'), 0);
    expect(heap.dominator(shared)).toBe(planted());
    expect(
      [...heap.retainers(shared)].filter(({ name }) => name === 'shared').map(({ from }) => from),
    ).toHaveLength(2);
    expect(heap.dominator(only(heap.instancesOf('Value'), 0))).toBe(only(heap.instancesOf('Key'), 0));
  });

  test('the shortest way leads from the globals by names that the program gave', () => {
    const entry = target(target(planted(), 'entries'), 7);
    const names = heap.path(entry)?.map(({ name }) => name);
    expect(names?.slice(1)).toEqual(['planted', 'entries', 7]);
    expect(heap.holder(entry)).toEqual(heap.path(entry)?.at(-1));
    expect(heap.path(heap.root)).toEqual([]);
  });

  test('a function has its place in the source, a buffer its memory, a text its holder', () => {
    const closure = target(planted(), 'closure');
    expect(heap.node(closure)).toMatchObject({ type: 'closure', name: 'namedClosure' });
    const line = program.replaceAll('\n', ' ');
    expect(heap.location(closure)).toMatchObject({
      line: 0,
      column: line.indexOf('(', line.indexOf('function namedClosure')),
    });
    const store = heap.backingStores().find(({ bytes }) => bytes === BUFFER_BYTES);
    expect(store?.buffer).toBe(target(planted(), 'buffer'));
    const text = heap.strings(5000, 10_000).find((one) => one.text === TEXT);
    expect(text?.count).toBe(1);
    expect(heap.findNode(heap.node(closure).id)).toBe(closure);
    expect(heap.findNode(2 ** 32 - 2)).toBeUndefined();
  });
});

test("detachedness is the file's own word, and unknown where it has none", async () => {
  const document = snapshotJson([{ edges: [{ to: 1 }] }, {}]);
  const plain = await readSnapshot(chunked(bytesOf(document), 64));
  expect(plain.detachedness(1 as NodeOrdinal)).toBe('unknown');
  const meta = { ...document.snapshot.meta };
  meta.node_fields = meta.node_fields.map((field) => (field === 'unheard_of' ? 'detachedness' : field));
  const nodes = document.nodes.map((value, at) => (at % 6 === 5 ? (at < 6 ? 1 : 2) : value));
  const told = await readSnapshot(
    chunked(bytesOf({ ...document, snapshot: { ...document.snapshot, meta }, nodes }), 64),
  );
  expect([0, 1].map((node) => told.detachedness(node as NodeOrdinal))).toEqual(['attached', 'detached']);
  expect(told.findNode(idOf(1))).toBe(1);
});

describe('preparing', () => {
  const drawn = bytesOf(snapshotJson([{ edges: [{ to: 1 }] }, { selfBytes: 5, edges: [{ to: 2 }] }, {}]));

  test('builds what is built without it, and lets others run between', async () => {
    const prepared = await readSnapshot(chunked(drawn, 100));
    let turns = 0;
    const others = setInterval(() => (turns += 1), 0);
    await prepared.prepare();
    clearInterval(others);
    expect(turns).toBeGreaterThan(0);
    expect(prepared.classes()).toEqual((await readSnapshot(chunked(drawn, 100))).classes());
  });

  test('ends between two steps with the reason of the signal', async () => {
    const heap = await readSnapshot(chunked(drawn, 100));
    const controller = new AbortController();
    const preparing = heap.prepare({ signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(preparing).rejects.toThrow('enough');
    expect(heap.retainedBytes(1 as NodeOrdinal)).toBe(6);
  });
});

describe('reading', () => {
  const bytes = bytesOf(snapshotJson([{ edges: [{ to: 1 }] }, {}]));

  test('tells after each chunk how far it is', async () => {
    const told: number[] = [];
    await readSnapshot(chunked(bytes, 100), { onProgress: (bytesRead) => told.push(bytesRead) });
    expect(told).toEqual([
      ...Array.from({ length: Math.floor(bytes.length / 100) }, (_, at) => (at + 1) * 100),
      bytes.length,
    ]);
  });

  test('ends with the reason of the signal, and asks for no more', async () => {
    const controller = new AbortController();
    let asked = 0;
    let closed = false;
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) {
          asked += 1;
          if (asked === 3) controller.abort(new Error('enough'));
          yield new TextEncoder().encode(' ');
        }
      } finally {
        closed = true;
      }
    }
    await expect(readSnapshot(endless(), { signal: controller.signal })).rejects.toThrow('enough');
    expect({ asked, closed }).toEqual({ asked: 3, closed: true });
  });

  test('knows no size that the file could lie about', async () => {
    const lie = snapshotJson([{}]);
    lie.snapshot.node_count = 4_000_000_000;
    lie.snapshot.edge_count = 4_000_000_000;
    const before = process.memoryUsage().arrayBuffers;
    await expect(readSnapshot(chunked(bytesOf(lie), 64))).rejects.toThrow(/1 of 4000000000 nodes/);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16e6);
  });
});

function planted(): NodeOrdinal {
  for (const { to } of heap.edges(heap.root)) {
    for (const edge of heap.edges(to)) if (edge.name === 'planted') return edge.to;
  }
  throw new Error('no global object has it');
}

function target(node: NodeOrdinal, name: string | number): NodeOrdinal {
  for (const edge of heap.edges(node)) if (edge.name === name && edge.type !== 'weak') return edge.to;
  throw new Error(`no edge ${name}`);
}

function only(nodes: Iterable<NodeOrdinal>, at: number): NodeOrdinal {
  const node = [...nodes][at];
  if (node === undefined) throw new Error('there are fewer');
  return node;
}

test('the way to a node leads over the stack only where there is no other', async () => {
  const heap = await readSnapshot(
    chunked(
      bytesOf(
        snapshotJson([
          { name: '', type: 'synthetic', edges: [{ to: 1 }, { to: 3 }] },
          { name: '(GC roots)', type: 'synthetic', edges: [{ to: 2 }] },
          { name: '(Stack roots)', type: 'synthetic', edges: [{ to: 5 }, { to: 6 }] },
          { name: 'module', edges: [{ to: 4 }] },
          { name: 'exports', edges: [{ to: 5 }] },
          { name: 'kept' },
          { name: 'at hand' },
        ]),
      ),
      64,
    ),
  );
  const names = (node: number) => heap.path(node as NodeOrdinal)?.map(({ to }) => heap.node(to).name) ?? null;
  expect(names(5)).toEqual(['module', 'exports', 'kept']);
  expect(names(6)).toEqual(['(GC roots)', '(Stack roots)', 'at hand']);
  expect(names(2)).toEqual(['(GC roots)', '(Stack roots)']);
});
