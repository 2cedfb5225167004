import type { HeapSummary } from '../../src/report/heap-summary.ts';
import type { HeapTile } from '../../src/report/schema.ts';

const MB = 1_000_000;

/** A server of 80 MB: sessions that keep messages, a cache, a large text, and the rest. */
export function heapSummary(name = (words: string): string => words): HeapSummary {
  let lastId = 100;
  const tile = (
    steps: readonly (readonly [as: string | null, name: string, type?: string])[],
    retained: number,
    tiles: readonly HeapTile[] = [],
  ): HeapTile => ({
    steps: steps.map(([as, words, type = 'object']) => ({
      id: (lastId += 2),
      count: 1,
      type,
      name: name(words),
      as: as === null ? null : name(as),
    })),
    retainedBytes: retained * MB,
    selfBytes: (retained - tiles.reduce((sum, { retainedBytes }) => sum + retainedBytes / MB, 0)) * MB,
    tiles,
  });
  const tiles = [
    tile(
      [
        ['sessions', 'Map'],
        [null, '', 'array'],
      ],
      46,
      [12, 9, 7, 5, 4, 3, 2].map((size) =>
        tile(
          [
            [null, 'Session'],
            ['history', 'Array'],
            [null, '', 'array'],
          ],
          size,
          size < 9
            ? []
            : [tile([[null, '(string)', 'string']], 2), tile([[null, '(string)', 'string']], 1.5)],
        ),
      ),
    ),
    tile([['routeCache', 'Map']], 12, [tile([[null, 'Route']], 5), tile([[null, 'Route']], 4)]),
    tile([['compile', 'compile', 'closure']], 7),
    tile([[null, 'ArrayBuffer', 'native']], 6),
    tile([[null, '(string)', 'string']], 3),
  ];
  return {
    schema: 'leakline/heap-summary@1',
    file: name('Heap.20261126.heapsnapshot'),
    nodes: 1_204_311,
    edges: 5_003_210,
    selfBytes: 80 * MB,
    unretained: { nodes: 2_103, selfBytes: 0.4 * MB },
    classCount: 812,
    classes: [
      { name: name('(string)'), count: 410_000, selfBytes: 31 * MB, retainedBytes: 31 * MB },
      { name: name('Session'), count: 7, selfBytes: 560, retainedBytes: 42 * MB },
    ],
    largest: [
      { id: 102, type: 'object', name: name('Map'), selfBytes: 40, retainedBytes: 46 * MB },
      { id: 130, type: 'string', name: 'password=hunter2', selfBytes: 3 * MB, retainedBytes: 3 * MB },
    ],
    tree: { retainedBytes: 79.6 * MB, tiles },
  };
}
