import type { HeapAnswer, HeapFinding, HeapHolder, HeapSummary } from '../../src/report/heap-summary.ts';
import type { HeapTile } from '../../src/report/schema.ts';
import { sessionsFinding } from './reports.ts';

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
    detached: [{ name: name('<li>'), count: 340, selfBytes: 340 * 96, retainedBytes: 2 * MB }],
    unusedVariables: {
      count: 5,
      contexts: 4,
      releasedBytes: 9 * MB,
      largest: [
        {
          name: name('request'),
          function: name('onRequest'),
          script: name('http://localhost/app.js'),
          position: { line: 12, column: 3, isWithin: false },
          contexts: 3,
          releasedBytes: 8 * MB,
          largest: {
            contextId: 140,
            value: {
              id: 142,
              type: 'string',
              name: 'password=hunter2',
              selfBytes: 3 * MB,
              retainedBytes: 3 * MB,
            },
          },
        },
        {
          name: name('buffer'),
          function: null,
          script: null,
          position: { line: 2, column: 9, isWithin: true },
          contexts: 1,
          releasedBytes: MB,
          largest: {
            contextId: 144,
            value: {
              id: 146,
              type: 'object',
              name: name('Uint8Array'),
              selfBytes: 80,
              retainedBytes: MB,
            },
          },
        },
      ],
    },
  };
}

/** One answer of each kind that `leakline heap` gives. */
export function heapAnswers(): readonly HeapAnswer[] {
  const file = 'Heap.20261126.heapsnapshot';
  const map: HeapHolder = { id: 102, type: 'object', name: 'Map', selfBytes: 40, retainedBytes: 46 * MB };
  const steps = [
    { edge: { type: 'property', name: 'sessions' }, node: map },
    { edge: { type: 'element', name: 3 }, node: { ...map, id: 104, name: 'Session' } },
  ];
  const heldBy = { className: 'Map', edge: 'table', count: 7 };
  return [
    heapSummary(),
    {
      schema: 'leakline/heap-path@1',
      file,
      asked: 'Map',
      count: 2,
      paths: [
        { node: map, alike: 4, steps },
        { node: map, alike: 0, steps: null },
      ],
    },
    {
      schema: 'leakline/heap-class@1',
      file,
      name: 'Session',
      count: 7,
      selfBytes: 560,
      retainedBytes: 42 * MB,
      instances: [map],
      heldBy: [heldBy],
    },
    {
      schema: 'leakline/heap-strings@1',
      file,
      strings: [
        { text: 'a text', count: 7, selfBytes: 560, heldBy },
        { text: 'another', count: 1, selfBytes: 80, heldBy: null },
      ],
    },
    {
      schema: 'leakline/heap-growth@1',
      files: [file, 'Heap.20261127.heapsnapshot', 'Heap.20261128.heapsnapshot'],
      nodes: [1_204_311, 1_300_000, 1_400_000],
      selfBytes: [80 * MB, 90 * MB, 100 * MB],
      matchedBy: 'id',
      sharedNodes: 12,
      shapes: [{ name: '{ id, request }', counts: [5, 9, 14], selfBytes: [5 * 56, 9 * 56, 14 * 56] }],
      classes: [
        {
          name: 'Session',
          counts: [7, 14, 21],
          selfBytes: [560, 1120, 1680],
          isSteady: true,
          newCount: 14,
          newBytes: 1120,
        },
      ],
      grownBytes: 20 * MB,
      restBytes: 4 * MB,
      findings: [heapFinding()],
      heldBack: [{ key: 'routeCache', addedByStep: [1, 2], bytes: 4_000, share: 0.01 }],
      notes: ['The scripts of the last file are not known.'],
      points: [{ node: map, retainedBytesBefore: 26 * MB, path: steps }],
    },
  ];
}

function heapFinding(): HeapFinding {
  const { retained, grows, ...finding } = sessionsFinding();
  return {
    ...finding,
    retained: { ...retained, growthPerSecond: null, bytesPerSecond: null },
    grows: grows === null ? null : { ...grows, perSecondInEach: null },
    growth: {
      entriesByFile: [7, 14, 21],
      addedByStep: [7, 7],
      bytes: 8 * MB,
      share: 0.4,
      containers: 1,
      id: 102,
      with: [{ key: 'sessions[*].history', addedByStep: [40, 50], bytes: 7 * MB, share: 0.35 }],
    },
  };
}
