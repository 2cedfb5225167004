import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SnapshotColumns } from '../../src/heap/columns.ts';
import { readColumns } from '../../src/heap/format.ts';
import { type NodeOrdinal, readSnapshot } from '../../src/heap/index.ts';
import { LeaklineError } from '../../src/core/errors.ts';
import { bytesOf, chunked } from './snapshots.ts';

// One heap, written down as different programs do: what a row holds is the file's own business (`snapshot.meta`). The metas are
// those of real files of the versions they are named after.

type Meta = {
  readonly node: readonly string[];
  readonly edge?: readonly string[];
  readonly location?: readonly string[] | null;
  readonly nodeTypes?: readonly string[];
  readonly edgeTypes?: readonly string[];
};

const NODE_TYPES =
  'hidden,array,string,object,code,closure,regexp,number,native,synthetic,concatenated string,sliced string,symbol,bigint'.split(
    ',',
  );
const EDGE_TYPES = ['context', 'element', 'property', 'internal', 'hidden', 'shortcut', 'weak'];
const COMMON = ['type', 'name', 'id', 'self_size', 'edge_count'];

const METAS: Readonly<Record<string, Meta>> = {
  'Chrome 60, without source positions': { node: [...COMMON, 'trace_node_id'], location: null },
  'Node 12': { node: [...COMMON, 'trace_node_id'] },
  'Node 18, Electron 20': { node: [...COMMON, 'trace_node_id', 'detachedness'] },
  'Node 22': { node: [...COMMON, 'detachedness'], nodeTypes: [...NODE_TYPES, 'object shape'] },
  'Chrome 150, Edge 150, Deno 2.9': {
    node: [...COMMON, 'detachedness'],
    nodeTypes: [...NODE_TYPES, 'object shape'],
    location: ['object_index', 'script_id', 'script_object_index', 'line', 'column'],
  },
  'Bun 1.4': {
    node: [...COMMON, 'trace_node_id', 'detachedness'],
    nodeTypes: [...NODE_TYPES, 'object shape'],
  },
  'nobody yet: types in another order, fields between': {
    node: ['edge_count', 'color', 'self_size', 'detachedness', 'id', 'type', 'name'],
    edge: ['to_node', 'name_or_index', 'weight', 'type'],
    nodeTypes: ['plasma', ...[...NODE_TYPES].reverse()],
    edgeTypes: ['plasma', ...[...EDGE_TYPES].reverse()],
    location: ['column', 'line', 'object_index', 'origin', 'script_id'],
  },
};

const NODES = [
  { type: 'synthetic', name: '', id: 1, self_size: 0, edge_count: 2, detachedness: 0 },
  { type: 'object', name: 'Window', id: 3, self_size: 24, edge_count: 2, detachedness: 0 },
  { type: 'native', name: '<li>', id: 8, self_size: 104, edge_count: 0, detachedness: 2 },
  { type: 'closure', name: 'onClick', id: 5, self_size: 64, edge_count: 1, detachedness: 0 },
  { type: 'string', name: 'grüße', id: 7, self_size: 32, edge_count: 0, detachedness: 0 },
];
const EDGES = [
  { type: 'element', name_or_index: 1, to: 1 },
  { type: 'weak', name_or_index: 'wrapper', to: 2 },
  { type: 'property', name_or_index: 'element', to: 2 },
  { type: 'property', name_or_index: 'onClick', to: 3 },
  { type: 'context', name_or_index: 'text', to: 4 },
];
const LOCATIONS = [{ object: 3, script_id: 17, line: 4, column: 9 }];

function written({ node, edge, location, nodeTypes, edgeTypes }: Meta): Record<string, unknown> {
  const types = { node: nodeTypes ?? NODE_TYPES, edge: edgeTypes ?? EDGE_TYPES };
  const edgeFields = edge ?? ['type', 'name_or_index', 'to_node'];
  const locationFields = location === undefined ? ['object_index', 'script_id', 'line', 'column'] : location;
  const strings: string[] = [];
  const nameOf = (text: string): number => {
    if (!strings.includes(text)) strings.push(text);
    return strings.indexOf(text);
  };
  const typesOf = (fields: readonly string[], names: readonly string[]): unknown[] =>
    fields.map((field) => (field === 'type' ? names : 'number'));
  return {
    snapshot: {
      meta: {
        node_fields: node,
        node_types: typesOf(node, types.node),
        edge_fields: edgeFields,
        edge_types: typesOf(edgeFields, types.edge),
        trace_function_info_fields: ['function_id', 'name', 'script_name', 'script_id', 'line', 'column'],
        ...(locationFields !== null && { location_fields: locationFields }),
      },
      node_count: NODES.length,
      edge_count: EDGES.length,
      trace_function_count: 0,
      extra_native_bytes: 0,
    },
    nodes: NODES.flatMap((row) =>
      node.map((field) => {
        if (field === 'type') return types.node.indexOf(row.type);
        if (field === 'name') return nameOf(row.name);
        return (row as Record<string, unknown>)[field] ?? 99;
      }),
    ),
    edges: EDGES.flatMap((row) =>
      edgeFields.map((field) => {
        if (field === 'type') return types.edge.indexOf(row.type);
        if (field === 'to_node') return row.to * node.length;
        if (field !== 'name_or_index') return 99;
        return typeof row.name_or_index === 'string' ? nameOf(row.name_or_index) : row.name_or_index;
      }),
    ),
    trace_function_infos: [],
    trace_tree: [],
    samples: [],
    ...(locationFields !== null && {
      locations: LOCATIONS.flatMap((row) =>
        locationFields.map((field) =>
          field === 'object_index'
            ? row.object * node.length
            : ((row as Record<string, unknown>)[field] ?? 99),
        ),
      ),
    }),
    strings,
  };
}

