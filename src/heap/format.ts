import type { LocationTable, SnapshotColumns } from './columns.ts';
import { type NumberMaker, numberMaker } from './number-maker.ts';
import { NumberScanner, type RowSink } from './number-scanner.ts';
import { ScopeTableBuilder } from './scope-rows.ts';
import { EdgeRows, LocationRows, NodeRows } from './section-rows.ts';
import { longestRow, type SnapshotLayout, snapshotLayout } from './snapshot-layout.ts';
import { StringScanner } from './string-scanner.ts';
import { isSpace, quoteByte, unreadable } from './unreadable.ts';

export type ReadOptions = {
  /** Ends the reading between two chunks; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Called after each chunk with how many bytes have been read. */
  readonly onProgress?: (bytesRead: number) => void;
  /**
   * How many bytes there will be, where that is known. Then columns are made in their final size as soon as the file has
   * announced its rows, if that many fit into it; otherwise they grow by doubling, which copies them.
   */
  readonly sizeBytes?: number;
};

/**
 * A V8 heap snapshot (the JSON text of a `.heapsnapshot` file) as columns, read in one pass. Chunks may be cut
 * anywhere. Field offsets and type names are the file's own (`snapshot.meta`), never those of a Node version.
 *
 * Anything that is not a whole snapshot, or that points outside itself, is `SNAPSHOT_UNREADABLE` with the byte it was
 * seen at, so what comes back can be walked without checks. Sections nobody asks for are passed over unread.
 */
