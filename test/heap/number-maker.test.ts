import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { machineMaker, numberMaker, plainMaker } from '../../src/heap/number-maker.ts';

// What both must make of a text, in the words of a regular expression.

const LARGE = 2 ** 32 - 1;
const NUMBER = /(0|[1-9]\d*)\n?,/y;

function expected(text: string): { readonly length: number; readonly numbers: readonly number[] } {
  const numbers: number[] = [];
  let length = 0;
  for (;;) {
    NUMBER.lastIndex = length;
    const number = Number(NUMBER.exec(text)?.[1] ?? LARGE);
    if (number >= LARGE) return { length, numbers };
    numbers.push(number);
    length = NUMBER.lastIndex;
  }
}

describe.each([
  ['WebAssembly', machineMaker(8)],
  ['a plain loop', plainMaker(8)],
])('%s', (_, maker) => {
  const madeOf = (text: string, before = 0): ReturnType<typeof expected> => {
    // What lay there before must not matter.
    maker.text.fill(0x37);
    maker.numbers.fill(7);
    maker.text.set(new TextEncoder().encode(text));
    const length = maker.run(text.length, before);
    const [made] = maker.made;
    expect(maker.numbers.slice(0, before)).toEqual(new Uint32Array(before).fill(7));
    return { length, numbers: [...maker.numbers.subarray(before, before + made)] };
  };

  test('makes the numbers of rows as V8 writes them, at every place of a block', () => {
    const rows =
      '3,1,22,333,4444\n,55555,666666,7777777,88888888,999999999\n,4294967294,0,10,9876543210\n,1,';
    for (let shift = 0; shift < 130; shift += 1) {
      const text = '6,'.repeat(shift >> 1) + (shift % 2 === 0 ? '' : '12,') + rows;
      for (let length = text.length - 40; length <= text.length; length += 1) {
        expect(madeOf(text.slice(0, length))).toEqual(expected(text.slice(0, length)));
      }
    }
  });

  test('stops before what is written otherwise', () => {
    const number = fc.oneof(
      fc.nat(9),
      fc.nat(LARGE),
      fc.bigInt(0n, 10n ** 20n),
      fc.constantFrom(LARGE - 1, LARGE, LARGE + 1, 99_999_999, 100_000_000, '', '00', '07', '-1', '1e3'),
    );
    const mark = fc.oneof(
      { weight: 30, arbitrary: fc.constantFrom(',', '\n,') },
      { weight: 1, arbitrary: fc.constantFrom(', ', ',\n', '\n\n,', '\n', ' ', ']', '":é', ',,') },
    );
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(number, mark).map(([digits, behind]) => `${digits}${behind}`),
          { maxLength: 200 },
        ),
        fc.nat(8),
        (parts, before) => {
          const text = parts.join('').replaceAll('é', '/');
          expect(madeOf(text, before)).toEqual(expected(text));
        },
      ),
      { seed: 14, numRuns: 2000 },
    );
  });

  test('has room for all that its text can hold', () => {
    const { length } = maker.text;
    expect(madeOf('1,'.repeat(length / 2), 8).numbers).toHaveLength(length / 2);
    expect(madeOf('123456789,'.repeat(length / 10), 8).numbers).toHaveLength(Math.floor(length / 10));
    expect(maker.numbers.length).toBeGreaterThanOrEqual(length / 2 + 8);
  });
});

test('without WebAssembly numbers are made all the same', () => {
  const { WebAssembly } = globalThis as { WebAssembly?: unknown };
  Object.assign(globalThis, { WebAssembly: undefined });
  try {
    const maker = numberMaker(8);
    maker.text.set(new TextEncoder().encode('12,34\n,'));
    expect(maker.run(7, 0)).toBe(7);
    expect([...maker.numbers.subarray(0, 2)]).toEqual([12, 34]);
  } finally {
    Object.assign(globalThis, { WebAssembly });
  }
});
