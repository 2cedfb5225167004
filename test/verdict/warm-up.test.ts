import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Floor } from '../../src/core/series.ts';
import type { Verdict } from '../../src/core/verdict.ts';
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
