import { isSpace, quoteByte, unreadable } from './unreadable.ts';

/** Where the rows of a section go. */
export type RowSink = {
  readonly section: string;
  /** Numbers in a row. */
  readonly stride: number;
  /** Takes whole rows, `count` numbers of them; what it can't believe it says, with the row of the batch it is in. */
  take(numbers: Float64Array, count: number): RowProblem | null;
  /** Says what is wrong with a section that ends here. */
  end(): string | null;
};
export type RowProblem = { readonly row: number; readonly message: string };

/**
 * One array of whole numbers, read from chunks that may be cut anywhere, and handed on in batches of rows.
 *
 * Nine tenths of a snapshot pass here. Making the numbers and sorting them into columns are loops of their own, with a batch
 * between them that stays in the processor's cache: as fast as one loop written for one order of fields, and twice as fast
 * as one loop for any (bench/heap).
 */
export class NumberScanner {
  readonly #sink: RowSink;
  /** Float64: whole numbers up to 2^53 pass through without a second thought. */
  readonly #batch: Float64Array;
  /** How much of the batch is filled before it is handed on. It begins small: see `makeNumbers`. */
  #limit: number;
  /** Numbers in the batch, for `makeNumbers` to count on. */
  readonly #count = new Uint32Array(1);
  /** Of these, numbers from before this chunk: fields of a row that a chunk's end has cut. */
  #carried = 0;
  /** Where in this chunk the first number of the batch that is not carried begins. */
  #batchFrom = 0;

  // Of a number that a chunk's end has cut.
  #number = 0;
  #digits = 0;
  #numberEnded = false;
  /** After a comma a number must come; after the bracket the array may be over. */
  #afterComma = false;

  constructor(sink: RowSink) {
    this.#sink = sink;
    this.#batch = new Float64Array(sink.stride * Math.max(1, Math.floor(BATCH_NUMBERS / sink.stride)));
    this.#limit = sink.stride;
  }

