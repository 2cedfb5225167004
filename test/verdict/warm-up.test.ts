import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Floor } from '../../src/core/series.ts';
import type { Verdict } from '../../src/core/verdict.ts';
import type { Point } from '../../src/verdict/point.ts';
import { BareLevel } from '../../src/verdict/warm-up.ts';
import { Watcher } from '../../src/verdict/watcher.ts';

/** Floors of a real server that warms up: [ms, bytes of heap, bytes of code]. */
const { floors } = JSON.parse(readFileSync(join(import.meta.dirname, 'golden/warming-up.json'), 'utf8')) as {
  readonly floors: readonly (readonly [number, number, number])[];
};

/** Each answer on the way, with the second it came in. */
function answers(
  leakBytesPerSecond: number,
  codeIsKnown: boolean,
): readonly (readonly [Verdict['kind'], number])[] {
  const watcher = new Watcher({ limitBytes: 4.3e9 });
  const told: (readonly [Verdict['kind'], number])[] = [];
  for (const [timeMs, bytes, compiledBytes] of floors) {
    const heapBytes = bytes + (leakBytesPerSecond * timeMs) / 1000;
    const floor: Floor = { timeMs, heapBytes, externalBytes: 2e6, openConnections: 5 };
    watcher.add({ sample: null, gcs: [], floors: [codeIsKnown ? { ...floor, compiledBytes } : floor] });
    const { kind } = watcher.verdict(timeMs);
    if (kind !== told.at(-1)?.[0]) told.push([kind, timeMs / 1000]);
  }
  return told;
}

test('a server whose machine code grows for a minute is not called leaking', () => {
  expect(answers(0, true).map(([kind]) => kind)).not.toContain('leaking');
  expect(answers(0, true).at(-1)?.[0]).toBe('steady');
  // Of the heap alone it is a leak of 12 KB/s.
  expect(answers(0, false).map(([kind]) => kind)).toContain('leaking');
});

test('a leak of 20 KB/s beside it is called as soon as ordinary patience allows', () => {
  expect(answers(20_000, true).at(-1)).toEqual(['leaking', 30]);
});

/** Floors of one that leaks 15 KB/s, in three watches, in each of which V8 throws bytecode away: 170 KB of it at once. */
const { watches } = JSON.parse(
  readFileSync(join(import.meta.dirname, 'golden/code-thrown-away.json'), 'utf8'),
) as { readonly watches: readonly (typeof floors)[] };

test.each([
  // It was ended when it was called steady, at 38 s.
  [0, 'inconclusive'],
  [1, 'leaking'],
  [2, 'leaking'],
] as const)('a leak in which V8 throws code away is not lost for it (watch %d)', (watch, last) => {
  const watcher = new Watcher({ limitBytes: 4.3e9 });
  const told = watches[watch].map(([timeMs, heapBytes, compiledBytes]) => {
    // By then the census had found what grows.
    watcher.endless = timeMs > 25_000;
    const floor = { timeMs, heapBytes, externalBytes: 2e6, openConnections: 5, compiledBytes };
    watcher.add({ sample: null, gcs: [], floors: [floor] });
    return watcher.verdict(timeMs).kind;
  });
  expect(told).not.toContain('steady');
  expect(told.at(-1)).toBe(last);
});

/** With so many bytes for each of code that is thrown away, after 6 of 20 floors. */
function levelsAround(bytesForEach: number, leakBytesPerFloor: number): readonly number[] {
  const level = new BareLevel();
  return Array.from({ length: 20 }, (_, i) => {
    const fell = i < 6 ? 0 : 170_000;
    // Late enough that warming up adds next to nothing.
    const point = {
      timeMs: 1e9 + i * 2000,
      bytes: 10e6 + i * leakBytesPerFloor - fell * bytesForEach,
      openConnections: 0,
      compiledBytes: 500_000 - fell,
    };
    return level.next(point).bytes;
  });
}

test.each([1, 1.5, 2.2, 2.5])('code that falls with %d of its size leaves no step', (bytesForEach) => {
  const bytes = levelsAround(bytesForEach, 0);
  expect(Math.max(...bytes) - Math.min(...bytes)).toBeLessThan(100);
  const leaking = levelsAround(bytesForEach, 30_000);
  const rises = leaking.slice(1).map((size, i) => Math.round(size - leaking[i]));
  expect(rises.filter((_, i) => i !== 5).every((rise) => Math.abs(rise - 30_000) < 100)).toBe(true);
  // In the gap itself growth may count for less, never for more.
  expect(rises[5]).toBeGreaterThanOrEqual(0);
  expect(rises[5]).toBeLessThanOrEqual(30_000);
});

test('growth beyond what any code can hide is kept, and so is a fall', () => {
  const fast = levelsAround(1.5, 1e6);
  expect(fast[6] - fast[5]).toBeGreaterThan(0.9e6);
  const given = levelsAround(4, 0);
  expect(given[6] - given[5]).toBeCloseTo(-1.5 * 170_000, -3);
});

test('a point that is taken back leaves no trace in those after it', () => {
  const point = (second: number, bytes: number, compiledBytes: number): Point => ({
    timeMs: second * 1000,
    bytes,
    openConnections: 0,
    compiledBytes,
  });
  const straight = new BareLevel();
  straight.next(point(2, 10e6, 500_000));
  const detour = new BareLevel();
  detour.next(point(2, 10e6, 500_000));
  detour.next(point(4, 10.9e6, 300_000));
  detour.removeLast();
  const next = point(6, 10.1e6, 450_000);
  expect(detour.next(next)).toEqual(straight.next(next));
});

test('a leak whose growth is given back is taken back at once', () => {
  const watcher = new Watcher({ limitBytes: 4.3e9 });
  const at = (second: number, heapBytes: number): Verdict['kind'] => {
    const floor = { timeMs: second * 1000, heapBytes, externalBytes: 2e6, openConnections: 5 };
    watcher.add({ sample: null, gcs: [], floors: [floor] });
    return watcher.verdict(floor.timeMs).kind;
  };
  const jitter = [0, 900, -700, 300, -400];
  for (let second = 2; second <= 60; second += 2)
    at(second, 9e6 + 40_000 * second + (jitter[second % 5] ?? 0));
  expect(at(62, 9e6 + 40_000 * 62)).toBe('leaking');
  // A third is gone: it may go on. Two thirds are gone: that was no leak.
  expect(at(64, 9e6 + 40_000 * 42)).toBe('leaking');
  expect(at(66, 9e6 + 40_000 * 20)).toBe('inconclusive');
});
