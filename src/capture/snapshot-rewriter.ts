import { LeaklineError } from '../core/errors.ts';

/**
 * A heap snapshot passed on byte by byte, but for its `strings`: each goes through `rewrite`, which returns what is to stand
 * in its place, or `null` to leave it. Order and number of the strings stay, and so does everything that points to them:
 * structure, sizes, ids and dominators of what comes out are those of what went in.
 *
 * Chunks may be cut anywhere; memory is bounded by the longest string, and V8 cuts those at 1,024 characters. What is not
 * a whole snapshot (its nodes and edges are counted against what it announces) is SNAPSHOT_UNREADABLE, with the byte.
 */
export class SnapshotRewriter {
  readonly #rewrite: (text: string) => string | null;
  #state: State = 'start';
  #offset = 0;
  #key = '';
  #depth = 0;
  #quoted = false;
  #escaped = false;
  #commas = 0;
  #isEmpty = true;
  /** What was begun and not ended within a chunk: a key, a string, the description. Latin-1, one character a byte. */
  #pending = '';
  readonly #numbers = new Map<string, number>();
  #announced: ReadonlyMap<string, number> | null = null;
  #shape: SnapshotShape = { nodes: 0, edges: 0, strings: 0, rewritten: 0 };

  constructor(rewrite: (text: string) => string | null) {
    this.#rewrite = rewrite;
  }

  /** What is to be written for this chunk. */
  feed(chunk: Uint8Array): Uint8Array[] {
    const out: Uint8Array[] = [];
    let at = 0;
    while (at < chunk.length) {
      const from = at;
      if (this.#state === 'strings') {
        const rewritten = this.#readStrings(chunk, at);
        out.push(rewritten.bytes);
        at = rewritten.end;
      } else {
        at = this.#state === 'value' ? this.#passValue(chunk, at) : this.#readMark(chunk, at);
        const last = out.at(-1);
        // Marks are single bytes: those that stand side by side leave as one.
        if (last !== undefined && last.buffer === chunk.buffer && isBefore(last, chunk, from)) {
          out[out.length - 1] = new Uint8Array(chunk.buffer, last.byteOffset, last.length + at - from);
        } else out.push(chunk.subarray(from, at));
      }
    }
    this.#offset += chunk.length;
    return out;
  }

  /** Throws SNAPSHOT_UNREADABLE if that was not all of a snapshot. */
  end(): SnapshotShape {
    if (this.#state !== 'done') this.#fail('it ends before the snapshot does', 0);
    for (const section of ['snapshot', 'nodes', 'edges', 'strings']) {
      if (!this.#numbers.has(section)) this.#fail(`it has no "${section}"`, 0);
    }
    for (const [section, expected] of this.#announced ?? []) {
      const found = this.#numbers.get(section);
      if (found !== expected) this.#fail(`"${section}" has ${found} of ${expected} numbers`, 0);
    }
    return this.#shape;
  }

  /** One byte of the frame around the sections. */
  #readMark(chunk: Uint8Array, at: number): number {
    const byte = chunk[at] ?? 0;
    if (this.#state === 'key') {
      if (byte !== QUOTE) {
        this.#pending += String.fromCharCode(byte);
        if (this.#pending.length > KEY_LENGTH_MAX) this.#fail('a key does not end', at);
        return at + 1;
      }
      this.#key = this.#pending;
      this.#pending = '';
      this.#state = 'colon';
      return at + 1;
    }
    if (isSpace(byte)) return at + 1;
    switch (this.#state) {
      case 'start':
        if (byte !== OPEN_OBJECT) this.#fail('it does not begin as JSON does', at);
        this.#state = 'key-or-end';
        break;
      case 'key-or-end':
        if (byte === QUOTE) this.#state = 'key';
        else if (byte === CLOSE_OBJECT) this.#state = 'done';
        else this.#fail('a key is missing', at);
        break;
      case 'colon':
        if (byte !== COLON) this.#fail('a colon is missing', at);
        this.#state = 'before-value';
        break;
      case 'before-value':
        this.#beginValue(byte, at);
        break;
      case 'comma-or-end':
        if (byte === COMMA) this.#state = 'key-or-end';
        else if (byte === CLOSE_OBJECT) this.#state = 'done';
        else this.#fail('a comma is missing', at);
        break;
      default:
        this.#fail('something follows the snapshot', at);
    }
    return at + 1;
  }

  #beginValue(byte: number, at: number): void {
    if (this.#numbers.has(this.#key)) this.#fail(`it has "${this.#key}" twice`, at);
    // A section that is no list could hold text anywhere; V8 writes none.
    const expected = this.#key === 'snapshot' ? OPEN_OBJECT : OPEN_ARRAY;
    if (byte !== expected) this.#fail(`"${this.#key}" begins with an unexpected character`, at);
    this.#numbers.set(this.#key, 0);
    this.#depth = 1;
    this.#commas = 0;
    this.#isEmpty = true;
    this.#quoted = false;
    this.#escaped = false;
    this.#pending = this.#key === 'snapshot' ? '{' : '';
    this.#state = this.#key === 'strings' ? 'strings' : 'value';
  }

  /** Hot: once per byte of nodes and edges, which are nine tenths of a file. */
  #passValue(chunk: Uint8Array, from: number): number {
    const isDescription = this.#key === 'snapshot';
    let depth = this.#depth;
    let quoted = this.#quoted;
    let escaped = this.#escaped;
    let commas = this.#commas;
    let isEmpty = this.#isEmpty;
    let at = from;
    for (; at < chunk.length && depth > 0; at += 1) {
      const byte = chunk[at] ?? 0;
      if (quoted) {
        if (escaped) escaped = false;
        else if (byte === BACKSLASH) escaped = true;
        else if (byte === QUOTE) quoted = false;
      } else if (byte >= DIGIT_0 && byte <= DIGIT_9) isEmpty = false;
      else if (byte === COMMA) commas += 1;
      else if (byte === QUOTE) {
        // Text outside of `strings` would leave as it is. V8's own description is the only one there may be.
        if (!isDescription) this.#fail(`"${this.#key}" holds text`, at);
        quoted = true;
      } else if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) depth += 1;
      else if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) depth -= 1;
    }
    this.#depth = depth;
    this.#quoted = quoted;
    this.#escaped = escaped;
    this.#commas = commas;
    this.#isEmpty = isEmpty;
    if (isDescription) {
      this.#pending += latin1(chunk.subarray(from, at));
      if (this.#pending.length > DESCRIPTION_LENGTH_MAX) this.#fail('its description does not end', at);
    }
    if (depth === 0) {
      this.#state = 'comma-or-end';
      this.#numbers.set(this.#key, isEmpty ? 0 : commas + 1);
      if (isDescription) this.#readDescription(at);
    }
    return at;
  }

