import { expect, test } from 'vitest';
import { ScriptText } from '../../src/session/script-text.ts';

test('a function is where its text is, and nowhere else', () => {
  const code = 'const a = () => 1;\nclass B {\n  c() {}\n}\n';
  const text = new ScriptText('file:///a.js', code);
  const arrow = { scriptId: '1', line: 0, column: 10, head: '() => 1', tail: '() => 1', length: 7 };
  expect(text.has(arrow)).toBe(true);
  expect(text.has({ ...arrow, column: 17 })).toBe(false);
  expect(text.has({ ...arrow, line: 1 })).toBe(false);
  expect(text.has({ ...arrow, line: 9 })).toBe(false);
  expect(text.has({ ...arrow, tail: '() => 2' })).toBe(false);
  expect(text.has({ ...arrow, length: 8 })).toBe(false);
  expect(new ScriptText('file:///b.js', `\uFEFF${code}`).has(arrow)).toBe(true);
});

test('of TypeScript a function is where its text is without the types', () => {
  const code = 'const a = (b: number): number[] => [b];\n';
  const stripped = '(b        )           => [b]';
  const arrow = {
    scriptId: '1',
    line: 0,
    column: 10,
    head: stripped,
    tail: stripped,
    length: stripped.length,
  };
  const typed = new ScriptText('file:///a.mts', code);
  expect(typed.has(arrow)).toBe(true);
  expect(typed.has({ ...arrow, column: 9 })).toBe(false);
  expect(typed.has({ ...arrow, tail: '=> [c]' })).toBe(false);
  expect(new ScriptText('file:///a.mjs', code).has(arrow)).toBe(false);
});
