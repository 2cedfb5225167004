import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { renderHeap } from '../../src/present/text/heap-text.ts';
import { type HeapQuestion, readHeap } from '../../src/session/read-heap.ts';
import { bytesOf, snapshotJson } from './snapshots.ts';

const directory = mkdtempSync(join(tmpdir(), 'leakline-heap-'));
afterAll(() => rmSync(directory, { recursive: true }));

const bytes = bytesOf(
  snapshotJson([
    { name: '(root)', type: 'synthetic', selfBytes: 0, edges: [{ to: 1 }, { to: 4, type: 'weak' }] },
    { name: 'Cache', selfBytes: 40, edges: [{ to: 2 }, { to: 3 }] },
    { name: 'Entry', selfBytes: 2000 },
    { name: 'Entry\u001b[31m', type: 'string', selfBytes: 500 },
    { name: 'Entry', selfBytes: 60 },
  ]),
);

test('a named pipe is read like a file, opened once', async () => {
  const file = written('plain', bytes);
  const pipe = join(directory, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const writer = spawn('sh', ['-c', 'cat "$0" > "$1"', file, pipe]);
  const code = new Promise((resolve) => writer.once('exit', resolve));
  expect(await readHeap(pipe)).toMatchObject({ nodes: 5, edges: 4 });
  expect(await code).toBe(0);
});

test('a snapshot is shown by class and by what keeps the most alive', async () => {
  const summary = await readHeap(written('plain', bytes));
  const text = renderHeap(
    { ...summary, file: 'x.heapsnapshot' },
    { color: false, unicode: true, columns: 80 },
  );
  expect(text).toMatchInlineSnapshot(`
    "leakline · x.heapsnapshot
    5 nodes · 4 edges · 2.60 KB
    of these nodes, kept by nothing or only weakly: 1 (60 B)

          count      self   share  retained  class (all)
              2   2.06 KB  79.2 %   2.00 KB  Entry
              1     500 B  19.2 %     500 B  (string)
              1      40 B   1.5 %   2.54 KB  Cache
              1       0 B     0 %   2.54 KB  (synthetic)

       retained      self   share  node (largest 3; one may be inside another)
        2.54 KB      40 B  97.7 %  Cache  object @3
        2.00 KB   2.00 KB  76.9 %  Entry  object @5
          500 B     500 B  19.2 %  Entry\\x1b[31m  string @7
    "
  `);
});

test('a class is shown with who holds its instances, a node with the way to it, strings with their holder', async () => {
  const file = written('asked', bytes);
  const shown = async (question: HeapQuestion): Promise<string> => {
    const answer = await readHeap(file, question);
    return renderHeap({ ...answer, file: 'x' }, { color: false, unicode: true, columns: 80 });
  };
  expect(await shown({ class: 'Entry' })).toMatchInlineSnapshot(`
    "leakline · x

    Entry: 2 instances, 2.06 KB themselves, 2.00 KB retained

          count                    held by (on the shortest way)
              1                    Cache.p

       retained      self          instance (largest 2)
        2.00 KB   2.00 KB          Entry  object @5
            0 B      60 B          Entry  object @9
    "
  `);
  expect(await shown({ path: '@5' })).toMatchInlineSnapshot(`
    "leakline · x

       retained      self          way to Entry  object @5
        2.54 KB      40 B          p  property  Cache  object @3
        2.00 KB   2.00 KB          p  property  Entry  object @5
    "
  `);
  expect(await shown({ path: 'Entry' })).toMatchInlineSnapshot(`
    "leakline · x

    2 nodes of Entry: the ways to those that retain most

       retained      self          way to Entry  object @5
        2.54 KB      40 B          p  property  Cache  object @3
        2.00 KB   2.00 KB          p  property  Entry  object @5

       retained      self          way to Entry  object @9
      nothing keeps it alive, or only weak edges lead to it
    "
  `);
  expect(await shown({ strings: true })).toMatchInlineSnapshot(`
    "leakline · x

          count      self          text (largest 1, those of one text together)
              1     500 B          "Entry\\\\x1b[31m"  Cache.p
    "
  `);
  await expect(readHeap(file, { path: '@4' })).rejects.toThrow(/There is no node @4 in/);
  await expect(readHeap(file, { class: 'None' })).rejects.toMatchObject({ code: 'USAGE' });
});

test('of a way of a hundred steps the text has both ends and says how many are between', async () => {
  const chain = Array.from({ length: 101 }, (_, at) => ({
    name: `Link${at}`,
    edges: at < 100 ? [{ to: at + 1, name: 'next' }] : [],
  }));
  const answer = await readHeap(written('chain', bytesOf(snapshotJson(chain))), { path: 'Link100' });
  const text = renderHeap(answer, { color: false, unicode: true, columns: 80 });
  const named = [...text.matchAll(/ {2}property {2}Link(\d+) /g)].map((match) => Number(match[1]));
  expect(named).toEqual([...range(1, 20), ...range(81, 100)]);
  expect(text).toContain('(60 more steps; --json has them)');
  expect('paths' in answer && answer.paths[0]?.steps?.length).toBe(100);
});

test('what is read is told in bytes, and of how many where the file tells', async () => {
  const told: unknown[] = [];
  const onProgress = (...progress: unknown[]): void => void told.push(progress);
  await readHeap(written('plain', bytes), {}, { onProgress });
  await readHeap(written('packed', gzipSync(bytes)), {}, { onProgress });
  expect(told).toEqual([
    [bytes.length, bytes.length],
    [bytes.length, null],
  ]);
});

test('gzip is known by its first bytes and gives the same', async () => {
  const plain = await readHeap(written('a', bytes));
  expect(await readHeap(written('b', gzipSync(bytes)))).toEqual({ ...plain, file: join(directory, 'b') });
});

test('what can not be read names the file, the reason and the byte', async () => {
  const packed = gzipSync(bytes);
  await expect(readHeap(written('cut', bytes.subarray(0, 100)))).rejects.toThrow(
    /cut can't be read as a heap snapshot: it ends before the snapshot does \(at byte 100\)/,
  );
  await expect(readHeap(written('cut.gz', packed.subarray(0, 100)))).rejects.toThrow(
    /unexpected end of file/,
  );
  await expect(readHeap(written('empty', new Uint8Array(0)))).rejects.toThrow(/it is empty/);
  await expect(readHeap(join(directory, 'none'))).rejects.toMatchObject({
    code: 'SNAPSHOT_UNREADABLE',
    facts: { offset: null },
  });
  await expect(readHeap(directory)).rejects.toMatchObject({ code: 'SNAPSHOT_UNREADABLE' });
});

function written(name: string, content: Uint8Array): string {
  const file = join(directory, name);
  writeFileSync(file, content);
  return file;
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, at) => first + at);
}

