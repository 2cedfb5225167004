import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { median, select } from '../../src/verdict/selection.ts';

const sizes = fc.oneof(
  fc.array(fc.double({ noNaN: true }), { minLength: 1, maxLength: 300 }),
  // Many that are equal.
  fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 300 }),
);

describe('the selection', () => {
  test('of any rank is what sorting finds there, with the smaller ones before it and the larger after', () => {
    fc.assert(
      fc.property(sizes, fc.nat(), (drawn, at) => {
        const rank = at % drawn.length;
        const values = Float64Array.from(drawn);
        const sorted = Float64Array.from(drawn).sort();
        expect(select(values, rank) === sorted[rank]).toBe(true);
        expect(values.subarray(0, rank).every((value) => value <= sorted[rank])).toBe(true);
        expect(values.subarray(rank).every((value) => value >= sorted[rank])).toBe(true);
        expect([...values.sort()]).toEqual([...sorted]);
      }),
    );
  });

  test('between two places leaves the others alone', () => {
    const values = Float64Array.of(9, 8, 3, 1, 2, 7, 0);
    expect(select(values, 3, 2, 5)).toBe(2);
    expect([...values].filter((_, i) => i < 2 || i >= 5)).toEqual([9, 8, 7, 0]);
  });

  test('ends on values that a median of three divides worst', () => {
    // Musser 1997, "Introspective sorting and selection algorithms": each pivot is the second smallest of what is left.
    const half = 5000;
    const killer = Float64Array.from({ length: 2 * half }, (_, i) => {
      if (i >= half) return 2 * (i - half + 1);
      return i % 2 === 0 ? i + 1 : half + i + (half % 2 === 0 ? 0 : 1);
    });
    const sorted = killer.slice().sort();
    expect(select(killer.slice(), half)).toBe(sorted[half]);
    expect(select(killer.slice(), 2 * half - 2)).toBe(sorted[2 * half - 2]);
  });

  test('median of an odd and an even number, and of none', () => {
    expect(median(Float64Array.of(3, 1, 2))).toBe(2);
    expect(median(Float64Array.of(4, 1, 3, 2))).toBe(2.5);
    expect(median(new Float64Array(0))).toBeNaN();
  });
});
