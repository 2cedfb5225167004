import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readHeap } from '../../src/session/read-heap.ts';
import { realSnapshot } from './snapshots.ts';

const directory = mkdtempSync(join(tmpdir(), 'leakline-heap-'));
const file = join(directory, 'asked.heapsnapshot');
afterAll(() => rmSync(directory, { recursive: true }));

/** How many there are, and who holds them, is what the program says of itself. */
beforeAll(() => {
  const program = `class Session {} ; class Cart {} ;
    globalThis.store = { sessions: new Map(), carts: [], last: new Cart() };
    for (let at = 0; at < 700; at += 1) store.sessions.set(at, new Session());
    for (let at = 0; at < 30; at += 1) store.carts.push(new Cart());
    store.handlers = Array.from({ length: 40 }, () => function handlerOfRequest() {})`;
  writeFileSync(file, realSnapshot(program.replaceAll('\n', ' ')));
}, 30_000);

test('ways that differ in nothing but an index are told once', async () => {
  const answer = await readHeap(file, { path: 'Session' });
  expect(answer).toMatchObject({ count: 700, paths: [{ alike: 699 }] });
  const carts = await readHeap(file, { path: 'Cart' });
  const ways = 'paths' in carts ? carts.paths : [];
  expect(ways.map(({ alike, steps }) => [alike, steps?.some(({ edge }) => edge.name === 'carts')])).toEqual(
    expect.arrayContaining([
      [29, true],
      [0, false],
    ]),
  );
});

test('who holds the instances of a class is told by the name of the collection', async () => {
  expect(await readHeap(file, { class: 'Session' })).toMatchObject({
    count: 700,
    heldBy: [{ className: 'Object', edge: 'sessions[…]', count: 700 }],
  });
  const carts = await readHeap(file, { class: 'Cart' });
  expect('heldBy' in carts ? carts.heldBy : []).toEqual([
    { className: 'Object', edge: 'carts[…]', count: 30 },
    { className: 'Object', edge: 'last', count: 1 },
  ]);
});

test('functions are found by their name', async () => {
  expect(await readHeap(file, { class: 'handlerOfRequest' })).toMatchObject({
    count: 40,
    heldBy: [{ edge: 'handlers[…]', count: 40 }],
  });
  expect(await readHeap(file, { path: 'handlerOfRequest' })).toMatchObject({ count: 40 });
});