test('the tree for a page has who keeps most, by the name that holds it, and neither texts nor keys', async () => {
  const file = written(
    'tree',
    bytesOf(
      snapshotJson([
        { name: '(root)', type: 'synthetic', selfBytes: 0, edges: [{ to: 1 }] },
        {
          name: '(GC roots)',
          type: 'synthetic',
          selfBytes: 0,
          edges: [
            { to: 2, name: 'sessions' },
            { to: 5, name: 'a@b.example' },
          ],
        },
        { name: 'Map', selfBytes: 40, edges: [{ to: 3, type: 'internal', name: 'table' }] },
        { name: 'table', type: 'hidden', selfBytes: 60, edges: [{ to: 4 }, { to: 6 }] },
        { name: 'secret', type: 'string', selfBytes: 9000 },
        { name: 'Mail', selfBytes: 700 },
        { name: 'Session', selfBytes: 900 },
      ]),
    ),
  );
  const summary = await readHeap(file, { tree: true });
  if (summary.schema !== 'leakline/heap-summary@1') throw new Error('no summary');
  expect(summary.tree).toEqual({
    retainedBytes: 10_700,
    tiles: [
      {
        steps: [
          { id: 5, count: 1, type: 'object', name: 'Map', as: 'sessions' },
          { id: 7, count: 1, type: 'hidden', name: 'table', as: null },
        ],
        retainedBytes: 10_000,
        selfBytes: 100,
        tiles: [
          {
            steps: [{ id: 9, count: 1, type: 'string', name: '(string)', as: 'p' }],
            retainedBytes: 9000,
            selfBytes: 9000,
            tiles: [],
          },
          {
            steps: [{ id: 13, count: 1, type: 'object', name: 'Session', as: 'p' }],
            retainedBytes: 900,
            selfBytes: 900,
            tiles: [],
          },
        ],
      },
      {
        steps: [{ id: 11, count: 1, type: 'object', name: 'Mail', as: null }],
        retainedBytes: 700,
        selfBytes: 700,
        tiles: [],
      },
    ],
  });
  // The names of what holds cost a walk that the summary alone does without.
  expect(await readHeap(file)).toMatchObject({ tree: null });
});