  #readDescription(at: number): void {
    let description: Description;
    try {
      description = JSON.parse(this.#pending) as Description;
    } catch {
      return this.#fail('its description is no JSON', at);
    }
    this.#pending = '';
    const { node_count: nodes, edge_count: edges, meta } = description;
    const nodeFields = meta?.node_fields?.length ?? 0;
    const edgeFields = meta?.edge_fields?.length ?? 0;
    if (!(Number(nodes) > 0 && Number(edges) >= 0 && nodeFields > 0 && edgeFields > 0))
      this.#fail('its description lacks what a snapshot has', at);
    this.#announced = new Map([
      ['nodes', Number(nodes) * nodeFields],
      ['edges', Number(edges) * edgeFields],
    ]);
    this.#shape = { ...this.#shape, nodes: Number(nodes), edges: Number(edges) };
  }

  /** Hot: once per string. Everything is ASCII, as V8 escapes the rest; other bytes are read as the UTF-8 they are. */
  #readStrings(chunk: Uint8Array, from: number): { bytes: Uint8Array; end: number } {
    const text = latin1(chunk.subarray(from));
    let { strings, rewritten } = this.#shape;
    let out = '';
    let at = 0;
    while (at < text.length) {
      if (this.#quoted) {
        const end = this.#endOfString(text, at);
        this.#pending += text.slice(at, end);
        at = end;
        if (this.#quoted) {
          if (this.#pending.length > STRING_LENGTH_MAX) this.#fail('a string does not end', from + at);
          break;
        }
        // Without the closing quote.
        const raw = this.#pending.slice(0, -1);
        this.#pending = '';
        const replacement = this.#rewrite(this.#decode(raw, from + at));
        strings += 1;
        if (replacement === null) out += `"${raw}"`;
        else {
          rewritten += 1;
          out += JSON.stringify(replacement);
        }
        continue;
      }
      const mark = text.charCodeAt(at);
      at += 1;
      if (mark === QUOTE) this.#quoted = true;
      else {
        out += text[at - 1];
        if (mark === CLOSE_ARRAY) {
          this.#state = 'comma-or-end';
          this.#numbers.set('strings', strings);
          break;
        }
        if (mark !== COMMA && !isSpace(mark)) this.#fail('something stands between strings', from + at);
      }
    }
    this.#shape = { ...this.#shape, strings, rewritten };
    return { bytes: Buffer.from(out, 'latin1'), end: from + at };
  }

  /** Behind the closing quote, or the end of the text. */
  #endOfString(text: string, from: number): number {
    let at = from;
    for (; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (this.#escaped) this.#escaped = false;
      else if (code === BACKSLASH) this.#escaped = true;
      else if (code === QUOTE) {
        this.#quoted = false;
        return at + 1;
      }
    }
    return at;
  }

  #decode(raw: string, at: number): string {
    // oxlint-disable-next-line no-control-regex -- what is beyond ASCII, as bytes
    const text = /[^\x00-\x7f]/.test(raw) ? Buffer.from(raw, 'latin1').toString('utf8') : raw;
    if (!text.includes('\\')) return text;
    try {
      return JSON.parse(`"${text}"`) as string;
    } catch {
      return this.#fail('a string is malformed', at);
    }
  }

  #fail(message: string, at: number): never {
    throw new LeaklineError('SNAPSHOT_UNREADABLE', { offset: this.#offset + at, message });
  }
}

export type SnapshotShape = {
  readonly nodes: number;
  readonly edges: number;
  readonly strings: number;
  /** How many of the strings were replaced. */
  readonly rewritten: number;
};

type State =
  | 'start'
  | 'key-or-end'
  | 'key'
  | 'colon'
  | 'before-value'
  | 'value'
  | 'strings'
  | 'comma-or-end'
  | 'done';

type Description = {
  readonly node_count?: number;
  readonly edge_count?: number;
  readonly meta?: { readonly node_fields?: readonly string[]; readonly edge_fields?: readonly string[] };
};

function isBefore(part: Uint8Array, chunk: Uint8Array, at: number): boolean {
  return part.byteOffset + part.length === chunk.byteOffset + at;
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;
const KEY_LENGTH_MAX = 100;
/** Real ones take 2 KB. */
const DESCRIPTION_LENGTH_MAX = 1 << 20;
/** Of one string, escaped: 1,024 characters of six bytes, and room for what a later V8 may do. */
const STRING_LENGTH_MAX = 1 << 24;
