import { LARGE } from './columns.ts';
import type { NumberMaker } from './number-maker.ts';
import { isSpace, quoteByte, unreadable } from './unreadable.ts';

/** Where the rows of a section go. */
export type RowSink = {
  readonly section: string;
  /** Numbers in a row. */
  readonly stride: number;
  /** Whether a number may be less than zero; then it comes as the 32 bits of its two's complement. */
  readonly isSigned?: boolean;
  /**
   * Takes whole rows, `count` numbers of them. `LARGE` stands for it and for what 32 bits can't hold; then `large` has it by its place. What
   * it can't believe it says, with the row of the batch it is in.
   */
  take(numbers: Uint32Array, count: number, large: ReadonlyMap<number, number>): RowProblem | null;
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
  readonly #maker: NumberMaker;
  /** Numbers in the batch. */
  #count = 0;
  /** Of these, numbers from before this chunk: fields of a row that a chunk's end has cut. */
  #carried = 0;
  /** Where in this chunk the first number of the batch that is not carried begins. */
  #batchFrom = 0;
  /** Those of the batch that it has no room for, by their places. */
  #large: ReadonlyMap<number, number> = new Map();

  // Of a number that a chunk's end has cut.
  #number = 0;
  #digits = 0;
  #numberEnded = false;
  #isNegative = false;
  /** After a comma a number must come; after the bracket the array may be over. */
  #afterComma = false;

  /** The maker may serve others before and after, not meanwhile. */
  constructor(sink: RowSink, maker: NumberMaker) {
    this.#sink = sink;
    this.#maker = maker;
  }

  /**
   * Reads on from `from`. Returns where the array ended, after its bracket, or -1 if it goes on in the next chunk.
   * `base` is how many bytes came before this chunk.
   */
  read(chunk: Uint8Array, from: number, base: number): number {
    this.#batchFrom = from;
    this.#carried = this.#count;
    let at = from;
    while (at < chunk.length) {
      const next = this.#digits === 0 && !this.#isNegative ? this.#readPiece(chunk, at) : at;
      if (next > at) at = next;
      else {
        at = this.#readOne(chunk, at, base);
        if (at < 0) return ~at;
      }
      if (this.#count >= this.#sink.stride) this.#flush(chunk, at, base);
    }
    return -1;
  }

  /** Up to what is not written as V8 writes it. */
  #readPiece(chunk: Uint8Array, from: number): number {
    const { text, made } = this.#maker;
    const end = Math.min(chunk.length, from + text.length);
    text.set(chunk.subarray(from, end));
    const length = this.#maker.run(end - from, this.#count);
    this.#count += made[0];
    if (length > 0) this.#afterComma = true;
    return from + length;
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
      } else if (byte === MINUS && this.#sink.isSigned === true && this.#digits === 0 && !this.#isNegative) {
        this.#isNegative = true;
      } else if (isSpace(byte)) this.#numberEnded = this.#digits > 0 || this.#isNegative;
      else return unreadable(`${quoteByte(byte)} stands among whole numbers`, base + at);
    }
    return chunk.length;
  }

  #endNumber(byComma: boolean, offset: number): void {
    if (this.#digits > 0) {
      if (this.#isNegative && this.#number > NEGATIVE_MAX) unreadable('a number is too large', offset);
      if (this.#number >= LARGE) this.#large = new Map([...this.#large, [this.#count, this.#number]]);
      this.#maker.numbers[this.#count] = this.#isNegative ? -this.#number : Math.min(LARGE, this.#number);
      this.#count += 1;
    } else if (byComma || this.#afterComma || this.#isNegative) unreadable('a number is missing', offset);
    this.#number = 0;
    this.#digits = 0;
    this.#numberEnded = false;
    this.#isNegative = false;
    this.#afterComma = byComma;
  }

  #end(offset: number): void {
    if (this.#count > 0) unreadable(`the last of "${this.#sink.section}" lacks fields`, offset);
    const problem = this.#sink.end();
    if (problem !== null) unreadable(problem, offset);
  }

  /** Hands the whole rows on. What is left of the last moves to the front. */
  #flush(chunk: Uint8Array, at: number, base: number): void {
    const { stride } = this.#sink;
    const { numbers } = this.#maker;
    const count = this.#count;
    const whole = count - (count % stride);
    if (whole > 0) {
      const problem = this.#sink.take(numbers, whole, this.#large);
      if (problem !== null) {
        const behind = (problem.row + 1) * stride - this.#carried;
        unreadable(problem.message, base + afterNumbers(chunk, this.#batchFrom, behind));
      }
      numbers.copyWithin(0, whole, count);
      if (this.#large.size > 0) this.#large = movedDown(this.#large, whole);
      this.#count = count - whole;
    }
    this.#carried = this.#count;
    this.#batchFrom = at;
  }
}

function movedDown(large: ReadonlyMap<number, number>, by: number): Map<number, number> {
  const kept = [...large].filter(([at]) => at >= by);
  return new Map(kept.map(([at, number]) => [at - by, number]));
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

/** 2^31. */
const NEGATIVE_MAX = 0x80_00_00_00;
const COMMA = 0x2c;
const MINUS = 0x2d;
const DIGIT_0 = 0x30;
const CLOSE_ARRAY = 0x5d;
