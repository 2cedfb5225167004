import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Finding } from '../../src/core/finding.ts';
import type { Growth } from '../../src/core/verdict.ts';
import { accountFor, isEndlessGrowth } from '../../src/diagnose/growth-account.ts';

function finding(name: string, bytesPerSecond: number | null, bytesAtLeast = false): Finding {
  return {
    fingerprint: name,
    kind: 'unbounded-collection',
    confidence: 0.9,
    retained: { type: 'Object', count: 9, growthPerSecond: 1, bytesPerSecond, bytesAtLeast, state: null },
    heldBy: { name, type: 'Map', size: 9, path: [name], location: null },
    grows: null,
    addedAt: null,
    allocatedAt: null,
    trap: null,
    shouldBeReleased: null,
    zombies: null,
    knownLeak: null,
    explanation: '',
    excerpts: [],
  };
}

function growth(bytesPerSecond: number, half = bytesPerSecond / 20): Growth {
  return {
    bytesPerSecond,
    interval: [bytesPerSecond - half, bytesPerSecond + half],
    level: 0.99,
    falseAlarmProbability: 0.01,
    smallestDetectableBytesPerSecond: 1000,
  };
}

const names = (findings: readonly Finding[]): string[] => findings.map(({ heldBy }) => heldBy.name);

describe('what is told', () => {
  test('31 bytes a second are not the cause of 93 KB a second', () => {
    const account = accountFor([finding('queue', 31)], growth(93_000), 'heap');
    expect(names(account.told)).toEqual([]);
    expect(names(account.heldBack)).toEqual(['queue']);
    expect(account).toMatchObject({
      explainedBytesPerSecond: 31,
      unexplainedBytesPerSecond: 92_969,
      sufficient: false,
    });
  });

  test('a twentieth of the least that is possible is told, less is not', () => {
    // The interval begins at 90,000.
    const sure = growth(100_000, 10_000);
    expect(names(accountFor([finding('a', 4500)], sure, 'heap').told)).toEqual(['a']);
    expect(names(accountFor([finding('a', 4499)], sure, 'heap').told)).toEqual([]);
    // Where nearly no growth is possible too, nearly everything may be all of it.
    expect(names(accountFor([finding('a', 50)], growth(100_000, 99_900), 'heap').told)).toEqual(['a']);
    expect(names(accountFor([finding('a', 0)], growth(100_000, 200_000), 'heap').told)).toEqual(['a']);
  });

  test('what could not be measured, or only in part, is not held back', () => {
    const account = accountFor(
      [finding('unknown', null), finding('strings', 40, true)],
      growth(93_000),
      'heap',
    );
    expect(names(account.told)).toEqual(['unknown', 'strings']);
    expect(account).toMatchObject({
      explainedBytesPerSecond: 40,
      unexplainedBytesPerSecond: null,
      sufficient: null,
    });
  });

  test('it is, where the others are enough without it', () => {
    // The interval begins at 95,000.
    const enough = [finding('sessions', 40_000), finding('unknown', null), finding('strings', 40, true)];
    expect(names(accountFor(enough, growth(100_000), 'heap').told)).toEqual(['sessions']);
    const tooLittle = [finding('sessions', 30_000), finding('unknown', null), finding('strings', 40, true)];
    expect(names(accountFor(tooLittle, growth(100_000), 'heap').told)).toEqual([
      'sessions',
      'unknown',
      'strings',
    ]);
    // Of what is not small itself, being known in part alone is no reason.
    const large = [finding('sessions', 40_000), finding('requests', 20_000, true)];
    expect(names(accountFor(large, growth(100_000), 'heap').told)).toEqual(['sessions', 'requests']);
  });

  test('of memory outside of V8 and before a slope nothing is known', () => {
    const found = [finding('a', 31)];
    for (const account of [
      accountFor(found, growth(93_000), 'native'),
      accountFor(found, null, 'heap'),
      accountFor(found, growth(93_000), null),
    ]) {
      expect(account).toEqual({
        told: found,
        heldBack: [],
        explainedBytesPerSecond: null,
        unexplainedBytesPerSecond: null,
        sufficient: null,
      });
    }
  });
});

