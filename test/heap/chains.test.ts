import { beforeAll, describe, expect, test } from 'vitest';
import type { Accumulation, AccumulationPoint } from '../../src/heap/accumulation.ts';
import type { GrowingContainers } from '../../src/heap/accumulation.ts';
import { readSnapshot } from '../../src/heap/index.ts';
import { chunked, realSnapshots } from './snapshots.ts';

const TEXT_BYTES = 3000;

/** What each chain gains is what the program was told to add; `stays` and `shrinks` are chains too. */
const PROGRAM = `
const text = () => Buffer.alloc(${TEXT_BYTES}, 'x' + Math.random()).toString('latin1');
class Line { constructor(next) { this.text = text(); this.next = next; } }
class Job { constructor() { this.text = text(); this.next = null; } }
class Entry { constructor() { this.text = text(); this.newer = null; this.older = null; } }
class Note { constructor(before) { this.text = text(); this.before = before; } }
const list = (times, Kind) => { let head = null; for (let at = 0; at < times; at += 1) head = new Kind(head); return head; };
globalThis.store = { lines: null, jobs: { first: null, last: null }, entries: { newest: null, oldest: null }, active: null,
  handler: () => 0, notes: new Map([['a', null], ['b', null]]), stays: list(50, Line), shrinks: list(90, Line) };
const addJob = (queue) => { const job = new Job(); if (queue.last === null) queue.first = job; else queue.last.next = job; queue.last = job; };
const addEntry = (list) => { const entry = new Entry(); entry.older = list.newest; if (list.newest === null) list.oldest = entry; else list.newest.newer = entry; list.newest = entry; };
const replace = () => { const previous = store.active; const use = () => previous; store.active = { text: text(), method() { return 1; } }; };
const wrap = (before) => { const own = text(); return function wrapped() { return [before, own]; }; };
globalThis.add = (times) => {
  for (let at = 0; at < times; at += 1) {
    store.lines = new Line(store.lines);
    addJob(store.jobs);
    addEntry(store.entries);
    replace();
    store.handler = wrap(store.handler);
    for (const key of ['a', 'b']) store.notes.set(key, new Note(store.notes.get(key)));
    const own = text();
    setInterval(() => own, 7e5).unref();
  }
  for (let at = 0; at < 20; at += 1) store.shrinks = store.shrinks.next;
};
`;

const OF_NODE = '"system / Context"';

describe.each([
  { by: 'id' as const, added: [40, 30, 50], contexts: OF_NODE },
  { by: 'id' as const, added: [60, 45], contexts: OF_NODE },
  { by: 'way' as const, added: [40, 30, 50], contexts: OF_NODE },
  { by: 'way' as const, added: [60, 45], contexts: OF_NODE },
  // As Chromium 156 calls them, by the row of their scope.
  { by: 'way' as const, added: [60, 45], contexts: '"system / Context / scope @17"' },
])(
  'of a program that adds $added links to each, matched by $by, with contexts called $contexts',
  (variant) => {
    const { by, added, contexts } = variant;
    let accumulation: Accumulation;
    const sums = added.map((_, at) => added.slice(0, at + 1).reduce((sum, count) => sum + count, 0));
    const total = sums.at(-1) ?? 0;
    const gainedLinks = total - (sums[0] ?? 0);
    const of = (key: string): AccumulationPoint => {
      const found = accumulation.points.filter((one) => one.key.includes(key));
      expect(found.map((one) => one.key)).toHaveLength(1);
      const [point] = found;
      if (point === undefined) throw new Error(`no ${key}`);
      return point;
    };
    beforeAll(async () => {
      const oneLine = PROGRAM.replaceAll('\n', ' ');
      const snapshots = realSnapshots(added.map((times, at) => `${at === 0 ? oneLine : ''};add(${times})`));
      const named = snapshots.map((bytes) =>
        Buffer.from(Buffer.from(bytes).toString('latin1').replace(OF_NODE, contexts), 'latin1'),
      );
      const heaps = await Promise.all(named.map((bytes) => readSnapshot(chunked(bytes, 65_536))));
      const [first] = heaps;
      const last = heaps.at(-1);
      let growing: GrowingContainers | null = null;
      for (const heap of heaps) growing = heap.growingContainers(growing, by);
      if (first === undefined || last === undefined || growing === null) throw new Error('no heaps');
      accumulation = last.accumulationSince(first, growing);
    }, 60_000);

    test.each([
      ['a stack, held at its newest', '.lines Line', 1],
      ['a queue, held at both ends, with one link', '.jobs .first Job', 1],
      ['a list of links in both directions, held at both ends', '.entries .newest Entry', 1],
      ['values whose context keeps the one before', '.active Object', 1],
      ['functions that wrap the one before', '.handler (closure)', 1],
      ['two chains in one Map', '.notes [*] Note', 2],
    ])('%s', (_, key, chainsInIt) => {
      const point = of(key);
      expect(point.entriesByFile).toEqual(sums.map((count) => count * chainsInIt));
      expect(point.containers).toBe(1);
      expect(point.chain?.members).toHaveLength(total * chainsInIt);
      expect(new Set(point.chain?.members).size).toBe(total * chainsInIt);
      // The ends are the place itself; what was an end before and is none now stays with nobody.
      expect(point.bytes).toBeGreaterThanOrEqual((gainedLinks - 1) * chainsInIt * TEXT_BYTES);
      expect(point.bytes).toBeLessThan(gainedLinks * chainsInIt * (TEXT_BYTES + 400));
    });

    test('armed timers of one duration', () => {
      const point = of('Timeout');
      expect(point.entriesByFile).toEqual(sums);
      expect(point.bytes).toBeGreaterThanOrEqual(gainedLinks * TEXT_BYTES);
      expect(point.bytes).toBeLessThan(gainedLinks * (TEXT_BYTES + 600));
    });

    test('each once, and hardly anything is left to nobody', () => {
      expect(accumulation.points.filter(({ bytes }) => bytes > gainedLinks * 1000)).toHaveLength(7);
      expect(accumulation.points.reduce((sum, { share }) => sum + share, 0)).toBeGreaterThan(0.97);
    });

    test('what stays as long, or becomes shorter, is none', () => {
      expect(accumulation.points.filter(({ key }) => /stays|shrinks/.test(key))).toEqual([]);
    });
  },
);
