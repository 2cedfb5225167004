import type { StringTable } from './string-table.ts';

/**
 * A snapshot as columns: one typed array per field, nothing per object. 18 bytes a node and 9 an edge, beside the strings
 * and 16 a source position, 20 a scope, 4 a captured variable and 8 a use of one.
 */
export type SnapshotColumns = {
  readonly nodeCount: number;
  readonly edgeCount: number;
  /** What the numbers of `nodeType` and `edgeType` mean, by the file's own word. */
  readonly nodeTypes: readonly string[];
  readonly edgeTypes: readonly string[];
  readonly nodeType: Uint8Array;
  /** An index of `strings`. */
  readonly nodeName: Uint32Array;
  /** V8's own id. Stable between snapshots of one process; sparse, so never an index. */
  readonly nodeId: Uint32Array;
  /** `LARGE` stands for what 32 bits can't hold (one ArrayBuffer can be larger than 4 GB); then it is in `largeSelfBytes`. */
  readonly nodeSelfBytes: Uint32Array;
  readonly largeSelfBytes: ReadonlyMap<number, number>;
  /** The edges of node `n` are `firstEdge[n]` up to `firstEdge[n + 1]`. */
  readonly firstEdge: Uint32Array;
  /** 0 unknown, 1 attached, 2 detached from the document; null where the file does not tell. */
  readonly nodeDetachedness: Uint8Array | null;
  readonly edgeType: Uint8Array;
  /** An index of `strings`, or for `element` and `hidden` edges the index itself. */
  readonly edgeNameOrIndex: Uint32Array;
  /** The ordinal of the node the edge leads to. */
  readonly edgeTo: Uint32Array;
  readonly strings: StringTable;
  readonly locations: LocationTable;
  /** Null where the file tells nothing of scopes, as those of Node up to 26.10. */
  readonly scopes: ScopeTable | null;
};

/** Where in which script functions and objects come from; in the order of the file. Lines and columns begin at 0. */
export type LocationTable = {
  readonly count: number;
  readonly node: Uint32Array;
  readonly scriptId: Uint32Array;
  readonly line: Uint32Array;
  readonly column: Uint32Array;
};

/**
 * The scopes of the scripts' source. Each is followed by those that lie in it, so what is within a scope is one piece of rows, and so
 * are the uses in it.
 */
export type ScopeTable = {
  readonly count: number;
  /** The ordinal of the script. */
  readonly script: Uint32Array;
  /** Unique within the script; `ROOT_SCOPE` is all of it. */
  readonly id: Int32Array;
  /** The row of the scope around it, or `NO_SCOPE`. */
  readonly parent: Uint32Array;
  /** The captured variables of scope `n` are `firstVariable[n]` up to `firstVariable[n + 1]`, in the order of their slots. */
  readonly firstVariable: Uint32Array;
  /** What is used in scope `n`, not within scopes in it, is `firstUse[n]` up to `firstUse[n + 1]`. */
  readonly firstUse: Uint32Array;
  /** An index of `strings`. */
  readonly variableName: Uint32Array;
  /** The scope of the same script whose variable is used; that it is in the table is not certain, nor that it has the slot. */
  readonly useScopeId: Int32Array;
  readonly useSlot: Uint32Array;
};

/** The `id` of a script, a module or a text that was evaluated as a whole. */
export const ROOT_SCOPE = -2;
/** Stands for no row. */
export const NO_SCOPE = 0xff_ff_ff_ff;

export const LARGE = 0xff_ff_ff_ff;

/** A node's own bytes, wherever they are kept. */
export function selfBytesOf(columns: SnapshotColumns, node: number): number {
  const bytes = columns.nodeSelfBytes[node];
  return bytes === LARGE ? (columns.largeSelfBytes.get(node) ?? bytes) : bytes;
}
