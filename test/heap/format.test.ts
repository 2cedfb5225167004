import * as fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { LeaklineError } from '../../src/core/errors.ts';
import { selfBytesOf, type SnapshotColumns } from '../../src/heap/columns.ts';
import { readColumns } from '../../src/heap/format.ts';
import { readSnapshot } from '../../src/heap/index.ts';
import { bytesOf, chunked, realSnapshot, snapshotJson, type SnapshotJson } from './snapshots.ts';

const PLANTED = 1234;
let real: Buffer;
beforeAll(() => {
  real = realSnapshot(`
    class Planted { constructor(at) { this.text = 'grüße \\u{1f600} "' + at; } }
    globalThis.kept = Array.from({ length: ${PLANTED} }, (_, at) => new Planted(at));
  `);
}, 60_000);

describe('a snapshot of this Node', () => {
  test('is read as JSON.parse reads it, wherever the chunks are cut', async () => {
    const parsed = JSON.parse(real.toString('utf8')) as SnapshotJson;
    for (const chunkBytes of [real.length, 65_536, 4093, 61]) {
      expectEqual(await readColumns(chunked(real, chunkBytes)), parsed);
    }
  }, 60_000);

  test('has as many instances of a class as the program made', async () => {
    const classes = (await readSnapshot(chunked(real, 65_536))).classes();
    expect(classes.find(({ name }) => name === 'Planted')?.count).toBe(PLANTED);
  });

  test('cut off at any fiftieth is a typed error with the byte it ends at', async () => {
    for (let part = 0; part < 50; part += 1) {
      const bytes = real.subarray(0, Math.floor((real.length * part) / 50));
      const error = await failure(bytes, 65_536);
      expect(error.facts.offset, `${part}/50`).toBe(bytes.length);
    }
  }, 60_000);
});

describe('a small snapshot', () => {
  const awkward = ['', '"\\/\b\f\n\r\t', 'grüße', '\ufeffmark', '😀', '\ud800', '\u2028', '[1,2,{]}'];
  const small = snapshotJson([
    { name: '(root)', edges: awkward.map((name, at) => ({ to: at + 1, name })) },
    ...awkward.map((name) => ({ name, selfBytes: 2 ** 33 + 1 })),
  ]);

  test('is the same at every chunk size', async () => {
    const escaped = JSON.stringify(small).replace('😀', '\\ud83d\\ude00');
    for (const bytes of [bytesOf(small), bytesOf(escaped), bytesOf(JSON.stringify(small, null, 2))]) {
      for (let size = 1; size <= bytes.length; size += size < 16 ? 1 : 97) {
        expectEqual(await readColumns(chunked(bytes, size)), small);
      }
    }
  });

  test('keeps what it has to say among sections nobody asked for', async () => {
    const { snapshot, ...rest } = small;
    const other = { a: [{ nodes: ['"]}', 1] }], b: 'x"}', c: -1.5e3, d: null, e: {}, f: [] };
    for (const size of [1, 7, 4096]) {
      const bytes = bytesOf({ ...other, snapshot, g: true, ...rest, h: [[]] });
      expectEqual(await readColumns(chunked(bytes, size)), small);
    }
  });

  test('cut off anywhere is a typed error', async () => {
    const bytes = bytesOf(small);
    for (let length = 0; length < bytes.length; length += 1) {
      expect((await failure(bytes.subarray(0, length), 64)).facts.offset).toBe(length);
    }
  });

  test('changed anywhere is a snapshot that can be walked, or a typed error', async () => {
    const bytes = bytesOf(small);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 200 }),
        async (changes, size) => {
          const mutant = bytes.slice();
          for (const [at, byte] of changes) mutant[at] = byte;
          try {
            (await readSnapshot(chunked(mutant, size))).classes();
          } catch (error) {
            expect(error).toBeInstanceOf(LeaklineError);
          }
        },
      ),
      { seed: 6, numRuns: 2000 },
    );
  });
});

