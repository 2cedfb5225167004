import {
  add16,
  add32,
  add64,
  and128,
  and64,
  atMost8,
  bits8,
  type Code,
  dot32,
  equal8,
  get,
  highZeros64,
  I32,
  i32,
  I64,
  i64,
  ifTrue,
  less32,
  less64,
  load128,
  load32,
  load64,
  type Local,
  lowZeros64,
  moduleOf,
  mul16,
  mul64,
  narrow16,
  or32,
  or64,
  set,
  shl64,
  shr16,
  shr32,
  shr64,
  splat16,
  splat32,
  splat8,
  store128,
  store32,
  store64,
  sub32,
  sub64,
  sub8,
  subToZero8,
  to32,
  to64,
  V128,
  whileTrue,
  xor64,
} from './wasm.ts';

/**
 * `makeNumbers` of number-maker.ts as a WebAssembly module, which has words of 64 bits and vectors of 16 bytes. Its function takes
 * where the text begins and ends and where the numbers go, returns where the text goes on, and leaves at `COUNT_AT` how many
 * numbers it made.
 *
 * A block of 64 bytes becomes masks with a bit for each: digits, commas, ends of lines. What stands where it can't is a bit too, so
 * that a loop over the numbers need not ask. It moves each one's digits to the end of a word of eight bytes, and a second loop
 * makes numbers of the words, four at once. Numbers of more digits are made one by one, and put in their places in the end.
 */
export function numberMachine(): Uint8Array {
  return moduleOf(
    3,
    locals,
    ...begin(),
    whileTrue(
      less32(get(block), get(end)),
      ...readBlock(),
      ...findStrange(),
      ...findNumbers(),
      whileTrue(less64(i64(0n), get(ends)), ...nextWord()),
      // The next block begins where a number does, so that no number lies in two.
      set(block, add32(get(block), to32(get(taken)))),
    ),
    store32(i32(COUNT_AT), shr32(sub32(get(word), i32(WORDS_AT)), i32(3))),
    ...convertWords(),
    ...placeLong(),
    get(block),
  );
}

// The memory: the count, the text with room for a block behind it, a word for each number the text can hold, of each long one its
// word's place and its value, and the numbers.
export const COUNT_AT = 0;
export const TEXT_AT = 64;
export const TEXT_BYTES = 8192;
const WORDS_AT = 16_384;
const LONG_AT = 53_248;
export const NUMBERS_AT = 65_536;

const locals: Local[] = [];
const block = local(I32);
const end = local(I32);
const numbers = local(I32);
const word = local(I32);
const long = local(I32);
const to = local(I32);
// Masks: the lowest bit is the block's first byte.
const digits = local(I64);
const commas = local(I64);
const newlines = local(I64);
const strange = local(I64);
const starts = local(I64);
const ends = local(I64);
/** Bytes of the block, up to behind its last comma. */
const taken = local(I64);
// Of a number: where in the block it begins and ends, and more.
const first = local(I64);
const behind = local(I64);
const length = local(I64);
const value = local(I64);
const quarters = [local(V128), local(V128), local(V128), local(V128)];
// V8 makes a constant anew each time.
const zero8 = local(V128);
const nine8 = local(V128);
const low16 = local(V128);
const ten16 = local(V128);
const hundred16 = local(V128);
const tenThousand16 = local(V128);

function local(type: number): Local {
  const made = { at: locals.length, type };
  locals.push(made);
  return made;
}

function begin(): Code[] {
  return [
    set(word, i32(WORDS_AT)),
    set(long, i32(LONG_AT)),
    set(zero8, splat8(i32(ZERO))),
    set(nine8, splat8(i32(9))),
    set(low16, splat16(i32(0xff))),
    set(ten16, splat16(i32(10))),
    set(hundred16, splat32(i32(100 | (1 << 16)))),
    set(tenThousand16, splat32(i32(10_000 | (1 << 16)))),
  ];
}

function readBlock(): Code[] {
  const isDigit = (bytes: Code): Code => atMost8(sub8(bytes, get(zero8)), get(nine8));
  const isComma = (bytes: Code): Code => equal8(bytes, splat8(i32(COMMA)));
  const isNewline = (bytes: Code): Code => equal8(bytes, splat8(i32(NEWLINE)));
  return [
    ...quarters.map((quarter, at) => set(quarter, load128(add32(get(block), i32(16 * at))))),
    set(digits, mask(isDigit)),
    set(commas, mask(isComma)),
    set(newlines, mask(isNewline)),
  ];
}

/** What ends the text: its end, and what is not for here to read. */
function findStrange(): Code[] {
  const isZero = (bytes: Code): Code => equal8(bytes, get(zero8));
  const left = sub32(get(end), get(block));
  return [
    // A number begins the block, as behind a comma.
    set(starts, or64(next(get(commas)), i64(1n))),
    set(strange, not(or64(or64(get(digits), get(commas)), get(newlines)))),
    set(strange, or64(get(strange), and64(next(get(newlines)), not(get(commas))))),
    set(strange, or64(get(strange), and64(get(starts), not(get(digits))))),
    // A number of more digits does not begin with 0.
    set(strange, or64(get(strange), and64(next(and64(mask(isZero), get(starts))), get(digits)))),
    ifTrue(less32(left, i32(BLOCK_BYTES)), [set(strange, or64(get(strange), shl64(i64(-1n), to64(left))))]),
  ];
}

