import { unreadable } from './unreadable.ts';

/** What a snapshot says of itself: how many rows there are and where in a row a field stands. */
export type SnapshotLayout = {
  readonly nodeCount: number;
  readonly edgeCount: number;
  readonly node: RowLayout;
  readonly edge: RowLayout;
  /** Where in a row of nodes `detachedness` stands; -1 where there is none, as before V8 9. */
  readonly detachednessAt: number;
  /** Null where the file has no source positions, or tells them in a way that is not known. */
  readonly location: RowLayout | null;
  /** Null where the file does not describe all three tables. */
  readonly scopes: ScopesLayout | null;
};

export type ScopesLayout = {
  readonly scope: RowLayout;
  readonly variable: RowLayout;
  readonly use: RowLayout;
};

export type RowLayout = {
  readonly stride: number;
  /** The place of each field in the row. */
  readonly offsets: readonly number[];
  /** What the numbers of the field `type` mean. */
  readonly types: readonly string[];
};

export const NODE_FIELDS = ['type', 'name', 'id', 'self_size', 'edge_count'] as const;
export const EDGE_FIELDS = ['type', 'name_or_index', 'to_node'] as const;
export const LOCATION_FIELDS = ['object_index', 'script_id', 'line', 'column'] as const;
export const SCOPE_FIELDS = [
  'script_node_index',
  'scope_id',
  'depth',
  'scope_context_vars_count',
  'scope_uses_count',
] as const;
export const SCOPE_VARIABLE_FIELDS = ['name'] as const;
export const SCOPE_USE_FIELDS = ['declaring_scope_id', 'slot_index'] as const;

/** From the value of `snapshot`. `offset` is where that stands in the file, for what is wrong with it. */
export function snapshotLayout(description: unknown, offset: number): SnapshotLayout {
  const { meta, node_count, edge_count } = asRecord(description);
  const { node_fields, node_types, edge_fields, edge_types, location_fields, ...others } = asRecord(meta);
  const node = rowLayout(node_fields, node_types, NODE_FIELDS, offset);
  return {
    nodeCount: announcedCount(node_count, 'node_count', 1, offset),
    edgeCount: announcedCount(edge_count, 'edge_count', 0, offset),
    node,
    edge: rowLayout(edge_fields, edge_types, EDGE_FIELDS, offset),
    detachednessAt: (node_fields as unknown[]).indexOf('detachedness'),
    location: optionalLayout(location_fields, LOCATION_FIELDS),
    scopes: scopesLayout(others),
  };
}

/** In numbers. */
export function longestRow({ node, edge, location, scopes }: SnapshotLayout): number {
  const others = [location, scopes?.scope, scopes?.variable, scopes?.use];
  return Math.max(node.stride, edge.stride, ...others.map((layout) => layout?.stride ?? 0));
}

function rowLayout(fields: unknown, types: unknown, wanted: readonly string[], offset: number): RowLayout {
  if (!Array.isArray(fields)) return unreadable('it does not say which fields its rows have', offset);
  const offsets = wanted.map((name) => {
    const at = fields.indexOf(name);
    return at < 0 ? unreadable(`its rows have no field "${name}"`, offset) : at;
  });
  const names: unknown = Array.isArray(types) ? types[offsets[0] ?? 0] : null;
  if (!Array.isArray(names) || names.length > 256 || names.some((name) => typeof name !== 'string')) {
    return unreadable('it does not say which types there are', offset);
  }
  return { stride: fields.length, offsets, types: names as string[] };
}

function scopesLayout(meta: Readonly<Record<string, unknown>>): ScopesLayout | null {
  const scope = optionalLayout(meta['scope_fields'], SCOPE_FIELDS);
  const variable = optionalLayout(meta['scope_context_var_fields'], SCOPE_VARIABLE_FIELDS);
  const use = optionalLayout(meta['scope_use_fields'], SCOPE_USE_FIELDS);
  return scope === null || variable === null || use === null ? null : { scope, variable, use };
}

function optionalLayout(fields: unknown, wanted: readonly string[]): RowLayout | null {
  if (!Array.isArray(fields)) return null;
  const offsets = wanted.map((name) => fields.indexOf(name));
  return offsets.includes(-1) ? null : { stride: fields.length, offsets, types: [] };
}

function announcedCount(value: unknown, name: string, min: number, offset: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value < UINT32_MAX)
    return value;
  return unreadable(`its ${name} is no count`, offset);
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

const UINT32_MAX = 0xff_ff_ff_ff;
