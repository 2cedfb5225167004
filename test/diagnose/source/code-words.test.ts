import { describe, expect, test } from 'vitest';
import { codeWords } from '../../../src/diagnose/source/code-words.ts';

const words = (code: string): string[] | null => {
  const found = codeWords(code);
  return found === null ? null : [...found].sort();
};

test('names of everything that code can name', () => {
  expect(
    words(
      'import a from "x"; class B extends a { #c = 1; static d() { return this.e?.f; } } const { g: h } = {};',
    ),
  ).toEqual([
    '#c',
    'B',
    'a',
    'class',
    'const',
    'd',
    'e',
    'extends',
    'f',
    'from',
    'g',
    'h',
    'import',
    'return',
    'static',
    'this',
  ]);
});

describe('nothing of what may be secret', () => {
  test.each([
    ['a string', 'x("hunter2")'],
    ['a key in quotes', 'x = { "hunter2": y["hunter2"] }'],
    ['a template', 'x = `hunter2 ${y} hunter2`'],
    ['a comment', '/* hunter2 */ x; // hunter2'],
    ['a regular expression', 'x = /hunter2/; y = x / 1; z = y /1'],
    ['a number', 'x = 42'],
    ['a string in a template', 'x = `${y("hunter2")}`'],
  ])('%s', (_, code) => {
    const found = words(code);
    expect(found).not.toBeNull();
    expect(found?.filter((word) => /hunter|42/.test(word))).toEqual([]);
  });
});

test('CommonJS, which returns at the top', () => {
  expect(words('#!/usr/bin/env node\nif (a) return; with (b) c();')).toContain('c');
});

test('no word of a text that is not JavaScript: its strings could be taken for code', () => {
  expect(words('const a: string = "b"; enum C { D }')).toBeNull();
  expect(words("it's not code")).toBeNull();
});
