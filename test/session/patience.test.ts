import { expect, test } from 'vitest';
import { patienceOf } from '../../src/session/patience.ts';

const hour = 3_600_000;

test.each([
  ['the default of a command', 'verdict', 300_000, 'quick'],
  ['an hour for a verdict, which somebody waits for', 'verdict', hour, 'quick'],
  ['a minute to its end', 'end', 60_000, 'quick'],
  ['a night to its end', 'end', 8 * hour, 'standing'],
  // The lab watches its sides so, and `run` a program until it ends.
  ['without an end', 'end', null, 'quick'],
] as const)('%s: %s, %s ms is %s', (_, until, forMs, patience) => {
  expect(patienceOf({ until, forMs })).toBe(patience);
});

test('a watch that is said to stand does so without an end too', () => {
  expect(patienceOf({ until: 'end', forMs: null, patience: 'standing' })).toBe('standing');
});
