import type { StringTable } from './string-table.ts';
import { AT, COUNT, StringTableBuilder } from './string-table.ts';
import { isSpace, quoteByte, unreadable } from './unreadable.ts';

/** The array `strings`, read from chunks that may be cut anywhere, also inside an escape. */
export class StringScanner {
  readonly #builder = new StringTableBuilder();
  #state: 'first-or-end' | 'next' | 'inside' | 'comma-or-end' = 'first-or-end';
  /** In an escape: 5 after the backslash, 4 to 1 the hexadecimal digits that must come. */
  #escape = 0;

  /** Returns where the array ended, after its bracket, or -1 if it goes on. `base` is how many bytes came before this chunk. */
  read(chunk: Uint8Array, from: number, base: number): number {
    let at = from;
    while (at < chunk.length) {
      if (this.#state === 'inside') {
        at = this.#readInside(chunk, at, base);
        continue;
      }
      const byte = chunk[at];
      at += 1;
      if (isSpace(byte)) continue;
      if (byte === QUOTE && this.#state !== 'comma-or-end') this.#state = 'inside';
      else if (byte === COMMA && this.#state === 'comma-or-end') this.#state = 'next';
      else if (byte === CLOSE_ARRAY && this.#state !== 'next') return at;
      else unreadable(`${quoteByte(byte)} stands where it can't`, base + at - 1);
    }
    return -1;
  }

  table(): StringTable {
    return this.#builder.table();
  }

  #readInside(chunk: Uint8Array, from: number, base: number): number {
    const builder = this.#builder;
    builder.makeRoom();
    if (this.#escape > 0) return this.#readMark(chunk[from], from, base);
    const at = passStrings(chunk, from, builder.segment, builder.segmentFrom, builder.starts, builder.place);
    if (at === chunk.length || builder.isFull()) return at;
    return this.#readMark(chunk[at], at, base);
  }

  /** A byte inside a string that is not merely copied. */
  #readMark(byte: number, at: number, base: number): number {
    const builder = this.#builder;
    if (this.#escape === 0 && byte === QUOTE) {
      this.#state = 'comma-or-end';
      const length = builder.end();
      if (length > STRING_BYTES_MAX) unreadable('a string is too long', base + at - length);
      return at + 1;
    }
    if (byte < 0x20) unreadable('a string holds a control character', base + at);
    if (this.#escape === 0) this.#escape = 5;
    else if (this.#escape < 5) {
      if (!isHexDigit(byte)) unreadable('a string holds half an escape', base + at);
      this.#escape -= 1;
    } else if (byte === LETTER_U) this.#escape = 4;
    else if (!SINGLE_ESCAPES.includes(byte))
      unreadable('a string holds an escape that JSON has not', base + at);
    else this.#escape = 0;
    builder.add(byte);
    return at + 1;
  }
}

/**
 * Hot: once per byte of the strings. Passes over whole strings as well, so long as they follow one another as V8 writes them:
 * behind a quote a comma, perhaps a line's end, and the next quote. Stops before anything else, and where there is no room. No method,
 * for the reason of `makeNumbers`.
 */
function passStrings(
  chunk: Uint8Array,
  from: number,
  segment: Uint8Array,
  segmentFrom: number,
  starts: Float64Array,
  place: Uint32Array,
): number {
  const end = chunk.length;
  let at = from;
  let to = place[AT];
  let count = place[COUNT];
  while (at < end && to < segment.length) {
    const byte = chunk[at];
    if (byte === QUOTE) {
      if (at + 3 >= end || count + 1 === starts.length || chunk[at + 1] !== COMMA) break;
      const next = chunk[at + 2] === NEWLINE ? at + 3 : at + 2;
      if (chunk[next] !== QUOTE || segmentFrom + to - starts[count] > STRING_BYTES_MAX) break;
      count += 1;
      starts[count] = segmentFrom + to;
      at = next + 1;
    } else {
      if (byte === BACKSLASH || byte < 0x20) break;
      segment[to] = byte;
      to += 1;
      at += 1;
    }
  }
  place[AT] = to;
  place[COUNT] = count;
  return at;
}

function isHexDigit(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66);
}

/** The longest that every engine can hold; V8 itself cuts what it writes far below. */
const STRING_BYTES_MAX = (1 << 29) - 32;

const QUOTE = 0x22;
const NEWLINE = 0x0a;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const LETTER_U = 0x75;
/** What may follow a backslash and stands for one character: " \ / b f n r t */
const SINGLE_ESCAPES = [0x22, 0x5c, 0x2f, 0x62, 0x66, 0x6e, 0x72, 0x74];
