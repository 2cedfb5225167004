import { LARGE } from './columns.ts';
import type { RowProblem, RowSink } from './number-scanner.ts';
import type { SnapshotLayout } from './snapshot-layout.ts';

/**
 * The rows of `nodes`, `edges` and `locations` on their way into columns. Everything a walker of the graph relies on is
 * checked here, so what is read whole can be walked without checks.
 *
 * `rowsAtOnce` is for how many rows there is room from the start. The announced count alone is no reason to take memory:
 * a file can lie.
 */
export class NodeRows implements RowSink {
  readonly section = 'nodes';
  readonly stride: number;
  count = 0;
  edgesAnnounced = 0;
  nameMax = -1;
  type: Uint8Array;
  name: Uint32Array;
  id: Uint32Array;
  selfBytes: Uint32Array;
  readonly largeSelfBytes: Map<number, number> = new Map();
  firstEdge: Uint32Array;
  detachedness: Uint8Array | null;
  readonly #layout: SnapshotLayout;

  constructor(layout: SnapshotLayout, rowsAtOnce: number) {
    const rows = Math.min(layout.nodeCount, rowsAtOnce);
    this.#layout = layout;
    this.stride = layout.node.stride;
    this.type = new Uint8Array(rows);
    this.name = new Uint32Array(rows);
    this.id = new Uint32Array(rows);
    this.selfBytes = new Uint32Array(rows);
    this.firstEdge = new Uint32Array(rows + 1);
    this.detachedness = layout.detachednessAt < 0 ? null : new Uint8Array(rows);
  }

  /** Hot: once per node. */
  take(numbers: Uint32Array, count: number, large: ReadonlyMap<number, number>): RowProblem | null {
    const { node, nodeCount, edgeCount, detachednessAt } = this.#layout;
    const { stride } = node;
    const [typeAt, nameAt, idAt, selfAt, edgesAt] = node.offsets;
    const typeCount = node.types.length;
    const first = this.count;
    if (first + count / stride > this.type.length) this.#grow(first + count / stride);
    const { type, name, id, selfBytes, firstEdge, detachedness } = this;
    let { nameMax, edgesAnnounced } = this;
    let row = first;
    for (let at = 0; at < count; at += stride) {
      if (row === nodeCount) return { row: row - first, message: `it has more than ${nodeCount} nodes` };
      const rowType = numbers[at + typeAt];
      const rowName = numbers[at + nameAt];
      const rowId = numbers[at + idAt];
      const rowSelf = numbers[at + selfAt];
      edgesAnnounced += numbers[at + edgesAt];
      if (rowType >= typeCount || rowId === LARGE || edgesAnnounced > edgeCount || rowName === LARGE) {
        return { row: row - first, message: this.#problemOf(rowType, rowName, rowId) };
      }
      if (rowName > nameMax) nameMax = rowName;
      if (rowSelf === LARGE) this.largeSelfBytes.set(row, large.get(at + selfAt) ?? LARGE);
      type[row] = rowType;
      name[row] = rowName;
      id[row] = rowId;
      selfBytes[row] = rowSelf;
      row += 1;
      firstEdge[row] = edgesAnnounced;
      // Nearly all are 0, and memory that is never written is none.
      if (detachedness !== null && numbers[at + detachednessAt] !== 0) {
        detachedness[row - 1] = numbers[at + detachednessAt];
      }
    }
    this.count = row;
    this.nameMax = nameMax;
    this.edgesAnnounced = edgesAnnounced;
    return null;
  }

  end(): string | null {
    const { nodeCount } = this.#layout;
    return this.count === nodeCount ? null : `it has ${this.count} of ${nodeCount} nodes`;
  }

  #problemOf(type: number, name: number, id: number): string {
    const { node, edgeCount } = this.#layout;
    if (type >= node.types.length) return `a node has type ${type}, and there are ${node.types.length}`;
    if (id === LARGE) return 'a node has an id of more than 32 bits';
    if (name === LARGE) return 'a name is a string of more than 32 bits';
    return `its nodes have more than ${edgeCount} edges`;
  }

  #grow(least: number): void {
    const rows = grown(this.type.length, least, this.#layout.nodeCount);
    this.type = copied(new Uint8Array(rows), this.type);
    this.name = copied(new Uint32Array(rows), this.name);
    this.id = copied(new Uint32Array(rows), this.id);
    this.selfBytes = copied(new Uint32Array(rows), this.selfBytes);
    this.firstEdge = copied(new Uint32Array(rows + 1), this.firstEdge);
    if (this.detachedness !== null) this.detachedness = copied(new Uint8Array(rows), this.detachedness);
  }
}

export class EdgeRows implements RowSink {
  readonly section = 'edges';
  readonly stride: number;
  count = 0;
  nameMax = -1;
  type: Uint8Array;
  nameOrIndex: Uint32Array;
  to: Uint32Array;
  readonly #layout: SnapshotLayout;
  /** By type: 1 where the edge has an index instead of a name. */
  readonly #isIndexed: Uint8Array;