describe('what is no snapshot says why and where', () => {
  const base = snapshotJson([{ edges: [{ to: 1 }] }, {}]);
  const { nodes, edges, snapshot } = base;
  const meta = { ...snapshot.meta, node_fields: ['type'] };
  const cases: [string, unknown, RegExp][] = [
    ['an empty file', '', /is empty \(at byte 0\)/],
    ['another format', '\u007fELF', /does not begin as JSON does \(at byte 0\)/],
    ['JSON of something else', { a: 1 }, /has no "snapshot"/],
    [
      'nodes before their description',
      { nodes, snapshot, edges, strings: base.strings },
      /"nodes" comes before "snapshot"/,
    ],
    ['rows without a field', { ...base, snapshot: { ...snapshot, meta } }, /no field "name"/],
    ['a huge count', { ...base, snapshot: { ...snapshot, node_count: 4e9 } }, /2 of 4000000000 nodes/],
    ['too many nodes', { ...base, nodes: [...nodes, ...nodes] }, /more than 2 nodes/],
    ['too few nodes', { ...base, nodes: nodes.slice(0, 6) }, /1 of 2 nodes/],
    ['half a row', { ...base, nodes: nodes.slice(0, 8) }, /lacks fields/],
    ['an edge into nothing', { ...base, edges: [12, ...edges.slice(1)] }, /leads to no node/],
    ['an edge into the middle of a node', { ...base, edges: [3, ...edges.slice(1)] }, /leads to no node/],
    ['a negative number', { ...base, edges: [-6, ...edges.slice(1)] }, /"-" stands among whole numbers/],
    ['a name that is not there', { ...base, strings: ['n0'] }, /a name is string 2, and there are 1/],
    ['a missing number', JSON.stringify(base).replace('"nodes":[', '"nodes":[,'), /a number is missing/],
    ['text after the end', `${JSON.stringify(base)} x`, /"x" stands where it can't/],
    ['a section twice', `${JSON.stringify(base).slice(0, -1)},"strings":[]}`, /has "strings" twice/],
  ];
  test.each(cases)('%s', async (_, document, message) => {
    expect((await failure(bytesOf(document), 5)).message).toMatch(message);
  });
});

async function failure(bytes: Uint8Array, chunkBytes: number): Promise<LeaklineError<'SNAPSHOT_UNREADABLE'>> {
  try {
    await readColumns(chunked(bytes, chunkBytes));
  } catch (error) {
    expect(error).toBeInstanceOf(LeaklineError);
    expect((error as LeaklineError).code).toBe('SNAPSHOT_UNREADABLE');
    return error as LeaklineError<'SNAPSHOT_UNREADABLE'>;
  }
  throw new Error('it was read');
}

/** Compared by columns: a matcher that walks a million numbers one by one takes seconds. */
function expectEqual(columns: SnapshotColumns, { snapshot, nodes, edges, strings }: SnapshotJson): void {
  const { node_fields, edge_fields } = snapshot.meta;
  const column = (rows: number[], fields: string[], name: string): number[] =>
    rows.filter((_, at) => at % fields.length === fields.indexOf(name));
  const same = (read: ArrayLike<unknown>, expected: ArrayLike<unknown>): boolean =>
    read.length === expected.length && Array.prototype.every.call(read, (one, at) => one === expected[at]);
  expect({
    nodeCount: columns.nodeCount,
    edgeCount: columns.edgeCount,
    type: same(columns.nodeType, column(nodes, node_fields, 'type')),
    name: same(columns.nodeName, column(nodes, node_fields, 'name')),
    id: same(columns.nodeId, column(nodes, node_fields, 'id')),
    self: same(
      Array.from({ length: columns.nodeCount }, (_, node) => selfBytesOf(columns, node)),
      column(nodes, node_fields, 'self_size'),
    ),
    edges: same(
      Array.from(
        { length: columns.nodeCount },
        (_, node) => columns.firstEdge[node + 1] - columns.firstEdge[node],
      ),
      column(nodes, node_fields, 'edge_count'),
    ),
    edgeType: same(columns.edgeType, column(edges, edge_fields, 'type')),
    edgeName: same(columns.edgeNameOrIndex, column(edges, edge_fields, 'name_or_index')),
    edgeTo: same(
      columns.edgeTo,
      column(edges, edge_fields, 'to_node').map((to) => to / node_fields.length),
    ),
    strings: same(
      Array.from({ length: columns.strings.count }, (_, at) => columns.strings.at(at)),
      strings,
    ),
  }).toEqual({
    nodeCount: snapshot.node_count,
    edgeCount: snapshot.edge_count,
    type: true,
    name: true,
    id: true,
    self: true,
    edges: true,
    edgeType: true,
    edgeName: true,
    edgeTo: true,
    strings: true,
  });
}
