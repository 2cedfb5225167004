import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { isInRange } from '../../../src/diagnose/packages/version-range.ts';

const part = fc.integer({ min: 0, max: 999 });
const release = fc.tuple(part, part, part);
/** The place of a release among all those whose parts have three digits at most: order without comparing parts. */
const rank = ([major, minor, patch]: readonly number[]): number => major * 1_000_000 + minor * 1000 + patch;
const text = (parts: readonly number[]): string => parts.join('.');
// Neighbours, which two random releases hardly ever are.
const pair = fc.oneof(
  fc.tuple(release, release),
  fc
    .tuple(release, fc.integer({ min: 0, max: 2 }), fc.integer({ min: -1, max: 1 }))
    .map(([parts, at, step]): [number[], number[]] => [
      parts,
      parts.map((value, index) => (index === at ? Math.max(0, value + step) : value)),
    ]),
);

test('a bound parts the releases at its place in their order', () => {
  fc.assert(
    fc.property(pair, ([version, bound]) => {
      expect(isInRange(text(version), `<${text(bound)}`)).toBe(rank(version) < rank(bound));
      expect(isInRange(text(version), `>=${text(bound)}`)).toBe(rank(version) >= rank(bound));
    }),
  );
});

test('all bounds of an alternative hold, or all of another', () => {
  const range = '<2.5.0 || >=3.0.0 <4.5.2';
  const inside = ['0.9.0', '2.4.1', '3.0.0', '3.1.2', '4.5.1'];
  const outside = ['2.5.0', '2.5.1', '2.99.0', '4.5.2', '4.10.0', '10.0.0'];
  expect(inside.filter((version) => !isInRange(version, range))).toEqual([]);
  expect(outside.filter((version) => isInRange(version, range))).toEqual([]);
});

test('a pre-release of a bound is on neither side of it, any other stands with its release', () => {
  expect(isInRange('4.3.0-beta.1', '<4.3.0')).toBe(false);
  expect(isInRange('3.0.0-rc.2', '>=3.0.0')).toBe(false);
  expect(isInRange('4.2.0-beta.1', '>=3.0.0 <4.3.0')).toBe(true);
  expect(isInRange('4.4.0-0', '<4.3.0')).toBe(false);
  expect(isInRange('4.2.0-beta.1+sha.5114f85', '>=3.0.0 <4.3.0')).toBe(true);
  expect(isInRange('4.2.0+20130313144700', '>=3.0.0 <4.3.0')).toBe(true);
});

test('every version is in `*`, and what is no version is in nothing', () => {
  expect(isInRange('0.0.1-alpha', '*')).toBe(true);
  for (const odd of ['', '1', '1.2', 'latest', 'v1.2.3', '1.2.3.4', '^1.2.3', 'workspace:1.2.3']) {
    expect(isInRange(odd, '*')).toBe(false);
    expect(isInRange(odd, '<9.0.0')).toBe(false);
  }
});

test('a range with a mistake is no range', () => {
  for (const range of ['', '1.2.3', '<1.2', '<=1.2.3', '<1.2.3,>=1.0.0', '>=1.0.0  <2.0.0']) {
    expect(() => isInRange('1.1.0', range)).toThrow('no bound of a range');
  }
});
