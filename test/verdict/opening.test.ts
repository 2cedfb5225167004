import { expect, test } from 'vitest';
import type { Floor } from '../../src/core/series.ts';
import { Watcher } from '../../src/verdict/watcher.ts';
import { Random } from './traces.ts';

const limitBytes = 4.3e9;
/** What a first walk is taken to leave, and what one left. */
const OURS_TAKEN_OFF = 900_000;
const OURS = 600_000;

function floorAt(timeMs: number, heapBytes: number): Floor {
  return { timeMs, heapBytes, externalBytes: 2e6, openConnections: 5 };
}

/**
 * The second in which a service is first called leaking: a floor as the watch begins, then every two seconds once a
 * walk has ended.
 */
function calledAt(sizeAt: (second: number) => number, seconds: number, firstFloor = 6): number | undefined {
  const watcher = new Watcher({ limitBytes });
  watcher.open(floorAt(0, sizeAt(0) + OURS_TAKEN_OFF));
  for (let second = firstFloor; second <= seconds; second += 2) {
    watcher.add({ sample: null, gcs: [], floors: [floorAt(second * 1000, sizeAt(second) + OURS)] });
    if (watcher.isLeaking) return second;
  }
  return undefined;
}

test('patience counts from the opening floor where growth is more than what leakline brings along', () => {
  for (const bytesPerSecond of [100_000, 400_000, 3_000_000]) {
    const random = new Random(bytesPerSecond);
    const leak = (second: number): number => 9e6 + bytesPerSecond * second + random.between(-4000, 4000);
    expect(calledAt(leak, 60), `${bytesPerSecond}`).toBeLessThanOrEqual(28);
  }
});

test('a slow leak is called from its floors alone, as if there were no opening', () => {
  const random = new Random(3);
  const leak = (second: number): number => 9e6 + 25_000 * second + random.between(-4000, 4000);
  expect(calledAt(leak, 60)).toBe(34);
});

test('what leakline brings along is never called, whatever the noise, nor is what fills for 22 s', () => {
  for (let seed = 1; seed <= 400; seed += 1) {
    const random = new Random(seed);
    const noise = 10 ** random.between(2, 6);
    const size = (): number => 9e6 + random.between(-noise, noise);
    expect(calledAt(size, 60, random.between(1, 9)), `flat ${seed}`).toBeUndefined();
    const rate = 10 ** random.between(5, 7);
    const fill = (second: number): number => size() + rate * Math.min(second, 22);
    expect(calledAt(fill, 60), `fill ${seed}`).toBeUndefined();
  }
});

test('steadiness is told when it would be without an opening', () => {
  const steadyAt = (opening: Floor | null): number | undefined => {
    const random = new Random(5);
    const watcher = new Watcher({ limitBytes });
    if (opening !== null) watcher.open(opening);
    for (let second = 2; second <= 60; second += 2) {
      const floor = floorAt(second * 1000, 9e6 + OURS + random.between(-3000, 3000));
      watcher.add({ sample: null, gcs: [], floors: [floor] });
      if (watcher.verdict(floor.timeMs).kind === 'steady') return second;
    }
    return undefined;
  };
  expect(steadyAt(floorAt(0, 9e6 + OURS_TAKEN_OFF))).toBe(steadyAt(null));
  expect(steadyAt(null)).toBeLessThan(20);
});
