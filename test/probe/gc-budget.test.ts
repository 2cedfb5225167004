import { describe, expect, test } from 'vitest';
import { floorEveryMs } from '../../src/probe/forced-gc.ts';
import { GcBudget, type Pace } from '../../src/probe/gc-budget.ts';
import type { HeapShape } from '../../src/probe/heap-shape.ts';

const MB = 1e6;
const closer = { closer: true, busy: 0 };
const watching = { closer: false, busy: 0 };
const small = (megabytes: number) => ({ smallObjectBytes: megabytes * MB, largeObjectBytes: 0 });
/** Whether one would be forced where none can be started. */
const forced = (
  budget: GcBudget,
  heap: HeapShape,
  nowMs: number,
  everyMs = 2000,
  pace: Pace = closer,
): boolean => budget.choose(heap, nowMs, everyMs, pace, false) === 'force';
/** Whether one would be started, in a heap too large to be forced. */
const started = (budget: GcBudget, nowMs: number): boolean =>
  budget.choose(small(100), nowMs, 2000, closer, true) === 'start';
const large = (megabytes: number) => ({ smallObjectBytes: 6 * MB, largeObjectBytes: megabytes * MB });

describe('the budget of forced collections', () => {
  test('a small heap is collected, one of 50 MB of small objects is not: 64 ms were measured', () => {
    const budget = new GcBudget(50);
    expect(forced(budget, small(10), 0, 2000, closer)).toBe(true);
    expect(forced(budget, small(50), 0, 2000, closer)).toBe(false);
  });

  test('two collections are at least the interval apart, and a long pause buys a longer rest', () => {
    const budget = new GcBudget(200);
    budget.learn(100, small(50), 0);
    expect(forced(budget, small(10), 2500, 2000, closer)).toBe(false);
    expect(forced(budget, small(10), 5001, 2000, closer)).toBe(true);
  });

  test('merely watching rests twenty times as long', () => {
    const budget = new GcBudget(200);
    budget.learn(10, small(10), 0);
    expect(forced(budget, small(10), 9999, 500, watching)).toBe(false);
    expect(forced(budget, small(10), 10_000, 500, watching)).toBe(true);
    expect(forced(budget, small(10), 499, 400, closer)).toBe(false);
    expect(forced(budget, small(10), 500, 400, closer)).toBe(true);
  });

  test('a busy program, which has to be compiled again after each, is left alone for longer', () => {
    const budget = new GcBudget(200);
    budget.learn(10, small(10), 0);
    expect(forced(budget, small(10), 200_000, 500, { closer: false, busy: 1 })).toBe(false);
    expect(forced(budget, small(10), 210_000, 500, { closer: false, busy: 1 })).toBe(true);
    expect(forced(budget, small(10), 10_500, 500, { closer: true, busy: 1 })).toBe(true);
  });

  test('marking beside the program counts as its time, and a long pause keeps the next one away for a while', () => {
    const budget = new GcBudget(50);
    expect(started(budget, 0)).toBe(true);
    budget.start(small(100), 0);
    expect(started(budget, 5999)).toBe(false);
    expect(started(budget, 6001)).toBe(true);
    budget.learnStarted(80, small(100));
    expect(budget.count).toBe(1);
    expect(started(budget, 10_001)).toBe(false);
    const tries = Array.from({ length: 60 }, (_, second) => started(budget, 11_000 + second * 1000));
    expect(tries.slice(0, 20)).not.toContain(true);
    expect(tries).toContain(true);
  });

  test("in a heap of 2,000 MB none is started before V8's own were seen to fit, and none while they do not", () => {
    const huge = (budget: GcBudget, nowMs: number): boolean =>
      budget.choose(small(2000), nowMs, 2000, closer, true) === 'start';
    expect(huge(new GcBudget(50), 0)).toBe(false);
    expect(huge(new GcBudget(60), 0)).toBe(true);
    const budget = new GcBudget(50);
    budget.observe(20, small(2000));
    expect(huge(budget, 0)).toBe(true);
    budget.observe(70, small(2000));
    expect(huge(budget, 1000)).toBe(false);
    // In a smaller heap V8's own say nothing: it may have had to mark in the pause.
    expect(started(budget, 2000)).toBe(true);
  });

  test('large arrays that are looked through are marked too', () => {
    const budget = new GcBudget(50);
    budget.start(large(600), 0);
    // 6 MB at 1.2 ms and 600 MB at 0.2 ms.
    expect(started(budget, 6000)).toBe(false);
    expect(started(budget, 6400)).toBe(true);
  });

  test('floors become rarer the longer the watch lasts', () => {
    expect([0, 60_000, 80_000, 3_600_000].map((watchedMs) => floorEveryMs(1700, watchedMs))).toEqual([
      1700, 1700, 2000, 90_000,
    ]);
  });

  test('what large arrays cost is learnt: of doubles nothing, of references too much', () => {
    const doubles = new GcBudget(50);
    const references = new GcBudget(50);
    expect(forced(doubles, large(400), 0, 2000, closer)).toBe(false);
    for (const [step, megabytes] of [60, 90, 110].entries()) {
      doubles.learn(10, large(megabytes), step * 3000);
      references.learn(12 + megabytes * 0.2, large(megabytes), step * 3000);
    }
    expect(forced(doubles, large(400), 20_000, 2000, closer)).toBe(true);
    expect(forced(references, large(400), 20_000, 2000, closer)).toBe(false);
  });

  test('where one can be started, only those of half the pause are forced, however quick the last ones were', () => {
    const budget = new GcBudget(50);
    const chosen = (megabytes: number, nowMs: number) =>
      budget.choose(small(megabytes), nowMs, 2000, closer, true);
    expect([chosen(14, 0), chosen(15, 0), forced(budget, small(20), 0)]).toEqual(['force', 'start', true]);
    budget.learn(8, small(14), 0);
    expect([chosen(14, 5000), chosen(15, 5000), forced(budget, small(30), 5000)]).toEqual([
      'force',
      'start',
      true,
    ]);
  });

  test('a slow machine forces what fits two thirds of the pause there', () => {
    const budget = new GcBudget(50);
    // 15 ms were to be expected.
    budget.learn(27, small(8), 0);
    expect(budget.choose(small(8), 5000, 2000, closer, true)).toBe('force');
    budget.learn(35, small(8), 5000);
    expect(budget.choose(small(8), 10_000, 2000, closer, true)).toBe('start');
  });

  test('where one can be started, a machine that was busy once is forced again later', () => {
    const budget = new GcBudget(50);
    budget.learn(60, small(10), 0);
    const chosen = Array.from({ length: 20 }, (_, second) =>
      budget.choose(small(10), 6000 + second * 1000, 2000, closer, true),
    );
    expect(chosen[0]).toBe('start');
    expect(chosen.at(-1)).toBe('force');
  });

  test('a machine that was busy once is tried again', () => {
    const budget = new GcBudget(50);
    budget.learn(60, small(10), 0);
    expect(forced(budget, small(10), 5000, 2000, closer)).toBe(false);
    const tries = Array.from({ length: 20 }, (_, second) =>
      forced(budget, small(10), 6000 + second * 1000, 2000, closer),
    );
    expect(tries).toContain(true);
  });

  test('asking whether one would be allowed, however often, makes nobody bolder', () => {
    const budget = new GcBudget(50);
    budget.learn(60, small(10), 0);
    for (let tenth = 0; tenth < 600; tenth += 1)
      expect(budget.wouldAllow(small(10), 4000 + tenth * 100, true)).toBe(false);
    // What was learnt: 60 ms where 3 ms and 1.5 ms a MB would be 18.
    expect(budget.predictMs(small(10))).toBeCloseTo(60, 6);
  });

  test('one that is not repeated has to fit the pause, after the rest of the one before', () => {
    const budget = new GcBudget(50);
    expect(budget.wouldAllow(small(10), 0, true)).toBe(true);
    expect(budget.wouldAllow(small(50), 0, true)).toBe(false);
    // Two thirds of it, for what can wait no longer.
    expect([budget.wouldAllow(small(20), 0, false), budget.wouldAllow(small(21), 0, false)]).toEqual([
      true,
      false,
    ]);
    // Half of the pause at the usual speed, as what is forced: however quick the last ones were.
    expect([budget.wouldAllow(small(14), 0, true), budget.wouldAllow(small(15), 0, true)]).toEqual([
      true,
      false,
    ]);
    budget.learn(6, small(14), -60_000);
    expect([budget.wouldAllow(small(14), 0, true), budget.wouldAllow(small(15), 0, true)]).toEqual([
      true,
      false,
    ]);
    budget.learn(18, small(10), 0);
    // A fiftieth of the time.
    expect(budget.wouldAllow(small(10), 899, true)).toBe(false);
    expect(budget.wouldAllow(small(10), 900, true)).toBe(true);
  });
});
