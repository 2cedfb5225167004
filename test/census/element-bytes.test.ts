import { types } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { estimateElement, estimateElementBytes } from '../../src/census/element-bytes.ts';

const objects = (count: number): object => ({
  list: Array.from({ length: count }, (_, index) => ({ index })),
});
const estimate = (...samples: readonly object[]): ReturnType<typeof estimateElement> =>
  estimateElement(samples, types, () => null);

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
  expect(estimateElementBytes([{ shared }, { shared }], types, () => null)).toBeLessThan(100);
  expect(estimateElementBytes([], types, () => null)).toBeNull();
});

// What one of them takes by V8's own count: the heap after a collection, with five hundred of them and without.
function measuredBytes(make: (index: number) => object): number {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as () => void;
  const kept: object[] = Array.from({ length: 500 }, () => ({}));
  gc();
  const before = process.memoryUsage().heapUsed;
  for (let index = 0; index < 500; index += 1) kept[index] = make(index);
  gc();
  return (process.memoryUsage().heapUsed - before) / kept.length;
}

test.each<[string, (n: number) => object]>([
  ['an array of 200 objects', (n: number) => ({ rows: Array.from({ length: 200 }, (_, i) => ({ n, i })) })],
  [
    'arrays in arrays',
    (n: number) => ({
      pages: Array.from({ length: 64 }, () => Array.from({ length: 16 }, (_, i) => ({ n, i }))),
    }),
  ],
  ['a Map of 100 objects', (n: number) => new Map(Array.from({ length: 100 }, (_, i) => [i, { n, i }]))],
  [
    'an object with 800 properties',
    (n: number) => Object.fromEntries(Array.from({ length: 800 }, (_, i) => [`p${i}`, { n, i }])),
  ],
])('%s: what is not looked at counts as what is', (_, make) => {
  const measured = measuredBytes(make);
  const estimated =
    estimateElementBytes(
      [1, 2, 3, 4].map((n) => make(n)),
      types,
      () => null,
    ) ?? 0;
  // Estimates are promised within a factor of three.
  expect(estimated / measured).toBeGreaterThan(1 / 2);
  expect(estimated / measured).toBeLessThan(2);
});
