/**
 * As much of WebAssembly's binary format as one function needs (https://webassembly.github.io/spec/core/binary). An expression is
 * its bytes: an operator's stand behind those of its operands, so `add32(get(a), i32(1))` reads as it computes.
 */
export type Code = readonly number[];
export type Local = { readonly at: number; readonly type: number };
type Operator = (...operands: readonly Code[]) => Code;

export const I32 = 0x7f;
export const I64 = 0x7e;
export const V128 = 0x7b;

export const add32: Operator = operator(0x6a);
export const sub32: Operator = operator(0x6b);
export const or32: Operator = operator(0x72);
export const shr32: Operator = operator(0x76);
export const less32: Operator = operator(0x49);
export const add64: Operator = operator(0x7c);
export const sub64: Operator = operator(0x7d);
export const mul64: Operator = operator(0x7e);
export const and64: Operator = operator(0x83);
export const or64: Operator = operator(0x84);
export const xor64: Operator = operator(0x85);
export const shl64: Operator = operator(0x86);
export const shr64: Operator = operator(0x88);
export const less64: Operator = operator(0x54);
/** How many of the highest bits are 0, and how many of the lowest. */
export const highZeros64: Operator = operator(0x79);
export const lowZeros64: Operator = operator(0x7a);
export const to32: Operator = operator(0xa7);
export const to64: Operator = operator(0xad);
/** Memory is read and written at any byte. */
export const load32: Operator = operator(0x28, 0, 0);
export const load64: Operator = operator(0x29, 0, 0);
export const load128: Operator = operator(0xfd, 0x00, 0, 0);
export const store32: Operator = operator(0x36, 0, 0);
export const store64: Operator = operator(0x37, 0, 0);
export const store128: Operator = operator(0xfd, 0x0b, 0, 0);
// Of vectors: the number is that of the parts' bits.
export const splat8: Operator = operator(0xfd, 0x0f);
export const splat16: Operator = operator(0xfd, 0x10);
export const splat32: Operator = operator(0xfd, 0x11);
export const equal8: Operator = operator(0xfd, 0x23);
export const atMost8: Operator = operator(0xfd, 0x2a);
export const and128: Operator = operator(0xfd, 0x4e);
/** The highest bit of each byte. */
export const bits8: Operator = operator(0xfd, 0x64);
export const sub8: Operator = operator(0xfd, 0x71);
/** Never below 0. */
export const subToZero8: Operator = operator(0xfd, 0x73);
export const shr16: Operator = operator(0xfd, 0x8d, 0x01);
export const add16: Operator = operator(0xfd, 0x8e, 0x01);
export const mul16: Operator = operator(0xfd, 0x95, 0x01);
/** Two vectors of 32 bits become one of 16. */
export const narrow16: Operator = operator(0xfd, 0x86, 0x01);
/** Multiplies parts of 16 bits and adds each two neighbours, which gives 32. */
export const dot32: Operator = operator(0xfd, 0xba, 0x01);

function operator(...opcode: readonly number[]): Operator {
  return (...operands) => [...operands.flat(), ...opcode];
}

export function i32(value: number): Code {
  return [0x41, ...signed(BigInt(value))];
}

export function i64(value: bigint): Code {
  return [0x42, ...signed(BigInt.asIntN(64, value))];
}

export function get(local: Local): Code {
  return [0x20, local.at];
}

export function set(local: Local, value: Code): Code {
  return [...value, 0x21, local.at];
}

/** The condition is asked before each turn. */
export function whileTrue(condition: Code, ...steps: readonly Code[]): Code {
  const endUnless = [...condition, 0x45, 0x0d, 1];
  return [0x02, VOID, 0x03, VOID, ...endUnless, ...steps.flat(), 0x0c, 0, 0x0b, 0x0b];
}

export function ifTrue(condition: Code, steps: readonly Code[], otherwise: readonly Code[] = []): Code {
  return [...condition, 0x04, VOID, ...steps.flat(), 0x05, ...otherwise.flat(), 0x0b];
}

/**
 * A module of one function, `run`, and the memory it imports, `env.memory`. The first of the locals are its parameters, of 32 bits as its
 * answer is.
 */
export function moduleOf(
  parameterCount: number,
  locals: readonly Local[],
  ...body: readonly Code[]
): Uint8Array {
  const declared = locals.slice(parameterCount).flatMap(({ type }) => [1, type]);
  const code = [...unsigned(locals.length - parameterCount), ...declared, ...body.flat(), 0x0b];
  const sections = [
    section(1, [1, 0x60, parameterCount, ...Array<number>(parameterCount).fill(I32), 1, I32]),
    section(2, [1, ...name('env'), ...name('memory'), 2, 0, 1]),
    section(3, [1, 0]),
    section(7, [1, ...name('run'), 0, 0]),
    section(10, [1, ...unsigned(code.length), ...code]),
  ];
  return Uint8Array.from([0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0, ...sections.flat()]);
}

function section(id: number, content: Code): Code {
  return [id, ...unsigned(content.length), ...content];
}

function name(text: string): Code {
  return [text.length, ...Array.from(text, (letter) => letter.charCodeAt(0))];
}

/** LEB128, as `signed`. */
function unsigned(value: number): Code {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

function signed(value: bigint): Code {
  const low = Number(value & 0x7fn);
  const rest = value >> 7n;
  const isLast = rest === ((low & 0x40) === 0 ? 0n : -1n);
  return isLast ? [low] : [low | 0x80, ...signed(rest)];
}

const VOID = 0x40;
