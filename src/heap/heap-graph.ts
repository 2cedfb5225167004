import { selfBytesOf, type SnapshotColumns } from './columns.ts';

/** Position of a node in the snapshot: 0, 1, 2 … Dense, so it indexes columns. */
export type NodeOrdinal = number & { readonly [ordinal]: true };
declare const ordinal: unique symbol;

/** The root of everything; V8 writes it first. */
export const ROOT: NodeOrdinal = 0 as NodeOrdinal;

/** A snapshot as a graph over its columns. The edges of node `n` are `firstEdge[n]` up to `firstEdge[n + 1]`. */
export type HeapGraph = {
  readonly columns: SnapshotColumns;
  readonly nodeCount: number;
  readonly edgeCount: number;
  readonly firstEdgeByOrdinal: Uint32Array;
};

export function heapGraph(columns: SnapshotColumns): HeapGraph {
  const { nodeCount, edgeCount, firstEdge } = columns;
  return { columns, nodeCount, edgeCount, firstEdgeByOrdinal: firstEdge };
}

export function nodeName({ columns }: HeapGraph, node: NodeOrdinal): string {
  return columns.strings.at(columns.nodeName[node]);
}

/** The file's own word: `object`, `closure`, `string` … */
export function nodeType({ columns }: HeapGraph, node: NodeOrdinal): string {
  return columns.nodeTypes[columns.nodeType[node]];
}

export function nodeId({ columns }: HeapGraph, node: NodeOrdinal): number {
  return columns.nodeId[node];
}

export function nodeSelfBytes({ columns }: HeapGraph, node: NodeOrdinal): number {
  return selfBytesOf(columns, node);
}

/** Stands for no edge at all. */
export const NO_EDGE = 0xff_ff_ff_ff;

/** The node whose edge it is: a search among the nodes, log of their number. */
export function ownerOf(edge: number, firstEdgeByOrdinal: Uint32Array): NodeOrdinal {
  let low = 0;
  let high = firstEdgeByOrdinal.length - 2;
  while (low < high) {
    const middle = low + ((high - low + 1) >>> 1);
    if (firstEdgeByOrdinal[middle] <= edge) low = middle;
    else high = middle - 1;
  }
  return low as NodeOrdinal;
}
