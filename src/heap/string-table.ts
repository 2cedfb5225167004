/**
 * The strings of a snapshot, kept as the bytes of the file and made strings only when somebody asks: of a million, a summary
 * needs a few hundred. Costs their bytes and 8 a string.
 */
export class StringTable {
  readonly count: number;
  readonly #segments: readonly Uint8Array[];
  /** Where each begins; one more says where the last ends. Float64: all together can pass 4 GB. */
  readonly #starts: Float64Array;

  constructor(count: number, segments: readonly Uint8Array[], starts: Float64Array) {
    this.count = count;
    this.#segments = segments;
    this.#starts = starts;
  }

  /** Decodes it anew each time: whoever asks often keeps the answer. What there is not is an empty string. */
  at(index: number): string {
    if (!(index >= 0 && index < this.count)) return '';
    const bytes = this.#bytesOf(index, Number.POSITIVE_INFINITY);
    const text = decoder.decode(bytes);
    // The escapes have been checked when they were read.
    return bytes.includes(BACKSLASH) ? (JSON.parse(`"${text}"`) as string) : text;
  }

  /** Where a text stands that V8 writes once, or -1; looks at all strings by their length. */
  indexOf(text: string): number {
    for (let at = 0; at < this.count; at += 1) {
      if (this.byteLength(at) === text.length && this.at(at) === text) return at;
    }
    return -1;
  }

  /** Those that begin with a text of ASCII; looks at the first bytes of all strings. */
  withPrefix(prefix: string): ReadonlySet<number> {
    const found = new Set<number>();
    for (let at = 0; at < this.count; at += 1) if (this.#hasPrefix(at, prefix)) found.add(at);
    return found;
  }

  #hasPrefix(index: number, prefix: string): boolean {
    const start = this.#starts[index];
    if (this.#starts[index + 1] - start < prefix.length) return false;
    for (let place = 0; place < prefix.length; place += 1) {
      const at = start + place;
      const segment = Math.floor(at / SEGMENT_BYTES);
      if (this.#segments[segment][at - segment * SEGMENT_BYTES] !== prefix.charCodeAt(place)) return false;
    }
    return true;
  }

  /** The first of its bytes, or -1: enough to see that a string is not of some kind. */
  firstByte(index: number): number {
    if (!(index >= 0 && index < this.count) || this.byteLength(index) === 0) return -1;
    return this.#bytesOf(index, 1)[0];
  }

  /** The number it is the decimal digits of, or -1; for names that are slots, of which a heap has millions. */
  digitsAt(index: number): number {
    const start = this.#starts[index];
    const end = this.#starts[index + 1];
    if (!(end > start && end - start <= DIGITS_MAX)) return -1;
    let value = 0;
    for (let at = start; at < end; at += 1) {
      const segment = Math.floor(at / SEGMENT_BYTES);
      const digit = this.#segments[segment][at - segment * SEGMENT_BYTES] - DIGIT_0;
      if (!(digit >= 0 && digit <= 9)) return -1;
      value = value * 10 + digit;
    }
    return value;
  }

  /** How long it is in the file, which is not what it took in the heap. */
  byteLength(index: number): number {
    return this.#starts[index + 1] - this.#starts[index];
  }

  #bytesOf(index: number, most: number): Uint8Array {
    const start = this.#starts[index];
    const length = Math.min(this.byteLength(index), most);
    const segment = Math.floor(start / SEGMENT_BYTES);
    const from = start - segment * SEGMENT_BYTES;
    if (from + length <= SEGMENT_BYTES) return this.#segments[segment].subarray(from, from + length);
    const joined = new Uint8Array(length);
    let done = 0;
    for (let at = segment; done < length; at += 1) {
      const begin = at === segment ? from : 0;
      const part = this.#segments[at].subarray(begin, Math.min(SEGMENT_BYTES, begin + length - done));
      joined.set(part, done);
      done += part.length;
    }
    return joined;
  }
}

/** Strings' bytes as they come, each copied once and never again. */
export class StringTableBuilder {
  /** The next byte goes to `segment[place[AT]]`, and `place[COUNT]` strings have ended: in an array, for hot loops to count on. */
  readonly place: Uint32Array = new Uint32Array(2);
  segment: Uint8Array = new Uint8Array(0);
  /** How many bytes of strings came before the segment. */
  segmentFrom = 0;
  /** Where each string begins among the bytes of all; the next ends at `starts[place[COUNT] + 1]`. */
  starts: Float64Array = new Float64Array(1024);
  readonly #segments: Uint8Array[] = [];

  isFull(): boolean {
    return this.place[AT] === this.segment.length;
  }

  /** For one byte at least. */
  makeRoom(): void {
    if (!this.isFull()) return;
    this.segmentFrom += this.segment.length;
    this.segment = new Uint8Array(SEGMENT_BYTES);
    this.#segments.push(this.segment);
    this.place[AT] = 0;
  }

  add(byte: number): void {
    this.segment[this.place[AT]] = byte;
    this.place[AT] += 1;
  }

  /** What came since the last end is a string. Returns its length. */
  end(): number {
    const length = this.segmentFrom + this.place[AT];
    const count = this.place[COUNT] + 1;
    if (count === this.starts.length) {
      const larger = new Float64Array(count * 2);
      larger.set(this.starts);
      this.starts = larger;
    }
    this.starts[count] = length;
    this.place[COUNT] = count;
    return length - this.starts[count - 1];
  }

  table(): StringTable {
    return new StringTable(this.place[COUNT], this.#segments, this.starts);
  }
}

/** Places in `place`. */
export const AT = 0;
export const COUNT = 1;

/** A segment is made when its first byte comes, so a file can't ask for more than 1 MB that it does not fill. */
const SEGMENT_BYTES = 1 << 20;
const BACKSLASH = 0x5c;
const DIGIT_0 = 0x30;
/** No slot of V8's has more. */
const DIGITS_MAX = 10;
// A byte order mark inside the file is data, and what is not UTF-8 becomes U+FFFD as with every other reader.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
