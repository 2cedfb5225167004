import { LeaklineError } from '../core/errors.ts';
import { EdgeColumns, NodeColumns, type SnapshotColumns } from './columns.ts';

/**
 * A V8 heap snapshot (the JSON text of a `.heapsnapshot` file) as columns, read in one pass. Chunks may be cut
 * anywhere. Field offsets and type names are the file's own (`snapshot.meta`), never those of a Node version.
 *
 * Anything that is not a whole snapshot, or that points outside itself, is `SNAPSHOT_UNREADABLE` with the byte it was
 * seen at, so what comes back can be walked without checks. Sections nobody asks for are passed over unread.
 */
export async function readSnapshot(chunks: AsyncIterable<Uint8Array>): Promise<SnapshotColumns> {
  const tokenizer = new SnapshotTokenizer();
  for await (const chunk of chunks) tokenizer.feed(chunk);
  return tokenizer.end();
}

type State =
  | 'start'
  | 'key-or-end'
  | 'key'
  | 'in-key'
  | 'colon'
  | 'value'
  | 'in-value'
  | 'comma-or-end'
  | 'numbers'
  | 'string-or-end'
  | 'string'
  | 'in-string'
  | 'string-comma'
  | 'done';

/** The sections that are read; all of them must be there. */
const SECTIONS = ['snapshot', 'nodes', 'edges', 'strings'] as const;

/** Real ones take 2 KB. More would let a file buy memory before anything of it is believed. */
const DESCRIPTION_BYTES_MAX = 1 << 20;
const KEY_BYTES_MAX = 1024;

const UINT32_MAX = 0xff_ff_ff_ff;

class SnapshotTokenizer {
  #state: State = 'start';
  /** Bytes before the current chunk. */
  #base = 0;
  #key = '';
  readonly #seen = new Set<string>();
  readonly #pending = new PendingBytes();

  // Inside a value that is passed over or kept as a whole.
  #depth = 0;
  #quoted = false;
  #escaped = false;
  #hasEscape = false;

  // Inside an array of numbers. The row is filled field by field and handed on when it is whole.
  #row = new Float64Array(0);
  #field = 0;
  #number = 0;
  #digits = 0;
  #numberEnded = false;
  #pushRow: (offset: number) => void = () => {};

  #layout: Layout | null = null;
  #nodes = new NodeColumns(0);
  #edges = new EdgeColumns(0);
  #edgesAnnounced = 0;
  readonly #strings: string[] = [];
  // The strings come last, so whether a name exists is known at the end; the place of the largest is kept for then.
  #nameMax = -1;
  #nameMaxOffset = 0;

