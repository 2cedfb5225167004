import type { StringTable } from './string-table.ts';

/**
 * A snapshot as columns: one typed array per field, nothing per object. 18 bytes a node and 9 an edge, beside the strings
 * and 16 a source position.
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
};

/** Where in which script functions and objects come from; in the order of the file. Lines and columns begin at 0. */
export type LocationTable = {
  readonly count: number;
  readonly node: Uint32Array;
  readonly scriptId: Uint32Array;
  readonly line: Uint32Array;
  readonly column: Uint32Array;
};

export const LARGE = 0xff_ff_ff_ff;

/** A node's own bytes, wherever they are kept. */
export function selfBytesOf(columns: SnapshotColumns, node: number): number {
  const bytes = columns.nodeSelfBytes[node];
  return bytes === LARGE ? (columns.largeSelfBytes.get(node) ?? bytes) : bytes;
}
