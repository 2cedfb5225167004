import { describe, expect, test } from 'vitest';
import { findGrowth, findSteady, findUncounted } from '../../src/census/growth.ts';
import type { CensusWalk, ContainerGroup } from '../../src/core/census.ts';

/** A walk every two seconds, drawn as `key size` or `key size/instances`. */
function walks(...drawings: readonly string[]): CensusWalk[] {
  return drawings.map((drawing, index) => {
    const atMs = index * 2000;
    const containers = drawing
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '')
      .map((part): ContainerGroup => {
        const [key = '', count = ''] = part.split(' ');
        const [size, instances = '1'] = count.split('/');
        return { key, type: 'Array', instances: Number(instances), size: Number(size), atMs };
      });
    return {
      startedAtMs: atMs,
      endedAtMs: atMs + 100,
      objects: 0,
      functions: 0,
      slices: 1,
      truncated: false,
      containers,
      programScripts: [],
    };
  });
}

function grown(...drawings: readonly string[]): [string, number][] {
  return findGrowth(walks(...drawings)).map(({ key, growthPerSecond }) => [key, growthPerSecond]);
}

describe('what grows from walk to walk', () => {
  test('is told with its rate, the fastest first', () => {
    expect(grown('a 10, b 10, c 5', 'a 12, b 30, c 5', 'a 18, b 50, c 5')).toEqual([
      ['b', 10],
      ['a', 2],
    ]);
  });

  test('is not what shrank once between', () => {
    expect(grown('a 10', 'a 40', 'a 30', 'a 60')).toEqual([]);
  });

  test('is not what only one walk met: it may have been there', () => {
    expect(grown('a 10', 'a 10, late 500')).toEqual([]);
    expect(grown('a 10', 'late 500', 'late 520')).toEqual([['late', 10]]);
  });

  test('is the array that gains arrays, not the arrays in it', () => {
    expect(grown('h 14/7, h[*] 14000/14', 'h 28/7, h[*] 28000/28')).toEqual([['h', 7]]);
  });

  test('is the arrays in it too, where each of them grows', () => {
    expect(grown('h 10, h[*] 100/10', 'h 20, h[*] 800/20').map(([key]) => key)).toEqual(['h[*]', 'h']);
  });

  test('is not two more', () => {
    expect(grown('a 10', 'a 12')).toEqual([]);
  });
});

test('what kept its size over every walk is steady, if it is of some size', () => {
  const steady = findSteady(walks('a 128, b 20, c 3', 'a 128, b 21, c 3', 'a 128, b 20, c 3'));
  expect(steady.map(({ key, size }) => [key, size])).toEqual([['a', 128]]);
});

test('one walk shows nothing', () => {
  expect(findGrowth(walks('a 10'))).toEqual([]);
  expect(findSteady(walks('a 100'))).toEqual([]);
});

describe('a dictionary that is not listed again', () => {
  const [first, second, third] = walks('a 90', 'a 120', 'b 7, c 9');
  const uncounted = (key: string, size: number, atMs: number): ContainerGroup => ({
    key,
    type: 'Object',
    instances: 1,
    size,
    atMs,
    uncounted: true,
  });

  test('is told, the largest first, and is not found steady', () => {
    const later = { ...third, containers: [uncounted('a', 100, 0), uncounted('b', 300, 0)] };
    const same = walks('a 100, b 300').map((walk) => ({ ...walk, containers: later.containers }));
    expect(findUncounted([...same, later]).map(({ key }) => key)).toEqual(['b', 'a']);
    expect(findSteady([...same, later])).toEqual([]);
    expect(findUncounted([first, second])).toEqual([]);
  });

  test('says nothing of what its elements hold, of which each walk meets the same few', () => {
    const [before, after] = walks('a[*] 1200, ab 90', 'a[*] 1200, ab 90');
    const containers = [uncounted('a', 100, 2000), ...after.containers];
    expect(findSteady([before, after]).map(({ key }) => key)).toEqual(['a[*]', 'ab']);
    expect(findSteady([before, { ...after, containers }]).map(({ key }) => key)).toEqual(['ab']);
  });

  test('is not said to grow as it did while it was counted: it may have stopped', () => {
    const later = { ...third, containers: [uncounted('a', 120, 2000)] };
    expect(findGrowth([first, second]).map(({ key }) => key)).toEqual(['a']);
    expect(findGrowth([first, second, later])).toEqual([]);
  });
});
