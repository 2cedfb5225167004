import { types } from 'node:util';
import { expect, test } from 'vitest';
import { estimateElement, estimateElementBytes } from '../../src/census/element-bytes.ts';

const objects = (count: number): object => ({
  list: Array.from({ length: count }, (_, index) => ({ index })),
});
const estimate = (...samples: readonly object[]): ReturnType<typeof estimateElement> =>
  estimateElement(samples, types, () => []);

test('a look that ends at its limit of objects says so', () => {
  // An array gives 32 of its elements, so that it takes many to meet the limit of 400.
  expect(estimate(objects(9), objects(9))?.cut).toBe(false);
  const deep = (): object => ({ lists: Array.from({ length: 20 }, () => objects(30)) });
  expect(estimate(deep(), deep())?.cut).toBe(true);
  expect(estimate(objects(9), deep())?.cut).toBe(true);
});

test('a large buffer is large, and not cut', () => {
  const bytes = estimate({ buffer: Buffer.alloc(100_000) }, { buffer: Buffer.alloc(100_000) });
  expect(bytes?.bytes).toBeGreaterThan(100_000);
  expect(bytes?.cut).toBe(false);
});

test('what both samples lead to counts for neither', () => {
  const shared = { text: 'x'.repeat(10_000) };
  expect(estimateElementBytes([{ shared }, { shared }], types, () => [])).toBeLessThan(100);
  expect(estimateElementBytes([], types, () => [])).toBeNull();
});