  feed(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length) {
      switch (this.#state) {
        case 'numbers':
          at = this.#readNumbers(chunk, at);
          break;
        case 'in-key':
        case 'in-string':
          at = this.#readString(chunk, at);
          break;
        case 'in-value':
          at = this.#passValue(chunk, at);
          break;
        default:
          at = this.#readMark(chunk, at);
      }
    }
    this.#base += chunk.length;
  }

  end(): SnapshotColumns {
    const offset = this.#base;
    if (offset === 0) fail('it is empty', 0);
    if (this.#state !== 'done') fail('it ends before the snapshot does', offset);
    const layout = this.#layout;
    for (const section of SECTIONS) {
      if (!this.#seen.has(section)) fail(`it has no "${section}"`, offset);
    }
    if (layout === null) return fail('it has no "snapshot"', offset);
    if (this.#edgesAnnounced !== layout.edgeCount) {
      fail(`its nodes have ${this.#edgesAnnounced} edges, ${layout.edgeCount} are announced`, offset);
    }
    if (this.#nameMax >= this.#strings.length) {
      fail(`a name is string ${this.#nameMax}, and there are ${this.#strings.length}`, this.#nameMaxOffset);
    }
    return {
      nodeCount: layout.nodeCount,
      edgeCount: layout.edgeCount,
      nodeTypes: layout.node.types,
      edgeTypes: layout.edge.types,
      nodeType: this.#nodes.type,
      nodeName: this.#nodes.name,
      nodeId: this.#nodes.id,
      nodeSelfBytes: this.#nodes.selfBytes,
      nodeEdgeCount: this.#nodes.edgeCount,
      edgeType: this.#edges.type,
      edgeNameOrIndex: this.#edges.nameOrIndex,
      edgeTo: this.#edges.to,
      strings: this.#strings,
    };
  }

  /** One byte of the frame around the sections. */
  #readMark(chunk: Uint8Array, at: number): number {
    const byte = chunk[at] ?? 0;
    if (isSpace(byte)) return at + 1;
    const state = this.#state;
    if (state === 'start' && byte === OPEN_OBJECT) this.#state = 'key-or-end';
    else if (state === 'key-or-end' && byte === CLOSE_OBJECT) this.#state = 'done';
    else if ((state === 'key-or-end' || state === 'key') && byte === QUOTE) this.#beginString('in-key');
    else if (state === 'colon' && byte === COLON) this.#state = 'value';
    else if (state === 'value') return this.#beginValue(byte, at);
    else if (state === 'comma-or-end' && byte === COMMA) this.#state = 'key';
    else if (state === 'comma-or-end' && byte === CLOSE_OBJECT) this.#state = 'done';
    else if ((state === 'string-or-end' || state === 'string') && byte === QUOTE)
      this.#beginString('in-string');
    else if (state === 'string-comma' && byte === COMMA) this.#state = 'string';
    else if ((state === 'string-or-end' || state === 'string-comma') && byte === CLOSE_ARRAY)
      this.#state = 'comma-or-end';
    else if (state === 'start') fail('it does not begin as JSON does', this.#base + at);
    else fail(`${quoteByte(byte)} stands where it can't`, this.#base + at);
    return at + 1;
  }

  #beginValue(byte: number, at: number): number {
    const offset = this.#base + at;
    const key = this.#key;
    if ((SECTIONS as readonly string[]).includes(key)) {
      if (this.#seen.has(key)) fail(`it has "${key}" twice`, offset);
      this.#seen.add(key);
      if (byte !== (key === 'snapshot' ? OPEN_OBJECT : OPEN_ARRAY)) {
        fail(`"${key}" begins with ${quoteByte(byte)}`, offset);
      }
    }
    if (key === 'nodes' || key === 'edges') this.#beginNumbers(key, offset);
    else if (key === 'strings') this.#state = 'string-or-end';
    else {
      this.#state = 'in-value';
      this.#depth = 0;
      this.#quoted = false;
      this.#escaped = false;
      this.#pending.clear();
      return at;
    }
    return at + 1;
  }

  /** A value that is kept as a whole (`snapshot`) or passed over: only its end is looked for. */
  #passValue(chunk: Uint8Array, from: number): number {
    const keep = this.#key === 'snapshot';
    let at = from;
    let ended = false;
    for (; at < chunk.length && !ended; at += 1) {
      const byte = chunk[at];
      if (this.#quoted) {
        if (this.#escaped) this.#escaped = false;
        else if (byte === BACKSLASH) this.#escaped = true;
        else if (byte === QUOTE) {
          this.#quoted = false;
          ended = this.#depth === 0;
        }
      } else if (byte === QUOTE) this.#quoted = true;
      else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) this.#depth += 1;
      else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY || byte === COMMA) {
        if (this.#depth === 0) {
          // It was a number or a word, and the mark behind it belongs to the frame.
          this.#state = 'comma-or-end';
          return at;
        }
        if (byte !== COMMA) {
          this.#depth -= 1;
          ended = this.#depth === 0;
        }
      }
    }
    if (keep) {
      this.#pending.add(chunk.subarray(from, at));
      if (this.#pending.length > DESCRIPTION_BYTES_MAX) {
        fail(`its description takes more than ${DESCRIPTION_BYTES_MAX} bytes`, this.#base + at);
      }
    }
    if (ended) {
      this.#state = 'comma-or-end';
      if (keep) this.#readDescription(this.#base + at);
    }
    return at;
  }

  #readDescription(end: number): void {
    const offset = end - this.#pending.length;
    const layout = readLayout(parseJson(this.#pending.text(), offset), offset);
    this.#layout = layout;
    this.#nodes = new NodeColumns(layout.nodeCount);
    this.#edges = new EdgeColumns(layout.edgeCount);
  }

  #beginNumbers(key: 'nodes' | 'edges', offset: number): void {
    const layout = this.#layout;
    if (layout === null) return fail(`"${key}" comes before "snapshot", which describes it`, offset);
    this.#row = new Float64Array(layout[key === 'nodes' ? 'node' : 'edge'].stride);
    this.#field = 0;
    this.#number = 0;
    this.#digits = 0;
    this.#numberEnded = false;
    this.#pushRow = key === 'nodes' ? this.#nodePusher(layout) : this.#edgePusher(layout);
    this.#state = 'numbers';
  }

  /** Hot: once per byte of nodes and edges, which are nine tenths of a file. */
  #readNumbers(chunk: Uint8Array, from: number): number {
    const row = this.#row;
    const pushRow = this.#pushRow;
    let field = this.#field;
    let number = this.#number;
    let digits = this.#digits;
    let at = from;
    for (; at < chunk.length; at += 1) {
      const byte = chunk[at] ?? 0;
      if (byte >= DIGIT_0 && byte <= DIGIT_9) {
        if (this.#numberEnded || (digits > 0 && number === 0)) fail('a number is malformed', this.#base + at);
        number = number * 10 + (byte - DIGIT_0);
        digits += 1;
      } else if (byte === COMMA || byte === CLOSE_ARRAY) {
        const offset = this.#base + at;
        if (digits > 0) {
          if (number > Number.MAX_SAFE_INTEGER) fail('a number is too large', offset);
          row[field] = number;
          field += 1;
          if (field === row.length) {
            pushRow(offset);
            field = 0;
          }
        } else if (byte === COMMA || this.#field > 0 || this.#rowsOf() > 0) {
          fail('a number is missing', offset);
        }
        number = 0;
        digits = 0;
        this.#numberEnded = false;
        // Written back so that "a number is missing" can tell `[]` from `[1,]`.
        this.#field = field;
        if (byte === CLOSE_ARRAY) {
          this.#endNumbers(offset);
          return at + 1;
        }
      } else if (isSpace(byte)) this.#numberEnded = digits > 0;
      else fail(`${quoteByte(byte)} stands among whole numbers`, this.#base + at);
    }
    this.#field = field;
    this.#number = number;
    this.#digits = digits;
    return at;
  }

  #rowsOf(): number {
    return this.#key === 'nodes' ? this.#nodes.count : this.#edges.count;
  }

  #endNumbers(offset: number): void {
    const { limit, count } = this.#key === 'nodes' ? this.#nodes : this.#edges;
    if (this.#field !== 0) fail(`the last of "${this.#key}" lacks fields`, offset);
    if (count !== limit) fail(`it has ${count} of ${limit} ${this.#key}`, offset);
    this.#state = 'comma-or-end';
  }

  #nodePusher({ node, edgeCount: edgesAll }: Layout): (offset: number) => void {
    const row = this.#row;
    const nodes = this.#nodes;
    const [typeAt, nameAt, idAt, sizeAt, edgesAt] = node.offsets as [number, number, number, number, number];
    const typeCount = node.types.length;
    return (offset) => {
      const type = row[typeAt] ?? 0;
      const name = row[nameAt] ?? 0;
      const id = row[idAt] ?? 0;
      const edgeCount = row[edgesAt] ?? 0;
      if (nodes.count === nodes.limit) fail(`it has more than ${nodes.limit} nodes`, offset);
      if (type >= typeCount) fail(`a node has type ${type}, and there are ${typeCount}`, offset);
      if (id > UINT32_MAX) fail(`a node has the id ${id}, more than 32 bits`, offset);
      this.#edgesAnnounced += edgeCount;
      if (this.#edgesAnnounced > edgesAll) fail(`its nodes have more than ${edgesAll} edges`, offset);
      this.#noteName(name, offset);
      nodes.push(type, name, id, row[sizeAt] ?? 0, edgeCount);
    };
  }

  #edgePusher({ edge, node, nodeCount }: Layout): (offset: number) => void {
    const row = this.#row;
    const edges = this.#edges;
    const [typeAt, nameAt, toAt] = edge.offsets as [number, number, number];
    const typeCount = edge.types.length;
    const nodeStride = node.stride;
    const nameIsIndex = edge.types.map((type) => type === 'element' || type === 'hidden');
    return (offset) => {
      const type = row[typeAt] ?? 0;
      const nameOrIndex = row[nameAt] ?? 0;
      const to = (row[toAt] ?? 0) / nodeStride;
      if (edges.count === edges.limit) fail(`it has more than ${edges.limit} edges`, offset);
      if (type >= typeCount) fail(`an edge has type ${type}, and there are ${typeCount}`, offset);
      if (to >= nodeCount || !Number.isInteger(to)) fail('an edge leads to no node', offset);
      if (nameIsIndex[type] !== true) this.#noteName(nameOrIndex, offset);
      else if (nameOrIndex > UINT32_MAX) fail(`an edge has the index ${nameOrIndex}`, offset);
      edges.push(type, nameOrIndex, to);
    };
  }

  #noteName(name: number, offset: number): void {
    if (name <= this.#nameMax) return;
    if (name > UINT32_MAX) fail(`a name is string ${name}`, offset);
    this.#nameMax = name;
    this.#nameMaxOffset = offset;
  }

  #beginString(state: 'in-key' | 'in-string'): void {
    this.#state = state;
    this.#pending.clear();
    this.#escaped = false;
    this.#hasEscape = false;
  }

  #readString(chunk: Uint8Array, from: number): number {
    const isKey = this.#state === 'in-key';
    for (let at = from; at < chunk.length; at += 1) {
      const byte = chunk[at] ?? 0;
      if (this.#escaped) this.#escaped = false;
      else if (byte === BACKSLASH) {
        this.#escaped = true;
        this.#hasEscape = true;
      } else if (byte === QUOTE) {
        this.#pending.add(chunk.subarray(from, at));
        this.#endString(isKey, this.#base + at);
        return at + 1;
      } else if (byte < 0x20) fail('a string holds a control character', this.#base + at);
    }
    this.#pending.add(chunk.subarray(from));
    if (isKey && this.#pending.length > KEY_BYTES_MAX) fail('a key does not end', this.#base + chunk.length);
    return chunk.length;
  }

  #endString(isKey: boolean, end: number): void {
    const offset = end - this.#pending.length;
    let text: string;
    try {
      text = this.#pending.text();
    } catch (cause) {
      // The engine has a longest string; V8 itself cuts what it writes far below it.
      return fail('a string is too long', offset, cause);
    }
    if (this.#hasEscape) text = parseJson(`"${text}"`, offset) as string;
    if (isKey) {
      this.#key = text;
      this.#state = 'colon';
    } else {
      this.#strings.push(text);
      this.#state = 'string-comma';
    }
  }
}

/** Bytes of one text that may be spread over chunks, decoded only when it is whole: UTF-8 can be cut anywhere too. */
class PendingBytes {
  length = 0;
  #bytes: Uint8Array = new Uint8Array(256);
  // A byte order mark inside the file is data, and what is not UTF-8 becomes U+FFFD as with every other reader.
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });

  clear(): void {
    this.length = 0;
  }

  add(part: Uint8Array): void {
    const length = this.length + part.length;
    if (length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(length, this.#bytes.length * 2));
      larger.set(this.#bytes.subarray(0, this.length));
      this.#bytes = larger;
    }
    this.#bytes.set(part, this.length);
    this.length = length;
  }

  text(): string {
    return this.#decoder.decode(this.#bytes.subarray(0, this.length));
  }
}

/** Where in a row a field stands, as the file itself says. */
type RowLayout = {
  readonly stride: number;
  /** In the order of the names asked for. */
  readonly offsets: readonly number[];
  readonly types: readonly string[];
};

type Layout = {
  readonly nodeCount: number;
  readonly edgeCount: number;
  readonly node: RowLayout;
  readonly edge: RowLayout;
};

function readLayout(description: unknown, offset: number): Layout {
  const { meta, node_count, edge_count } = asRecord(description);
  const { node_fields, node_types, edge_fields, edge_types } = asRecord(meta);
  return {
    nodeCount: announcedCount(node_count, 'node_count', 1, offset),
    edgeCount: announcedCount(edge_count, 'edge_count', 0, offset),
    node: rowLayout(node_fields, node_types, ['type', 'name', 'id', 'self_size', 'edge_count'], offset),
    edge: rowLayout(edge_fields, edge_types, ['type', 'name_or_index', 'to_node'], offset),
  };
}

function rowLayout(fields: unknown, types: unknown, wanted: readonly string[], offset: number): RowLayout {
  if (!Array.isArray(fields)) return fail('it does not say which fields its rows have', offset);
  const offsets = wanted.map((name) => {
    const at = fields.indexOf(name);
    return at < 0 ? fail(`its rows have no field "${name}"`, offset) : at;
  });
  const names: unknown = Array.isArray(types) ? types[offsets[0] ?? 0] : null;
  if (!Array.isArray(names) || names.length > 256 || names.some((name) => typeof name !== 'string')) {
    return fail('it does not say which types there are', offset);
  }
  return { stride: fields.length, offsets, types: names as string[] };
}

function announcedCount(value: unknown, name: string, min: number, offset: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value < UINT32_MAX)
    return value;
  return fail(`its ${name} is no count`, offset);
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function parseJson(text: string, offset: number): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    return fail('it is not JSON', offset, cause);
  }
}

function fail(message: string, offset: number, cause?: unknown): never {
  throw new LeaklineError('SNAPSHOT_UNREADABLE', { offset, message }, { cause });
}

function quoteByte(byte: number): string {
  return byte > 0x20 && byte < 0x7f ? `"${String.fromCharCode(byte)}"` : `the byte 0x${byte.toString(16)}`;
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