  constructor(layout: SnapshotLayout, rowsAtOnce: number) {
    const rows = Math.min(layout.edgeCount, rowsAtOnce);
    this.#layout = layout;
    this.stride = layout.edge.stride;
    this.#isIndexed = Uint8Array.from(layout.edge.types, (type) => Number(/^(?:element|hidden)$/.test(type)));
    this.type = new Uint8Array(rows);
    this.nameOrIndex = new Uint32Array(rows);
    this.to = new Uint32Array(rows);
  }

  /** Hot: once per edge. */
  take(numbers: Uint32Array, count: number): RowProblem | null {
    const { edge, node, nodeCount, edgeCount } = this.#layout;
    const { stride } = edge;
    const [typeAt, nameAt, toAt] = edge.offsets;
    const typeCount = edge.types.length;
    const nodeStride = node.stride;
    const ordinalsPerIndex = 1 / nodeStride;
    const first = this.count;
    if (first + count / stride > this.type.length) this.#grow(first + count / stride);
    const { type, nameOrIndex, to } = this;
    const isIndexed = this.#isIndexed;
    let { nameMax } = this;
    let row = first;
    for (let at = 0; at < count; at += stride) {
      if (row === edgeCount) return { row: row - first, message: `it has more than ${edgeCount} edges` };
      const rowType = numbers[at + typeAt];
      const rowName = numbers[at + nameAt];
      const index = numbers[at + toAt];
      // Multiplied, not divided: rounded it is exact for every multiple of the stride below 2^50. What is none, or more than
      // 32 bits hold, is found by multiplying back.
      const ordinal = (index * ordinalsPerIndex + 0.5) >>> 0;
      if (
        rowType >= typeCount ||
        ordinal >= nodeCount ||
        ordinal * nodeStride !== index ||
        rowName === LARGE
      ) {
        return { row: row - first, message: this.#problemOf(rowType, rowName) };
      }
      if (rowName > nameMax && isIndexed[rowType] === 0) nameMax = rowName;
      type[row] = rowType;
      nameOrIndex[row] = rowName;
      to[row] = ordinal;
      row += 1;
    }
    this.count = row;
    this.nameMax = nameMax;
    return null;
  }

  end(): string | null {
    const { edgeCount } = this.#layout;
    return this.count === edgeCount ? null : `it has ${this.count} of ${edgeCount} edges`;
  }

  #problemOf(type: number, name: number): string {
    const { edge } = this.#layout;
    if (type >= edge.types.length) return `an edge has type ${type}, and there are ${edge.types.length}`;
    if (name === LARGE) return 'an edge has a name or index of more than 32 bits';
    return 'an edge leads to no node';
  }

  #grow(least: number): void {
    const rows = grown(this.type.length, least, this.#layout.edgeCount);
    this.type = copied(new Uint8Array(rows), this.type);
    this.nameOrIndex = copied(new Uint32Array(rows), this.nameOrIndex);
    this.to = copied(new Uint32Array(rows), this.to);
  }
}

/** How many there are nobody announces. A foreign position is left out, not the file refused: nothing walks by them. */
export class LocationRows implements RowSink {
  readonly section = 'locations';
  readonly stride: number;
  count = 0;
  node: Uint32Array = new Uint32Array(0);
  scriptId: Uint32Array = new Uint32Array(0);
  line: Uint32Array = new Uint32Array(0);
  column: Uint32Array = new Uint32Array(0);
  readonly #nodeStride: number;
  readonly #nodeCount: number;
  readonly #offsets: readonly number[];

  constructor(layout: SnapshotLayout & { readonly location: NonNullable<SnapshotLayout['location']> }) {
    this.stride = layout.location.stride;
    this.#offsets = layout.location.offsets;
    this.#nodeStride = layout.node.stride;
    this.#nodeCount = layout.nodeCount;
  }

  take(numbers: Uint32Array, count: number): RowProblem | null {
    const [nodeAt, scriptAt, lineAt, columnAt] = this.#offsets;
    const { stride } = this;
    if (this.count + count / stride > this.node.length) this.#grow(this.count + count / stride);
    for (let at = 0; at < count; at += stride) {
      const ordinal = numbers[at + nodeAt] / this.#nodeStride;
      if (ordinal >= this.#nodeCount || !Number.isInteger(ordinal)) continue;
      this.node[this.count] = ordinal;
      this.scriptId[this.count] = numbers[at + scriptAt];
      this.line[this.count] = numbers[at + lineAt];
      this.column[this.count] = numbers[at + columnAt];
      this.count += 1;
    }
    return null;
  }

  end(): string | null {
    return null;
  }

  #grow(least: number): void {
    const rows = grown(this.node.length, least, Number.POSITIVE_INFINITY);
    this.node = copied(new Uint32Array(rows), this.node);
    this.scriptId = copied(new Uint32Array(rows), this.scriptId);
    this.line = copied(new Uint32Array(rows), this.line);
    this.column = copied(new Uint32Array(rows), this.column);
  }
}

/** Doubled, and never past the announced count: a whole snapshot ends with arrays of exactly its size. */
export function grown(rows: number, least: number, limit: number): number {
  return Math.min(limit, Math.max(1024, least, rows * 2));
}

export function copied<Column extends Uint8Array | Uint32Array | Int32Array>(
  to: Column,
  from: Column,
): Column {
  to.set(from);
  return to;
}
