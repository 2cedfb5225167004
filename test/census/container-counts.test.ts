import { expect, test } from 'vitest';
import { ContainerCounts, COUNTS_AT_MOST, FOLLOWED_AT_MOST } from '../../src/census/container-counts.ts';
import type { CensusWalk, ContainerGroup } from '../../src/core/census.ts';

function walk(atMs: number, sizeByKey: Readonly<Record<string, number>>, uncounted = false): CensusWalk {
  const containers = Object.entries(sizeByKey).map(
    ([key, size]): ContainerGroup => ({
      key,
      type: 'Map',
      instances: 1,
      size,
      atMs,
      ...(uncounted ? { uncounted } : {}),
    }),
  );
  return {
    startedAtMs: atMs,
    endedAtMs: atMs,
    objects: 0,
    functions: 0,
    slices: 1,
    truncated: false,
    containers,
    programScripts: [],
  };
}

test('what is followed late has the counts of the walks that are still there, then those of each walk', () => {
  const counts = new ContainerCounts();
  const before = [walk(0, { a: 1, b: 7 }), walk(1000, { a: 2 })];
  for (const one of before) counts.add(one);
  expect(counts.of('a')).toEqual([]);
  counts.follow(['a', 'b'], before);
  counts.add(walk(2000, { a: 3, b: 9, c: 4 }));
  counts.follow(['a', 'c'], [walk(2000, { a: 3, b: 9, c: 4 })]);
  expect(counts.of('a')).toEqual([0, 1000, 2000].map((timeMs, index) => ({ timeMs, size: index + 1 })));
  // A walk that did not meet it says nothing of it.
  expect(counts.of('b').map(({ size }) => size)).toEqual([7, 9]);
  expect(counts.of('c')).toEqual([{ timeMs: 2000, size: 4 }]);
});

test('a size that is only remembered is no count', () => {
  const counts = new ContainerCounts();
  counts.follow(['a'], [walk(0, { a: 5 }), walk(1, { a: 5 }, true)]);
  counts.add(walk(2, { a: 5 }, true));
  expect(counts.of('a')).toEqual([{ timeMs: 0, size: 5 }]);
});

test('a watch of any length has few counts, which cover all of it and end with the last', () => {
  const counts = new ContainerCounts();
  counts.follow(['a'], []);
  for (let index = 0; index < 5_000; index += 1) {
    counts.add(walk(index, { a: index }));
    const sizes = counts.of('a').map(({ size }) => size);
    expect(sizes.length).toBeLessThanOrEqual(COUNTS_AT_MOST);
    expect([sizes[0], sizes.at(-1)]).toEqual([0, index]);
    expect(sizes).toEqual([...sizes].sort((a, b) => a - b));
  }
  expect(counts.of('a').length).toBeGreaterThan(COUNTS_AT_MOST / 2 - 1);
});

test('of very many containers those that were asked for last are followed', () => {
  const counts = new ContainerCounts();
  const sizeByKey = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`k${index}`, index]));
  for (const key of Object.keys(sizeByKey)) counts.follow([key, 'k0'], [walk(0, sizeByKey)]);
  const followed = Object.keys(sizeByKey).filter((key) => counts.of(key).length > 0);
  expect(followed).toHaveLength(FOLLOWED_AT_MOST);
  expect(followed).toContain('k0');
  expect(followed).toContain('k999');
  expect(followed).not.toContain('k500');
});
