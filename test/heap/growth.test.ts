import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Heap } from '../../src/heap/heap.ts';
import { readSnapshot } from '../../src/heap/index.ts';
import { renderHeap } from '../../src/present/text/heap-text.ts';
import { readHeapGrowth } from '../../src/session/read-heap.ts';
import { bytesOf, chunked, type DrawnNode, realSnapshots, snapshotJson } from './snapshots.ts';

const FIRST = 400;
const MORE = 1000;

describe('of a program that grows', () => {
  let before: Heap;
  let after: Heap;
  beforeAll(async () => {
    const snapshots = realSnapshots([
      `class Grows { constructor() { this.text = ['a', Math.random()]; } } class Stays {} class Goes {}
       globalThis.store = { grows: new Map(), stays: [], goes: [] };
       globalThis.add = (count) => { for (let i = 0; i < count; i += 1) store.grows.set(store.grows.size, new Grows()); };
       add(${FIRST}); for (let i = 0; i < 200; i += 1) { store.stays.push(new Stays()); store.goes.push(new Goes()); }`,
      `add(${MORE}); store.goes.length = 50`,
    ]);
    [before, after] = (await Promise.all(snapshots.map((bytes) => readSnapshot(chunked(bytes, 65_536))))) as [
      Heap,
      Heap,
    ];
  }, 60_000);

  test('each class has as many new instances and as many fewer as there are', () => {
    const byName = new Map(after.growthSince(before).classes.map((one) => [one.name, one]));
    expect(byName.get('Grows')).toMatchObject({
      countBefore: FIRST,
      countAfter: FIRST + MORE,
      newCount: MORE,
    });
    expect(byName.get('Stays')).toMatchObject({ countBefore: 200, countAfter: 200, newCount: 0 });
    expect(byName.get('Goes')).toMatchObject({ countBefore: 200, countAfter: 50, newCount: 0 });
  });

  test('it accumulates in the Map, not in what holds the Map', () => {
    const [point] = after.growthSince(before, 1).points;
    if (point === undefined) throw new Error('nothing grew');
    expect(after.node(point.node)).toMatchObject({ type: 'object', name: 'Map' });
    expect(after.path(point.node)?.at(-1)?.name).toBe('grows');
    expect(point.retainedBytesAfter - point.retainedBytesBefore).toBeGreaterThan(MORE * 24);
  });
});

test('nodes of one id and one type are the same, whatever their order; two of another process are not', async () => {
  const drawn: DrawnNode[] = [
    { edges: [{ to: 1 }, { to: 2 }] },
    { name: 'A', selfBytes: 10 },
    { name: 'B', selfBytes: 20 },
  ];
  const before = await heapOf(drawn);
  const document = snapshotJson([...drawn.slice(0, 2), { name: 'B', selfBytes: 20, type: 'string' }]);
  expect((await heapOf(drawn)).growthSince(before).sharedCount).toBe(3);
  expect((await readSnapshot(chunked(bytesOf(document), 64))).growthSince(before).sharedCount).toBe(2);
  // Far apart, so that they are searched for and not looked up.
  const sparse = snapshotJson(drawn);
  const strideIds = {
    ...sparse,
    nodes: sparse.nodes.map((value, at) => (at % 6 === 0 ? value * 1e8 : value)),
  };
  const far = await readSnapshot(chunked(bytesOf(strideIds), 64));
  expect(far.growthSince(far).sharedCount).toBe(3);
  expect(far.growthSince(before).sharedCount).toBe(0);
});

test('of three files the text tells what grew in each step and where', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'leakline-heap-'));
  try {
    const files = [2, 4, 7].map((entries, at) => {
      const file = join(directory, `${at}`);
      writeFileSync(file, bytesOf(snapshotJson(growing(entries))));
      return file;
    });
    const answer = await readHeapGrowth(files);
    const text = renderHeap(
      { ...answer, files: ['a', 'b', 'c'] },
      { color: false, unicode: true, columns: 80 },
    );
    expect(text).toMatchInlineSnapshot(`
      "leakline · a b c
      5, 7, 10 nodes
      240 B, 440 B, 740 B

        sessions keeps 7 Sessions, +2, +3: unbounded collection
          500 B, 100 % of the growth   the line is 15 % sure
          held by    sessions  Map(7)
          why        \`sessions\` gains 2.5 entries from each snapshot to the next.
                     \`sessions\` gains more than it loses.

        The snapshots have no source positions, so no line can be told.

        own bytes     count     new  class (largest 1 that grew)
           +500 B        +5       5  Session  · more in each
      "
    `);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

function growing(entries: number): DrawnNode[] {
  return [
    { name: '(root)', type: 'synthetic', selfBytes: 0, edges: [{ to: 1, name: 'global' }] },
    { name: 'global', selfBytes: 8, edges: [{ to: 2, name: 'sessions' }] },
    {
      name: 'Map',
      selfBytes: 32,
      edges: Array.from({ length: entries }, (_, at) => ({ to: at + 3, name: `${at}` })),
    },
    ...Array.from({ length: entries }, () => ({ name: 'Session', selfBytes: 100 })),
  ];
}

async function heapOf(nodes: readonly DrawnNode[]): Promise<Heap> {
  return readSnapshot(chunked(bytesOf(snapshotJson(nodes)), 64));
}
