import { describe, expect, test } from 'vitest';
import { redactText } from '../../src/capture/redaction.ts';

const known = new Set([
  'sessions',
  'Server',
  'Map',
  '#pin',
  'kState',
  'Readable',
  'push',
  'token',
  'TCPWrap',
]);
/** The hash shows what it was given, so that nothing else can pass. */
const redact = (text: string): string | null => redactText(text, known, () => 'HASH');

describe('a text that is known stays', () => {
  test.each([
    '',
    'sessions',
    '#pin',
    'get sessions',
    'bound get sessions',
    '<symbol kState>',
    '<symbol >',
    'system / Map',
    'Node / TCPWrap',
    'system / Context / scope @59793',
    'system / SharedFunctionInfo / push',
    'system / Script / sessions',
    '(code for push)',
    '(code for Readable.push)',
    '(instruction stream for Readable.push)',
    'part of key (Server @12) -> value (Map @345) pair in WeakMap (table @6)',
    '9 / part of key (Server @12) -> value (Map @345) pair in WeakMap (table @6)',
  ])('%s', (text) => {
    expect(redact(text)).toBeNull();
  });
});

describe('a text that only looks like a name, or has a secret in it, is hidden', () => {
  test.each([
    'password1',
    'Sessions',
    'pin',
    'sessions ',
    '4111111111111111',
    'get password1',
    'bound hunter2',
    '<symbol hunter2>',
    'system / hunter2',
    'system / Context / scope @hunter2',
    'system / Context / scope @12345678901',
    'system / SharedFunctionInfo / hunter2',
    'system / Script / https://example.org/?token=hunter2',
    'system / hunter2 / push',
    '(code for hunter2)',
    '(code for Readable.hunter2)',
    'Readable.push',
    'token push',
    'part of key (Server @hunter2) -> value (Map @345) pair in WeakMap (table @6)',
    'get get get get sessions',
    'sessions\nhunter2',
    '(code for push)hunter2',
  ])('%s', (text) => {
    expect(redact(text)).toMatch(/^~HASH~\d+$/);
  });
});

test("a WeakMap's entry keeps the form by which readers know it", () => {
  expect(redact('7 / part of key (hunter2 @12) -> value (Map @345) pair in WeakMap (table @6)')).toBe(
    '7 / part of key (~HASH~8 @12) -> value (Map @345) pair in WeakMap (table @6)',
  );
  expect(redact('part of key (Server @12) -> value (a (b @1) hunter2 @345) pair in WeakMap (table @6)')).toBe(
    'part of key (Server @12) -> value (~HASH~16 @345) pair in WeakMap (table @6)',
  );
  // A text that says so twice is taken apart until nothing is left of it.
  const inner = 'part of key (hunter2 @1) -> value (hunter3 @2) pair in WeakMap (table @3)';
  expect(redact(`part of key (${inner} @12) -> value (x @345) pair in WeakMap (table @6)`)).not.toMatch(
    /hunter/,
  );
});

test('of its length only the next power of two is told', () => {
  const lengthOf = (length: number): string | undefined => redact('x'.repeat(length))?.split('~')[2];
  expect([1, 2, 3, 4, 5, 8, 9, 1000, 1024].map(lengthOf)).toEqual([
    '1',
    '2',
    '4',
    '4',
    '8',
    '8',
    '16',
    '1024',
    '1024',
  ]);
});
