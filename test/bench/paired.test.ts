import { expect, test } from 'vitest';
import { boundRank, paired } from '../../bench/overhead/paired.ts';

/** The share of all outcomes of n fair coins with at most so many heads, counted one by one. */
function atMostHeads(n: number, heads: number): number {
  let count = 0;
  for (let outcome = 0; outcome < 2 ** n; outcome += 1) {
    if (outcome.toString(2).replaceAll('0', '').length <= heads) count += 1;
  }
  return count / 2 ** n;
}

test.each([5, 6, 8, 11, 12, 14])('with %i pairs the bound is the outermost that 95 %% allow', (n) => {
  const rank = boundRank(n);
  expect(atMostHeads(n, rank)).toBeLessThanOrEqual(0.05);
  expect(atMostHeads(n, rank + 1)).toBeGreaterThan(0.05);
});

test('four pairs bound nothing', () => {
  expect(boundRank(4)).toBe(-1);
  expect(paired([1, 2, 3, 4]).upper95).toBeNaN();
});

test('the middle and the bounds are order statistics, in whatever order the pairs came', () => {
  // Ten: two of ten coins or fewer show heads in 5.5 %, one or none in 1.1 %.
  expect(paired([9, 1, 8, 2, 7, 3, 6, 4, 5, 0])).toEqual({
    pairs: 10,
    median: 4.5,
    upper95: 8,
    halfWidth: 3.5,
  });
});
