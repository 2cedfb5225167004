import { NO_SCOPE, type ScopeTable } from './columns.ts';
import type { RowProblem, RowSink } from './number-scanner.ts';
import { copied, grown } from './section-rows.ts';
import type { RowLayout, ScopesLayout, SnapshotLayout } from './snapshot-layout.ts';

/**
 * The rows of `scopes`, `scope_context_vars` and `scope_uses` on their way into columns. The three belong together: each scope says
 * how many rows of the other two are its own, and these are taken in turn. So one wrong count would give every later scope the variables of
 * another, and tables that contradict themselves are no tables.
 */
export class ScopeTableBuilder {
  readonly scopes: ScopeRows;
  readonly variables: VariableRows;
  readonly uses: UseRows;

  constructor(layout: SnapshotLayout, { scope, variable, use }: ScopesLayout) {
    this.scopes = new ScopeRows(layout, scope);
    this.variables = new VariableRows(variable);
    this.uses = new UseRows(use);
  }

  /** What is wrong with what was read, in words. */
  problem(): string | null {
    const { scopes, variables, uses } = this;
    if (scopes.variablesAnnounced !== variables.count)
      return `its scopes have ${scopes.variablesAnnounced} variables, and there are ${variables.count}`;
    if (scopes.usesAnnounced !== uses.count)
      return `its scopes have ${scopes.usesAnnounced} uses, and there are ${uses.count}`;
    return null;
  }

  table(): ScopeTable {
    const { scopes, variables, uses } = this;
    const { count } = scopes;
    return {
      count,
      script: scopes.script.subarray(0, count),
      id: scopes.id.subarray(0, count),
      parent: scopes.parent.subarray(0, count),
      firstVariable: scopes.firstVariable.subarray(0, count + 1),
      firstUse: scopes.firstUse.subarray(0, count + 1),
      variableName: variables.name.subarray(0, variables.count),
      useScopeId: uses.scopeId.subarray(0, uses.count),
      useSlot: uses.slot.subarray(0, uses.count),
    };
  }
}

class ScopeRows implements RowSink {
  readonly section = 'scopes';
  readonly stride: number;
  readonly isSigned = true;
  count = 0;
  variablesAnnounced = 0;
  usesAnnounced = 0;
  script: Uint32Array = new Uint32Array(0);
  id: Int32Array = new Int32Array(0);
  parent: Uint32Array = new Uint32Array(0);
  firstVariable: Uint32Array = new Uint32Array(1);
  firstUse: Uint32Array = new Uint32Array(1);
  readonly #nodeStride: number;
  readonly #nodeCount: number;
  readonly #offsets: readonly number[];
  /** The scopes that the last one lies in, and itself, the outermost first. */
  readonly #open: number[] = [];

  constructor({ node, nodeCount }: SnapshotLayout, { stride, offsets }: RowLayout) {
    this.stride = stride;
    this.#offsets = offsets;
    this.#nodeStride = node.stride;
    this.#nodeCount = nodeCount;
  }

  take(numbers: Uint32Array, count: number): RowProblem | null {
    const [scriptAt, idAt, depthAt, variablesAt, usesAt] = this.#offsets;
    const { stride } = this;
    const first = this.count;
    if (first + count / stride > this.script.length) this.#grow(first + count / stride);
    const { script, id, parent, firstVariable, firstUse } = this;
    const open = this.#open;
    for (let at = 0; at < count; at += stride) {
      const row = this.count;
      const ordinal = numbers[at + scriptAt] / this.#nodeStride;
      if (ordinal >= this.#nodeCount || !Number.isInteger(ordinal))
        return { row: row - first, message: 'a scope is of no node' };
      if (row > 0 && script[row - 1] !== ordinal) open.length = 0;
      const depth = numbers[at + depthAt];
      if (depth > open.length)
        return { row: row - first, message: `a scope has depth ${depth}, and ${open.length} lie around it` };
      open.length = depth;
      script[row] = ordinal;
      id[row] = numbers[at + idAt];
      parent[row] = depth === 0 ? NO_SCOPE : open[depth - 1];
      open.push(row);
      this.variablesAnnounced += numbers[at + variablesAt];
      this.usesAnnounced += numbers[at + usesAt];
      firstVariable[row + 1] = this.variablesAnnounced;
      firstUse[row + 1] = this.usesAnnounced;
      this.count = row + 1;
    }
    return null;
  }

  end(): string | null {
    return null;
  }

  #grow(least: number): void {
    const rows = grown(this.script.length, least, Number.POSITIVE_INFINITY);
    this.script = copied(new Uint32Array(rows), this.script);
    this.id = copied(new Int32Array(rows), this.id);
    this.parent = copied(new Uint32Array(rows), this.parent);
    this.firstVariable = copied(new Uint32Array(rows + 1), this.firstVariable);
    this.firstUse = copied(new Uint32Array(rows + 1), this.firstUse);
  }
}

class VariableRows implements RowSink {
  readonly section = 'scope_context_vars';
  readonly stride: number;
  count = 0;
  nameMax = -1;
  name: Uint32Array = new Uint32Array(0);
  readonly #nameAt: number;

  constructor({ stride, offsets }: RowLayout) {
    this.stride = stride;
    this.#nameAt = offsets[0];
  }

  take(numbers: Uint32Array, count: number): null {
    const least = this.count + count / this.stride;
    if (least > this.name.length)
      this.name = copied(
        new Uint32Array(grown(this.name.length, least, Number.POSITIVE_INFINITY)),
        this.name,
      );
    for (let at = this.#nameAt; at < count; at += this.stride) {
      this.name[this.count] = numbers[at];
      this.nameMax = Math.max(this.nameMax, numbers[at]);
      this.count += 1;
    }
    return null;
  }

  end(): string | null {
    return null;
  }
}

/** What a use leads to is looked up when somebody asks: V8 writes uses of variables that it lists nowhere, of scopes in which text is evaluated. */
class UseRows implements RowSink {
  readonly section = 'scope_uses';
  readonly stride: number;
  readonly isSigned = true;
  count = 0;
  scopeId: Int32Array = new Int32Array(0);
  slot: Uint32Array = new Uint32Array(0);
  readonly #offsets: readonly number[];

  constructor({ stride, offsets }: RowLayout) {
    this.stride = stride;
    this.#offsets = offsets;
  }

  take(numbers: Uint32Array, count: number): null {
    const [scopeAt, slotAt] = this.#offsets;
    const least = this.count + count / this.stride;
    if (least > this.slot.length) {
      const rows = grown(this.slot.length, least, Number.POSITIVE_INFINITY);
      this.scopeId = copied(new Int32Array(rows), this.scopeId);
      this.slot = copied(new Uint32Array(rows), this.slot);
    }
    for (let at = 0; at < count; at += this.stride) {
      this.scopeId[this.count] = numbers[at + scopeAt];
      this.slot[this.count] = numbers[at + slotAt];
      this.count += 1;
    }
    return null;
  }

  end(): string | null {
    return null;
  }
}