export async function readColumns(
  chunks: AsyncIterable<Uint8Array>,
  { signal, onProgress, sizeBytes }: ReadOptions = {},
): Promise<SnapshotColumns> {
  const tokenizer = new SnapshotTokenizer(sizeBytes ?? null);
  signal?.throwIfAborted();
  for await (const chunk of chunks) {
    tokenizer.feed(chunk);
    signal?.throwIfAborted();
    onProgress?.(tokenizer.bytesRead);
  }
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
  | 'in-section'
  | 'comma-or-end'
  | 'done';

/** A section that reads itself. */
type Scanner = { read(chunk: Uint8Array, from: number, base: number): number };

/** The sections that must be there. */
const SECTIONS = ['snapshot', 'nodes', 'edges', 'strings'] as const;
/** Those that a file may lack, and that are passed over where its description lacks them. */
const MORE_SECTIONS = ['locations', 'scopes', 'scope_context_vars', 'scope_uses'] as const;

/** Safari's and Bun's own files begin so: `{"version":3,"type":"Inspector","nodes":[…`. */
const JAVASCRIPT_CORE =
  "it is JavaScriptCore's own format, not V8's; Bun writes V8's with generateHeapSnapshot('v8')";

/** Real ones take 2 KB. More would let a file buy memory before anything of it is believed. */
const DESCRIPTION_BYTES_MAX = 1 << 20;
const KEY_BYTES_MAX = 1024;
/** The shortest a row can be, with its commas: five fields of a node, three of an edge. */
const NODE_BYTES_MIN = 10;
const EDGE_BYTES_MIN = 6;
/** Room for so many rows costs 3 MB, whatever the file turns out to be. */
const ROWS_AT_ONCE = 1 << 16;

class SnapshotTokenizer {
  bytesRead = 0;
  readonly #sizeBytes: number | null;
  #state: State = 'start';
  #key = '';
  readonly #seen = new Set<string>();
  readonly #passedOver = new Set<string>();
  /** The bytes of a key, or of the description. */
  readonly #pending: number[] = [];

  // Inside a value that is passed over or kept as a whole.
  #depth = 0;
  #quoted = false;
  #escaped = false;

  #scanner: Scanner | null = null;
  #layout: SnapshotLayout | null = null;
  #maker: NumberMaker | null = null;
  #nodes: NodeRows | null = null;
  #edges: EdgeRows | null = null;
  #locations: LocationTable = NO_LOCATIONS;
  #scopes: ScopeTableBuilder | null = null;
  #strings: StringScanner | null = null;

  constructor(sizeBytes: number | null) {
    this.#sizeBytes = sizeBytes;
  }

  feed(bytes: Uint8Array): void {
    // A Buffer is a class of its own to the engine, and hot loops that meet both are slower for both.
    const chunk = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
    let at = 0;
    while (at < chunk.length) {
      switch (this.#state) {
        case 'in-section':
          at = this.#readSection(chunk, at);
          break;
        case 'in-key':
          at = this.#readKey(chunk, at);
          break;
        case 'in-value':
          at = this.#passValue(chunk, at);
          break;
        default:
          at = this.#readMark(chunk[at], at);
      }
    }
    this.bytesRead += chunk.length;
  }

  end(): SnapshotColumns {
    const offset = this.bytesRead;
    if (offset === 0) unreadable('it is empty', 0);
    if (this.#state !== 'done') unreadable('it ends before the snapshot does', offset);
    for (const section of SECTIONS) {
      if (!this.#seen.has(section)) unreadable(`it has no "${section}"`, offset);
    }
    const layout = this.#layout;
    const nodes = this.#nodes;
    const edges = this.#edges;
    const strings = this.#strings?.table();
    if (layout === null || nodes === null || edges === null || strings === undefined) {
      return unreadable('it has no "snapshot"', offset);
    }
    if (nodes.edgesAnnounced !== layout.edgeCount) {
      unreadable(`its nodes have ${nodes.edgesAnnounced} edges, ${layout.edgeCount} are announced`, offset);
    }
    const scopes = this.#seen.has('scopes') ? this.#scopes : null;
    const scopeProblem = scopes?.problem() ?? null;
    if (scopeProblem !== null) unreadable(scopeProblem, offset);
    // The strings come last, so only now it shows whether each name is one.
    const nameMax = Math.max(nodes.nameMax, edges.nameMax, scopes?.variables.nameMax ?? -1);
    if (nameMax >= strings.count) {
      unreadable(`a name is string ${nameMax}, and there are ${strings.count}`, offset);
    }
    return {
      nodeCount: layout.nodeCount,
      edgeCount: layout.edgeCount,
      nodeTypes: layout.node.types,
      edgeTypes: layout.edge.types,
      nodeType: nodes.type,
      nodeName: nodes.name,
      nodeId: nodes.id,
      nodeSelfBytes: nodes.selfBytes,
      largeSelfBytes: nodes.largeSelfBytes,
      firstEdge: nodes.firstEdge,
      nodeDetachedness: nodes.detachedness,
      edgeType: edges.type,
      edgeNameOrIndex: edges.nameOrIndex,
      edgeTo: edges.to,
      strings,
      locations: this.#locations,
      scopes: scopes?.table() ?? null,
    };
  }

  /** One byte of the frame around the sections. */
  #readMark(byte: number, at: number): number {
    if (isSpace(byte)) return at + 1;
    const state = this.#state;
    if (state === 'start' && byte === OPEN_OBJECT) this.#state = 'key-or-end';
    else if (state === 'key-or-end' && byte === CLOSE_OBJECT) this.#state = 'done';
    else if ((state === 'key-or-end' || state === 'key') && byte === QUOTE) {
      this.#state = 'in-key';
      this.#pending.length = 0;
      this.#escaped = false;
    } else if (state === 'colon' && byte === COLON) this.#state = 'value';
    else if (state === 'value') return this.#beginValue(byte, at);
    else if (state === 'comma-or-end' && byte === COMMA) this.#state = 'key';
    else if (state === 'comma-or-end' && byte === CLOSE_OBJECT) this.#state = 'done';
    else if (state === 'start') unreadable('it does not begin as JSON does', this.bytesRead + at);
    else unreadable(`${quoteByte(byte)} stands where it can't`, this.bytesRead + at);
    return at + 1;
  }

  #readKey(chunk: Uint8Array, from: number): number {
    for (let at = from; at < chunk.length; at += 1) {
      const byte = chunk[at];
      if (byte === QUOTE && !this.#escaped) {
        const offset = this.bytesRead + at - this.#pending.length;
        this.#key = parseJson(`"${textOf(this.#pending)}"`, offset) as string;
        this.#state = 'colon';
        return at + 1;
      }
      this.#escaped = byte === BACKSLASH && !this.#escaped;
      this.#pending.push(byte);
      if (this.#pending.length > KEY_BYTES_MAX) unreadable('a key does not end', this.bytesRead + at);
    }
    return chunk.length;
  }

  #beginValue(byte: number, at: number): number {
    const offset = this.bytesRead + at;
    const key = this.#key;
    if (this.#isRead(key)) {
      if (this.#seen.has(key)) unreadable(`it has "${key}" twice`, offset);
      this.#seen.add(key);
      if (byte !== (key === 'snapshot' ? OPEN_OBJECT : OPEN_ARRAY)) {
        unreadable(`"${key}" begins with ${quoteByte(byte)}`, offset);
      }
    }
    this.#scanner = this.#scannerFor(key, offset);
    if (this.#scanner !== null) {
      this.#state = 'in-section';
      return at + 1;
    }
    this.#passedOver.add(key);
    this.#state = 'in-value';
    this.#depth = 0;
    this.#quoted = false;
    this.#escaped = false;
    this.#pending.length = 0;
    return at;
  }

  /** What is passed over may be anything. */
  #isRead(key: string): boolean {
    if (isOneOf(SECTIONS, key) || key === 'locations') return true;
    return isOneOf(MORE_SECTIONS, key) && this.#layout !== null && this.#layout.scopes !== null;
  }

  #scannerFor(key: string, offset: number): Scanner | null {
    if (key === 'strings') return (this.#strings = new StringScanner());
    const isMore = isOneOf(MORE_SECTIONS, key);
    if (key !== 'nodes' && key !== 'edges' && !isMore) return null;
    const layout = this.#layout;
    if (layout === null) {
      // Nobody needs positions and scopes; without the others there is nothing to read.
      if (isMore) return null;
      if (this.#passedOver.has('type') && this.#passedOver.has('version'))
        unreadable(JAVASCRIPT_CORE, offset);
      return unreadable(`"${key}" comes before "snapshot", which describes it`, offset);
    }
    const rows = this.#rowsFor(key, layout);
    if (rows === null) return null;
    this.#maker ??= numberMaker(longestRow(layout));
    return new NumberScanner(rows, this.#maker);
  }

  #rowsFor(key: 'nodes' | 'edges' | (typeof MORE_SECTIONS)[number], layout: SnapshotLayout): RowSink | null {
    if (key === 'nodes') return (this.#nodes = new NodeRows(layout, this.#rowsAtOnce(NODE_BYTES_MIN)));
    if (key === 'edges') return (this.#edges = new EdgeRows(layout, this.#rowsAtOnce(EDGE_BYTES_MIN)));
    if (key !== 'locations') return this.#scopeRowsFor(key, layout);
    const { location } = layout;
    if (location === null) return null;
    const rows = new LocationRows({ ...layout, location });
    this.#locations = rows;
    return rows;
  }

  #scopeRowsFor(key: 'scopes' | 'scope_context_vars' | 'scope_uses', layout: SnapshotLayout): RowSink | null {
    if (layout.scopes === null) return null;
    const { scopes, variables, uses } = (this.#scopes ??= new ScopeTableBuilder(layout, layout.scopes));
    if (key === 'scopes') return scopes;
    return key === 'scope_context_vars' ? variables : uses;
  }

  #rowsAtOnce(rowBytesMin: number): number {
    return this.#sizeBytes === null ? ROWS_AT_ONCE : Math.floor(this.#sizeBytes / rowBytesMin);
  }

  #readSection(chunk: Uint8Array, from: number): number {
    const end = this.#scanner?.read(chunk, from, this.bytesRead) ?? from;
    if (end < 0) return chunk.length;
    this.#state = 'comma-or-end';
    return end;
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
      if (keep && this.#pending.push(byte) > DESCRIPTION_BYTES_MAX) {
        unreadable(`its description takes more than ${DESCRIPTION_BYTES_MAX} bytes`, this.bytesRead + at);
      }
    }
    if (ended) {
      this.#state = 'comma-or-end';
      const offset = this.bytesRead + at - this.#pending.length;
      if (keep) this.#layout = snapshotLayout(parseJson(textOf(this.#pending), offset), offset);
    }
    return at;
  }
}

function isOneOf<Name extends string>(names: readonly Name[], name: string): name is Name {
  return (names as readonly string[]).includes(name);
}

function textOf(bytes: readonly number[]): string {
  return decoder.decode(Uint8Array.from(bytes));
}

function parseJson(text: string, offset: number): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    return unreadable('it is not JSON', offset, cause);
  }
}

const NO_LOCATIONS: LocationTable = {
  count: 0,
  node: new Uint32Array(0),
  scriptId: new Uint32Array(0),
  line: new Uint32Array(0),
  column: new Uint32Array(0),
};

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
