import { expect, test } from 'vitest';
import { readSnapshot } from '../../src/heap/index.ts';
import type { HeapTree } from '../../src/report/schema.ts';
import { heapTree } from '../../src/session/heap-tiles.ts';
import { bytesOf, chunked, type DrawnNode, snapshotJson } from '../heap/snapshots.ts';

/** A root, a holder of so many links, each of which holds the next, and the last of them nothing. */
async function treeOfList(links: number, nameOf: (link: number) => string): Promise<HeapTree> {
  const nodes: DrawnNode[] = [
    { type: 'synthetic', selfBytes: 0, edges: [{ to: 1, name: 'queue' }] },
    { type: 'object', name: 'Queue', selfBytes: 8, edges: [{ to: 2, name: 'head' }] },
    ...Array.from({ length: links }, (_, link) => ({
      type: 'object',
      name: nameOf(link),
      selfBytes: 1,
      edges: link === links - 1 ? [] : [{ to: link + 3, name: 'next' }],
    })),
  ];
  return heapTree(await readSnapshot(chunked(bytesOf(snapshotJson(nodes)), 1000)));
}

test('the links of a list are one step with their number, and all that they are is counted', async () => {
  const { retainedBytes, tiles } = await treeOfList(500, () => 'Link');
  expect(retainedBytes).toBe(508);
  const [tile] = tiles;
  expect(tile?.steps.map(({ as, name, count }) => `${as}: ${name} ${count}`)).toEqual([
    'queue: Queue 1',
    'head: Link 1',
    // Of 20 bytes 19 are nearly all, of 19 bytes 18 are not.
    'next: Link 481',
  ]);
  expect(tile?.selfBytes).toBe(8 + 482);
  expect(tile?.tiles.map((one) => one.retainedBytes)).toEqual([18]);
});

test('of a list whose links take turns in what they are called the first and the last are told', async () => {
  const { tiles } = await treeOfList(500, (link) => (link % 2 === 0 ? 'Link' : 'Entry'));
  const names = tiles[0]?.steps.map(({ name }) => name) ?? [];
  expect(names).toHaveLength(12);
  expect(names.slice(0, 3)).toEqual(['Queue', 'Link', 'Entry']);
  expect(tiles[0]?.selfBytes).toBe(8 + 482);
});
