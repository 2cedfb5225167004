/**
 * A snapshot as columns: one typed array per field, nothing per object. 21 bytes a node and 9 an edge, beside
 * the strings.
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
  /** Float64: one ArrayBuffer can be larger than 4 GB. */
  readonly nodeSelfBytes: Float64Array;
  readonly nodeEdgeCount: Uint32Array;
  readonly edgeType: Uint8Array;
  /** An index of `strings`, or for `element` and `hidden` edges the index itself. */
  readonly edgeNameOrIndex: Uint32Array;
  /** The ordinal of the node the edge leads to. */
  readonly edgeTo: Uint32Array;
  readonly strings: readonly string[];
};

/** Node columns that grow as rows come. The announced count is a limit, never a reason to allocate: a file can lie. */
export class NodeColumns {
  readonly limit: number;
  count: number = 0;
  type: Uint8Array = new Uint8Array(0);
  name: Uint32Array = new Uint32Array(0);
  id: Uint32Array = new Uint32Array(0);
  selfBytes: Float64Array = new Float64Array(0);
  edgeCount: Uint32Array = new Uint32Array(0);

  constructor(limit: number) {
    this.limit = limit;
  }

  push(type: number, name: number, id: number, selfBytes: number, edgeCount: number): void {
    const row = this.count;
    if (row === this.type.length) this.#grow();
    this.type[row] = type;
    this.name[row] = name;
    this.id[row] = id;
    this.selfBytes[row] = selfBytes;
    this.edgeCount[row] = edgeCount;
    this.count = row + 1;
  }

  #grow(): void {
    const capacity = nextCapacity(this.type.length, this.limit);
    this.type = copied(new Uint8Array(capacity), this.type);
    this.name = copied(new Uint32Array(capacity), this.name);
    this.id = copied(new Uint32Array(capacity), this.id);
    this.selfBytes = copied(new Float64Array(capacity), this.selfBytes);
    this.edgeCount = copied(new Uint32Array(capacity), this.edgeCount);
  }
}

/** Edge columns that grow as rows come. */
export class EdgeColumns {
  readonly limit: number;
  count: number = 0;
  type: Uint8Array = new Uint8Array(0);
  nameOrIndex: Uint32Array = new Uint32Array(0);
  to: Uint32Array = new Uint32Array(0);

  constructor(limit: number) {
    this.limit = limit;
  }

  push(type: number, nameOrIndex: number, to: number): void {
    const row = this.count;
    if (row === this.type.length) this.#grow();
    this.type[row] = type;
    this.nameOrIndex[row] = nameOrIndex;
    this.to[row] = to;
    this.count = row + 1;
  }

  #grow(): void {
    const capacity = nextCapacity(this.type.length, this.limit);
    this.type = copied(new Uint8Array(capacity), this.type);
    this.nameOrIndex = copied(new Uint32Array(capacity), this.nameOrIndex);
    this.to = copied(new Uint32Array(capacity), this.to);
  }
}

/** Doubled, and never past the announced count: a whole snapshot ends with arrays of exactly its size. */
function nextCapacity(capacity: number, limit: number): number {
  return Math.min(limit, Math.max(1024, capacity * 2));
}

function copied<Column extends Uint8Array | Uint32Array | Float64Array>(to: Column, from: Column): Column {
  to.set(from);
  return to;
}