  /**
   * Reads on from `from`. Returns where the array ended, after its bracket, or -1 if it goes on in the next chunk.
   * `base` is how many bytes came before this chunk.
   */
  read(chunk: Uint8Array, from: number, base: number): number {
    this.#batchFrom = from;
    const plainEnd = lastMark(chunk);
    let at = from;
    for (;;) {
      if (this.#digits === 0) {
        const before = at;
        at = makeNumbers(chunk, before, plainEnd, this.#batch, this.#count, this.#limit);
        if (at > before) this.#afterComma = true;
      }
      if (this.#count[0] === this.#limit) {
        this.#flush(chunk, at, base);
        this.#limit = Math.min(this.#batch.length, this.#limit * 2);
        continue;
      }
      if (at === chunk.length) break;
      at = this.#readOne(chunk, at, base);
      if (at < 0) return ~at;
    }
    this.#flush(chunk, at, base);
    return -1;
  }

  /** Up to the next comma, whatever stands there; or past the bracket, then the complement of where. */
  #readOne(chunk: Uint8Array, from: number, base: number): number {
    for (let at = from; at < chunk.length; at += 1) {
      const byte = chunk[at];
      const digit = byte - DIGIT_0;
      if (digit >= 0 && digit <= 9) {
        if (this.#numberEnded || (this.#digits > 0 && this.#number === 0)) {
          return unreadable('a number is malformed', base + at);
        }
        this.#number = this.#number * 10 + digit;
        this.#digits += 1;
        if (this.#number > Number.MAX_SAFE_INTEGER) unreadable('a number is too large', base + at);
      } else if (byte === COMMA || byte === CLOSE_ARRAY) {
        this.#endNumber(byte === COMMA, base + at);
        if (byte === COMMA) return at + 1;
        this.#flush(chunk, at, base);
        this.#end(base + at);
        return ~(at + 1);
      } else if (isSpace(byte)) this.#numberEnded = this.#digits > 0;
      else return unreadable(`${quoteByte(byte)} stands among whole numbers`, base + at);
    }
    return chunk.length;
  }

  #endNumber(byComma: boolean, offset: number): void {
    if (this.#digits > 0) {
      this.#batch[this.#count[0]] = this.#number;
      this.#count[0] += 1;
    } else if (byComma || this.#afterComma) unreadable('a number is missing', offset);
    this.#number = 0;
    this.#digits = 0;
    this.#numberEnded = false;
    this.#afterComma = byComma;
  }

  #end(offset: number): void {
    if (this.#count[0] > 0) unreadable(`the last of "${this.#sink.section}" lacks fields`, offset);
    const problem = this.#sink.end();
    if (problem !== null) unreadable(problem, offset);
  }

  /** Hands the whole rows on. What is left of the last moves to the front. */
  #flush(chunk: Uint8Array, at: number, base: number): void {
    const { stride } = this.#sink;
    const [count] = this.#count;
    const whole = count - (count % stride);
    if (whole > 0) {
      const problem = this.#sink.take(this.#batch, whole);
      if (problem !== null) {
        const behind = (problem.row + 1) * stride - this.#carried;
        unreadable(problem.message, base + afterNumbers(chunk, this.#batchFrom, behind));
      }
      this.#batch.copyWithin(0, whole, count);
      this.#count[0] = count - whole;
    }
    this.#carried = count - whole;
    this.#batchFrom = at;
  }
}

/**
 * Hot: once per byte of nodes and edges. Numbers of at most nine digits, so that 32 bits hold them, each with its comma
 * at once or behind a line's end, as V8 writes them. Stops before anything else, before `end`, and where the batch is full.
 *
 * No method: V8 compiles a loop while it runs, and throws such code out, each time anew, where it ends in what the compiler had
 * not seen yet, a field or an end of the function (1,000 times in 20 MB, a fifth of the whole time). So it touches only what
 * never changes its kind, and its first calls are short.
 */
function makeNumbers(
  chunk: Uint8Array,
  from: number,
  end: number,
  batch: Float64Array,
  count: Uint32Array,
  limit: number,
): number {
  let at = from;
  let filled = count[0];
  while (at < end && filled < limit) {
    const first = chunk[at] - DIGIT_0;
    if (first >>> 0 > 9) break;
    let number = first;
    let next = at + 1;
    // Ends within the chunk: at `end` there is a byte that is no digit.
    let digit = chunk[next] - DIGIT_0;
    if (digit >>> 0 <= 9) {
      if (first === 0) break;
      // The first digits have branches of their own, which the processor foresees better than the end of a loop.
      number = number * 10 + digit;
      next += 1;
      digit = chunk[next] - DIGIT_0;
      if (digit >>> 0 <= 9) {
        number = number * 10 + digit;
        next += 1;
        digit = chunk[next] - DIGIT_0;
        while (digit >>> 0 <= 9) {
          number = (Math.imul(number, 10) + digit) | 0;
          next += 1;
          digit = chunk[next] - DIGIT_0;
        }
        if (next - at > 9) break;
      }
    }
    if (digit === NEWLINE - DIGIT_0) {
      next += 1;
      digit = chunk[next] - DIGIT_0;
    }
    if (digit !== COMMA - DIGIT_0) break;
    batch[filled] = number;
    filled += 1;
    at = next + 1;
  }
  count[0] = filled;
  return at;
}

/** Where the comma or bracket behind so many numbers stands. They have been read before, so nothing is checked. */
function afterNumbers(chunk: Uint8Array, from: number, count: number): number {
  let left = count;
  let at = from;
  for (; at < chunk.length; at += 1) {
    if (chunk[at] === COMMA || chunk[at] === CLOSE_ARRAY) left -= 1;
    if (left <= 0) break;
  }
  return at;
}

/** The last byte of the chunk that is no digit and has another behind it; 0 if there is none. */
function lastMark(chunk: Uint8Array): number {
  let at = chunk.length - 2;
  while (at > 0 && (chunk[at] - DIGIT_0) >>> 0 <= 9) at -= 1;
  return Math.max(0, at);
}

/** 24 KB of them: less than a core's nearest cache. */
const BATCH_NUMBERS = 3072;

const NEWLINE = 0x0a;
const COMMA = 0x2c;
const DIGIT_0 = 0x30;
const CLOSE_ARRAY = 0x5d;