/** Those whose comma comes before what is strange. */
function findNumbers(): Code[] {
  const afterLastComma = sub64(i64(64n), highZeros64(get(commas)));
  return [
    ifTrue(less64(i64(0n), get(strange)), [
      set(commas, and64(get(commas), sub64(lowest(get(strange)), i64(1n)))),
      set(end, i32(0)),
    ]),
    set(taken, afterLastComma),
    set(ends, and64(and64(next(get(digits)), not(get(digits))), shr64(i64(-1n), highZeros64(get(commas))))),
    // Shifted by 64, as where no comma is left, it would stay.
    ifTrue(less64(get(commas), i64(1n)), [set(ends, i64(0n)), set(end, i32(0))]),
  ];
}

/** Hot: once per number. */
function nextWord(): Code[] {
  return [
    set(first, lowZeros64(get(starts))),
    set(behind, lowZeros64(get(ends))),
    set(starts, withoutLowest(get(starts))),
    set(ends, withoutLowest(get(ends))),
    set(length, sub64(get(behind), get(first))),
    store64(get(word), digitsOf(load64(add32(get(block), to32(get(first)))), get(length))),
    ifTrue(less64(i64(8n), get(length)), longNumber()),
    set(word, add32(get(word), i32(8))),
  ];
}

/** One that 32 bits can't hold, or `LARGE` itself, ends the text before it. */
function longNumber(): Code[] {
  const at = (place: Local): Code => add32(get(block), to32(get(place)));
  const high = valueOf(digitsOf(figures(at(first)), sub64(get(length), i64(8n))));
  const low = valueOf(figures(sub32(at(behind), i32(8))));
  const isTooLong = less64(i64(LONG_DIGITS_MAX), get(length));
  const isTooLarge = less64(i64(LARGE - 1n), get(value));
  return [
    set(value, add64(mul64(high, i64(100_000_000n)), low)),
    ifTrue(
      or32(isTooLong, isTooLarge),
      [
        set(ends, i64(0n)),
        set(end, i32(0)),
        set(taken, get(first)),
        // The step behind goes on to the next word.
        set(word, sub32(get(word), i32(8))),
      ],
      [
        store32(get(long), get(word)),
        store32(add32(get(long), i32(4)), to32(get(value))),
        set(long, add32(get(long), i32(8))),
      ],
    ),
  ];
}

/** Up to three more come out than there are, of whatever was there. */
function convertWords(): Code[] {
  const [one, other] = quarters;
  return [
    set(end, get(word)),
    set(word, i32(WORDS_AT)),
    set(to, get(numbers)),
    whileTrue(
      less32(get(word), get(end)),
      set(one, load128(get(word))),
      set(one, fourDigits(one)),
      set(other, load128(add32(get(word), i32(16)))),
      set(other, fourDigits(other)),
      store128(get(to), dot32(narrow16(get(one), get(other)), get(tenThousand16))),
      set(word, add32(get(word), i32(32))),
      set(to, add32(get(to), i32(16))),
    ),
  ];
}

/** Of each half of two words its number. A word is not digits alone: where a number has none, there are bytes of 0. */
function fourDigits(words: Local): Code {
  const pairs = add16(mul16(and128(get(words), get(low16)), get(ten16)), shr16(get(words), i32(8)));
  return [...set(words, subToZero8(get(words), get(zero8))), ...dot32(pairs, get(hundred16))];
}

function placeLong(): Code[] {
  return [
    set(to, i32(LONG_AT)),
    whileTrue(
      less32(get(to), get(long)),
      store32(
        add32(get(numbers), shr32(sub32(load32(get(to)), i32(WORDS_AT)), i32(1))),
        load32(add32(get(to), i32(4))),
      ),
      set(to, add32(get(to), i32(8))),
    ),
  ];
}

function mask(test: (bytes: Code) => Code): Code {
  const parts = quarters.map((quarter, at) => shl64(to64(bits8(test(get(quarter)))), i64(BigInt(16 * at))));
  return parts.reduce((all, part) => or64(all, part));
}

function next(marks: Code): Code {
  return shl64(marks, i64(1n));
}

function not(code: Code): Code {
  return xor64(code, i64(-1n));
}

function lowest(code: Code): Code {
  return and64(code, sub64(i64(0n), code));
}

function withoutLowest(code: Code): Code {
  return and64(code, sub64(code, i64(1n)));
}

/** The first `count` bytes, one to eight, moved to the end; before them comes 0. */
function digitsOf(bytes: Code, count: Code): Code {
  return shl64(bytes, shl64(sub64(i64(0n), count), i64(3n)));
}

/** Eight bytes as what they are digits of. */
function figures(address: Code): Code {
  return xor64(load64(address), i64(0x30_30_30_30_30_30_30_30n));
}

/** Each step joins neighbours: multiplied by 10 (100, 10,000) and 1 at once they meet in the upper half. */
function valueOf(eightFigures: Code): Code {
  const pairs = and64(shr64(mul64(eightFigures, i64(0x0a_01n)), i64(8n)), i64(0x00ff_00ff_00ff_00ffn));
  const fours = and64(shr64(mul64(pairs, i64(0x64_0001n)), i64(16n)), i64(0x0000_ffff_0000_ffffn));
  return shr64(mul64(fours, i64(0x2710_0000_0001n)), i64(32n));
}

const BLOCK_BYTES = 64;
/** What two words hold. */
const LONG_DIGITS_MAX = 16n;
const LARGE = 0xff_ff_ff_ffn;
const NEWLINE = 0x0a;
const COMMA = 0x2c;
const ZERO = 0x30;