describe('what is left', () => {
  test('nothing found explains nothing', () => {
    expect(accountFor([], growth(93_000), 'external')).toMatchObject({
      explainedBytesPerSecond: 0,
      unexplainedBytesPerSecond: 93_000,
      sufficient: false,
    });
  });

  test('estimates are right within a factor of three', () => {
    // The interval begins at 90,000.
    const sure = growth(100_000, 10_000);
    expect(accountFor([finding('a', 30_000)], sure, 'heap').sufficient).toBe(true);
    expect(accountFor([finding('a', 29_999)], sure, 'heap').sufficient).toBe(false);
    expect(accountFor([finding('a', 20_000), finding('b', 10_000)], sure, 'heap').sufficient).toBe(true);
  });

  test('who makes it and not who keeps it is told, and explains nothing', () => {
    const made: Finding = { ...finding('a', 100_000), kind: 'kept-out-of-sight' };
    const account = accountFor([made], growth(100_000), 'heap');
    expect(names(account.told)).toEqual(['a']);
    expect(account).toMatchObject({
      explainedBytesPerSecond: 0,
      unexplainedBytesPerSecond: 100_000,
      sufficient: false,
    });
  });

  test('what could not be counted twice is told as long as nothing else is enough, and explains nothing', () => {
    const suspect: Finding = { ...finding('table', null), kind: 'too-large-to-count' };
    const alone = accountFor([suspect, finding('small', 100)], growth(100_000), 'heap');
    expect(names(alone.told)).toEqual(['table']);
    expect(alone).toMatchObject({ explainedBytesPerSecond: 100, sufficient: false });
    const beside = accountFor([finding('cause', 90_000), suspect], growth(100_000), 'heap');
    expect(names(beside.told)).toEqual(['cause']);
    expect(beside.sufficient).toBe(true);
  });

  test('what is not told makes nothing sufficient, and counts for what is found', () => {
    const small = Array.from({ length: 10 }, (_, index) => finding(`small ${index}`, 4000));
    expect(accountFor(small, growth(100_000), 'heap')).toMatchObject({
      told: [],
      explainedBytesPerSecond: 40_000,
      unexplainedBytesPerSecond: 60_000,
      sufficient: false,
    });
  });

  test('every finding is in one of two lists, in its order, and what is explained and what is not make up the growth', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 200_000 }), { maxLength: 6 }),
        fc.integer({ min: 1, max: 200_000 }),
        (bytes, slope) => {
          const findings = bytes.map((each, index) => finding(String(index), each));
          const account = accountFor(findings, growth(slope), 'heap');
          const both = [...account.told, ...account.heldBack];
          expect(both.toSorted((a, b) => findings.indexOf(a) - findings.indexOf(b))).toEqual(findings);
          for (const list of [account.told, account.heldBack]) {
            expect(names(list)).toEqual(names(list).toSorted((a, b) => Number(a) - Number(b)));
          }
          const sum = bytes.reduce((total, each) => total + each, 0);
          expect(account.explainedBytesPerSecond).toBe(sum);
          expect(account.unexplainedBytesPerSecond).toBe(sum >= slope ? 0 : slope - sum);
        },
      ),
    );
  });
});

describe('growth is endless', () => {
  const endless = (name: string, bytesPerSecond: number | null): Finding => ({
    ...finding(name, bytesPerSecond),
    endless: true,
  });

  test('if what nothing ends may be all of it, within what estimates are right', () => {
    expect(isEndlessGrowth([endless('log', 100_000)], growth(100_000))).toBe(true);
    expect(isEndlessGrowth([endless('log', 34_000)], growth(100_000))).toBe(true);
    expect(isEndlessGrowth([endless('log', 33_000)], growth(100_000))).toBe(false);
    expect(isEndlessGrowth([endless('log', null)], growth(100_000))).toBe(false);
  });

  test('unless what may end is more of it', () => {
    const log = endless('log', 40_000);
    expect(isEndlessGrowth([log, finding('cache', 40_000)], growth(100_000))).toBe(true);
    expect(isEndlessGrowth([log, finding('cache', 41_000)], growth(100_000))).toBe(false);
    expect(isEndlessGrowth([finding('cache', 100_000)], growth(100_000))).toBe(false);
  });

  test('if anything grows at all', () => {
    expect(isEndlessGrowth([], growth(100_000))).toBe(false);
    expect(isEndlessGrowth([endless('log', 100_000)], null)).toBe(false);
  });
});
