import { type DrawnEdge, type DrawnNode, snapshotJson } from './snapshots.ts';

/** A scope of a script's source as a test writes it; those within it follow, one deeper. */
export type DrawnScope = {
  readonly script: number;
  readonly id: number;
  readonly depth: number;
  readonly variables?: readonly string[];
  /** The id of the declaring scope, and the slot. */
  readonly uses?: readonly (readonly [id: number, slot: number])[];
};

/**
 * Draws what V8 has of scripts, functions and contexts, with the edges that Chromium 156 writes. Ordinals come back; the root holds
 * what `hold` is told.
 */
export class ScopedHeap {
  readonly nodes: { name: string; type: string; selfBytes: number; edges: DrawnEdge[] }[] = [
    { name: '(root)', type: 'synthetic', selfBytes: 0, edges: [] },
  ];
  readonly scopes: DrawnScope[] = [];
  readonly #numbers = new Map<number, number>();

  add(name: string, type: string, edges: readonly DrawnEdge[] = [], selfBytes = 10): number {
    this.nodes.push({ name, type, selfBytes, edges: [...edges] });
    return this.nodes.length - 1;
  }

  hold(node: number, name = 'held'): void {
    this.nodes[0]?.edges.push({ to: node, name });
  }

  link(from: number, name: string, to: number, type = 'internal'): void {
    this.nodes[from]?.edges.push({ to, name, type });
  }

  number(value: number): number {
    const known = this.#numbers.get(value);
    if (known !== undefined) return known;
    const text = this.add(String(value), 'string', [], 0);
    const number = this.add('int', 'number', [internal('value', text)], 0);
    this.#numbers.set(value, number);
    return number;
  }

  script(url: string, edges: readonly DrawnEdge[] = []): number {
    return this.add(url === '' ? 'system / Script' : `system / Script / ${url}`, 'code', edges);
  }

  scopeInfo(id: number, outer: number | null = null): number {
    const edges = outer === null ? [] : [internal('outer_scope_info', outer)];
    return this.add('system / ScopeInfo', 'code', [internal('scope_id', this.number(id)), ...edges]);
  }

  /** `info` is its own scope's where it is compiled, else that of the scope around it. */
  shared(name: string, script: number, id: number, info: number | null, isCompiled = true): number {
    const named = this.add(name, 'string');
    const own = isCompiled && info !== null ? info : named;
    return this.add(`system / SharedFunctionInfo / ${name}`, 'code', [
      internal('name_or_scope_info', own),
      internal('script', script),
      ...(isCompiled || info === null ? [] : [internal('raw_outer_scope_info_or_feedback_metadata', info)]),
      internal('scope_id', this.number(id)),
    ]);
  }

  closure(name: string, shared: number, context: number): number {
    return this.add(name, 'closure', [internal('shared', shared), internal('context', context)]);
  }

  context(info: number, previous: number | null, values: Readonly<Record<string, number>>): number {
    return this.add(`system / Context / scope @${info}`, 'object', [
      ...Object.entries(values).map(([name, to]) => ({ to, name, type: 'context' })),
      internal('scope_info', info),
      ...(previous === null ? [] : [internal('previous', previous)]),
    ]);
  }

  generator(closure: number, context: number, continuation: number): number {
    return this.add('Generator', 'object', [
      internal('function', closure),
      internal('context', context),
      internal('continuation', this.number(continuation)),
    ]);
  }

  json(): Record<string, unknown> {
    return scopedJson(this.nodes, this.scopes);
  }
}

/** V8's text. The fields stand in an order V8 does not use, with others between. */
export function scopedJson(
  nodes: readonly DrawnNode[],
  scopes: readonly DrawnScope[],
): Record<string, unknown> & { readonly strings: string[] } {
  const { snapshot, strings, ...sections } = snapshotJson(nodes);
  const stride = snapshot.meta.node_fields.length;
  const name = (text: string): number => {
    if (!strings.includes(text)) strings.push(text);
    return strings.indexOf(text);
  };
  return {
    snapshot: {
      ...snapshot,
      meta: {
        ...snapshot.meta,
        scope_fields: [
          'depth',
          'scope_uses_count',
          'unheard_of',
          'script_node_index',
          'scope_context_vars_count',
          'scope_id',
        ],
        scope_context_var_fields: ['mode', 'name'],
        scope_use_fields: ['slot_index', 'unheard_of', 'declaring_scope_id'],
      },
    },
    ...sections,
    scopes: scopes.flatMap(({ script, id, depth, variables = [], uses = [] }) => [
      depth,
      uses.length,
      7,
      script * stride,
      variables.length,
      id,
    ]),
    scope_context_vars: scopes.flatMap(({ variables = [] }) => variables.flatMap((text) => [9, name(text)])),
    scope_uses: scopes.flatMap(({ uses = [] }) => uses.flatMap(([id, slot]) => [slot, -1, id])),
    strings,
  };
}

function internal(name: string, to: number): DrawnEdge {
  return { to, name, type: 'internal' };
}
