import { expect, test } from 'vitest';
import { primitiveElements } from '../../src/census/primitive-elements.ts';

test('a text costs its characters, a number nothing beside its slot', () => {
  const text = 'x'.repeat(76);
  expect(primitiveElements([text, text], 'Array', 2)).toEqual({ type: 'string', bytes: 108, hasText: true });
  expect(primitiveElements([1, 2, 3], 'Array', 3)).toEqual({ type: 'number', bytes: 8, hasText: false });
  expect(primitiveElements(new Set([text]), 'Set', 1)).toEqual({ type: 'string', bytes: 120, hasText: true });
});

test('keys cost too, of Maps and of dictionaries', () => {
  const key = 'k'.repeat(36);
  expect(primitiveElements(new Map([[key, 5]]), 'Map', 1)).toEqual({
    type: 'number',
    bytes: 88,
    hasText: true,
  });
  expect(primitiveElements({ [key]: 'x'.repeat(100) }, 'Object', 1)).toEqual({
    type: 'string',
    bytes: 24 + 60 + 124,
    hasText: true,
  });
});

test('of a long one a few are looked at: the newest of arrays and dictionaries', () => {
  const lengths = Array.from({ length: 100 }, (_, index) => 'x'.repeat(index < 92 ? 0 : 8));
  expect(primitiveElements(lengths, 'Array', 100)?.bytes).toBe(8 + 24 + 8);
  const dictionary = Object.fromEntries(
    lengths.map((text, index) => [`k${String(index).padStart(3, '0')}`, text]),
  );
  expect(primitiveElements(dictionary, 'Object', 100)?.bytes).toBe(24 + 28 + 32);
});

test('what holds objects, is empty, or takes long to list, is not measured so', () => {
  expect(primitiveElements([1, {}], 'Array', 2)).toBeNull();
  expect(primitiveElements(new Map([['a', () => 1]]), 'Map', 1)).toBeNull();
  expect(primitiveElements([], 'Array', 0)).toBeNull();
  expect(primitiveElements({ a: 1 }, 'Object', 20_001)).toBeNull();
});

test('no code of the program runs', () => {
  const loud = {
    get a(): never {
      throw new Error('a getter ran');
    },
  };
  expect(primitiveElements(loud, 'Object', 1)).toEqual({ type: 'undefined', bytes: 49, hasText: true });
  class LoudMap extends Map<string, number> {
    override entries(): never {
      throw new Error('a method ran');
    }
    override [Symbol.iterator](): never {
      throw new Error('a method ran');
    }
  }
  const map = new LoudMap();
  map.set('a', 1);
  expect(primitiveElements(map, 'Map', 1)?.bytes).toBe(53);
});
