import { LARGE } from './columns.ts';
import { COUNT_AT, NUMBERS_AT, numberMachine, TEXT_AT, TEXT_BYTES } from './number-machine.ts';

/** Makes numbers of text, a piece at a time. Whose turn it is lays the piece into `text` and calls `run`. */
export type NumberMaker = {
  /** Room for a piece. */
  readonly text: Uint8Array;
  /** Here the numbers come out. */
  readonly numbers: Uint32Array;
  /** One number: how many the last run made. */
  readonly made: Uint32Array;
  /**
   * Reads the first `textBytes` of the text, which begins with a number, and puts its numbers behind the first `numbersBefore`. Returns how
   * many bytes were read: numbers below `LARGE`, each with its comma at once or behind a line's end, as V8 writes them. It stops before
   * anything else, and before a number whose comma is not there.
   */
  run(textBytes: number, numbersBefore: number): number;
};

/**
 * By WebAssembly where there is any with vectors: some 4 ns a number instead of 6. `carriedMax` is how many numbers a caller may leave in
 * front.
 */
export function numberMaker(carriedMax: number): NumberMaker {
  try {
    return machineMaker(carriedMax);
  } catch {
    // No WebAssembly, as with --jitless or a page's security policy; no vectors; or no address space for its memory.
    return plainMaker(carriedMax);
  }
}

export function machineMaker(carriedMax: number): NumberMaker {
  const initial = Math.ceil((NUMBERS_AT + 4 * (NUMBERS_MAX + carriedMax)) / PAGE_BYTES);
  const memory = new WebAssembly.Memory({ initial });
  machine ??= new WebAssembly.Module(numberMachine());
  const { exports } = new WebAssembly.Instance(machine, { env: { memory } });
  const run = exports['run'] as (from: number, end: number, numbers: number) => number;
  return {
    text: new Uint8Array(memory.buffer, TEXT_AT, TEXT_BYTES),
    numbers: new Uint32Array(memory.buffer, NUMBERS_AT),
    made: new Uint32Array(memory.buffer, COUNT_AT, 1),
    run: (textBytes, numbersBefore) =>
      run(TEXT_AT, TEXT_AT + textBytes, NUMBERS_AT + 4 * numbersBefore) - TEXT_AT,
  };
}

let machine: object | null = null;

export function plainMaker(carriedMax: number): NumberMaker {
  const text = new Uint8Array(TEXT_BYTES);
  const numbers = new Uint32Array(NUMBERS_MAX + carriedMax);
  const made = new Uint32Array(1);
  const run = (textBytes: number, numbersBefore: number): number =>
    makeNumbers(text, textBytes, numbers, numbersBefore, made);
  return { text, numbers, made, run };
}

/** Hot: once per byte of nodes and edges. */
function makeNumbers(
  text: Uint8Array,
  textBytes: number,
  numbers: Uint32Array,
  numbersBefore: number,
  made: Uint32Array,
): number {
  let filled = numbersBefore;
  // Where the number begins that is being read; the text before it has been taken.
  let from = 0;
  let number = 0;
  for (let at = 0; at < textBytes; at += 1) {
    const byte = text[at];
    const digit = byte - DIGIT_0;
    if (digit >= 0 && digit <= 9) {
      if (number === 0 && at > from) break;
      number = number * 10 + digit;
      if (number >= LARGE) break;
    } else {
      const next = byte === NEWLINE ? at + 1 : at;
      if (at === from || next === textBytes || text[next] !== COMMA) break;
      numbers[filled] = number;
      filled += 1;
      number = 0;
      at = next;
      from = next + 1;
    }
  }
  made[0] = filled - numbersBefore;
  return from;
}

/** The part of WebAssembly's interface that is used, which is that of every engine. */
declare const WebAssembly: {
  readonly Memory: new (size: { readonly initial: number }) => { readonly buffer: ArrayBuffer };
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: object,
  ) => { readonly exports: Readonly<Record<string, unknown>> };
};

/** A digit and a comma each, and up to three more that WebAssembly writes behind the last. */
const NUMBERS_MAX = TEXT_BYTES / 2 + 3;
const PAGE_BYTES = 65_536;
const NEWLINE = 0x0a;
const COMMA = 0x2c;
const DIGIT_0 = 0x30;