/** The graph by names, as a person would tell it. */
function told(columns: SnapshotColumns): unknown {
  const { strings, nodeTypes, edgeTypes, firstEdge, locations } = columns;
  return {
    nodes: Array.from(columns.nodeId, (id, node) => ({
      id,
      name: strings.at(columns.nodeName[node]),
      type: nodeTypes[columns.nodeType[node]],
      selfBytes: columns.nodeSelfBytes[node],
      edges: Array.from(columns.edgeTo.subarray(firstEdge[node], firstEdge[node + 1]), (to, index) => {
        const edge = firstEdge[node] + index;
        const type = edgeTypes[columns.edgeType[edge]];
        const name = columns.edgeNameOrIndex[edge];
        return { to, type, name: type === 'element' ? name : strings.at(name) };
      }),
    })),
    locations: Array.from({ length: locations.count }, (_, at) => [
      locations.node[at],
      locations.scriptId[at],
      locations.line[at],
      locations.column[at],
    ]),
  };
}

const reference = told(await readColumns(chunked(bytesOf(written(METAS['Node 12'])), 64)));

describe.each(Object.entries(METAS))('a file as of %s', (_, meta) => {
  test('is the same heap', async () => {
    const columns = await readColumns(chunked(bytesOf(written(meta)), 7));
    const expected =
      meta.location === null ? { ...(reference as Record<string, unknown>), locations: [] } : reference;
    expect(told(columns)).toEqual(expected);
    expect(columns.nodeDetachedness === null ? null : [...columns.nodeDetachedness]).toEqual(
      meta.node.includes('detachedness') ? [0, 0, 2, 0, 0] : null,
    );
  });
  test('has the same dominators, without what is held weakly alone', async () => {
    const heap = await readSnapshot(chunked(bytesOf(written(meta)), 4096));
    const retained = NODES.map((_, node) => heap.retainedBytes(node as NodeOrdinal));
    expect(retained).toEqual([224, 224, 104, 96, 32]);
  });
});

test('the reference is what was drawn', () => {
  expect(reference).toEqual({
    nodes: NODES.map(({ id, name, type, self_size }, node) => ({
      id,
      name,
      type,
      selfBytes: self_size,
      edges: EDGES.slice(firstOf(node), firstOf(node + 1)).map((edge) => ({
        to: edge.to,
        type: edge.type,
        name: edge.name_or_index,
      })),
    })),
    locations: [[3, 17, 4, 9]],
  });
});

function firstOf(node: number): number {
  return NODES.slice(0, node).reduce((sum, { edge_count }) => sum + edge_count, 0);
}

test('the fields stand in any order, with any others between', async () => {
  const others = fc.array(fc.constantFrom('color', 'trace_node_id', 'age', 'x'), { maxLength: 3 });
  const orderOf = (fields: readonly string[]): fc.Arbitrary<string[]> =>
    others.chain((more) =>
      fc.shuffledSubarray([...fields, ...more], { minLength: fields.length + more.length }),
    );
  await fc.assert(
    fc.asyncProperty(
      orderOf([...COMMON, 'detachedness']),
      orderOf(['type', 'name_or_index', 'to_node']),
      orderOf(['object_index', 'script_id', 'line', 'column']),
      async (node, edge, location) => {
        const bytes = bytesOf(written({ node, edge, location }));
        expect(told(await readColumns(chunked(bytes, 64)))).toEqual(reference);
      },
    ),
  );
});

describe('what cannot be read says so', () => {
  const failure = async (document: unknown): Promise<string> => {
    const error: unknown = await readColumns(chunked(bytesOf(document), 64)).catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(LeaklineError);
    expect((error as LeaklineError).code).toBe('SNAPSHOT_UNREADABLE');
    return (error as LeaklineError).message;
  };
  test("JavaScriptCore's own format, which Bun and Safari write", async () => {
    const file = {
      version: 3,
      type: 'Inspector',
      nodes: [0, 0, 0, 0],
      nodeClassNames: ['<root>'],
      edges: [],
    };
    expect(await failure(file)).toContain("generateHeapSnapshot('v8')");
  });
  test('a profile of allocations', async () => {
    expect(
      await failure({ head: { callFrame: {}, selfSize: 0, id: 1, children: [] }, samples: [] }),
    ).toContain('it has no "snapshot"');
  });
  test.each([...COMMON, 'to_node', 'name_or_index'])('rows without the field %s', async (field) => {
    const without = (fields: readonly string[]): string[] => fields.filter((name) => name !== field);
    const meta = { node: without(COMMON), edge: without(['type', 'name_or_index', 'to_node']) };
    expect(await failure(written(meta))).toContain(`"${field}"`);
  });
  test('types that are not named', async () => {
    const file = written({ node: COMMON }) as { snapshot: { meta: Record<string, unknown> } };
    delete file.snapshot.meta.node_types;
    expect(await failure(file)).toContain('types');
  });
});
