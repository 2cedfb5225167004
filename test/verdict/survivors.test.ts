import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { GcEvent, Series } from '../../src/core/series.ts';
import { type LowerBound, SurvivorBounds } from '../../src/verdict/survivors.ts';

/** A heap that knows which of its objects are alive: the oracle. Objects that survive a scavenge are old. */
class ToyHeap {
  readonly gcs: GcEvent[] = [];
  readonly liveBytesAt = new Map<number, number>();
  #objects: { bytes: number; diesAtMs: number; old: boolean }[] = [];

  allocate(bytes: number, diesAtMs: number): void {
    this.#objects.push({ bytes, diesAtMs, old: false });
  }

  collect(kind: 'minor' | 'major', timeMs: number): void {
    const beforeBytes = this.#used();
    this.#objects = this.#objects.filter(
      ({ old, diesAtMs }) => diesAtMs > timeMs || (kind === 'minor' && old),
    );
    for (const object of this.#objects) object.old = true;
    this.gcs.push({ timeMs, kind, durationMs: 1, beforeBytes, afterBytes: this.#used(), forced: false });
    const alive = this.#objects.filter(({ diesAtMs }) => diesAtMs > timeMs);
    this.liveBytesAt.set(
      timeMs,
      alive.reduce((sum, { bytes }) => sum + bytes, 0),
    );
  }

  get series(): Series {
    const floors = this.gcs
      .filter((gc) => gc.kind === 'major')
      .map(({ timeMs, afterBytes }) => ({
        timeMs,
        heapBytes: afterBytes,
        externalBytes: 0,
        openConnections: 0,
      }));
    return { samples: [], gcs: this.gcs, floors };
  }

  #used(): number {
    return this.#objects.reduce((sum, { bytes }) => sum + bytes, 0);
  }
}

/** What a series of collections tells, one after the other. */
function boundsOf({ gcs, floors }: Pick<Series, 'gcs' | 'floors'>): LowerBound<null>[] {
  const bounds = new SurvivorBounds<null>();
  const floorTimes = new Set(floors.map((floor) => floor.timeMs));
  return gcs.flatMap((gc) => [...bounds.add(gc, floorTimes.has(gc.timeMs), null)]);
}

/** A second for each lifetime list: that many objects of 1 MB are allocated, then a scavenge; a major one at the ends. */
function play(lifetimesMsBySecond: readonly (readonly number[])[]): ToyHeap {
  const heap = new ToyHeap();
  heap.collect('major', 0);
  lifetimesMsBySecond.forEach((lifetimesMs, second) => {
    for (const lifetimeMs of lifetimesMs) heap.allocate(1e6, second * 1000 + 500 + lifetimeMs);
    heap.collect('minor', (second + 1) * 1000);
  });
  heap.collect('major', lifetimesMsBySecond.length * 1000 + 950);
  return heap;
}

test('a bound never lies above what is alive, and less than a quarter of the growth below it', () => {
  let given = 0;
  fc.assert(
    fc.property(
      fc.array(
        fc.array(fc.oneof({ weight: 12, arbitrary: fc.constant(1e9) }, fc.integer({ min: 1, max: 9000 })), {
          maxLength: 30,
        }),
        {
          minLength: 2,
          maxLength: 12,
        },
      ),
      (lifetimes) => {
        const heap = play(lifetimes);
        const points = boundsOf(heap.series);
        const [first, last] = [heap.series.floors[0], heap.series.floors.at(-1)];
        const came = (last?.heapBytes ?? 0) - (first?.heapBytes ?? 0);
        for (const { timeMs, bytes } of points) {
          const alive = heap.liveBytesAt.get(timeMs) ?? Number.NaN;
          expect(bytes).toBeLessThanOrEqual(alive);
          expect(bytes).toBeGreaterThanOrEqual(alive - came / 4);
          given += 1;
        }
      },
    ),
    { seed: 7, numRuns: 400 },
  );
  // Else the property would hold of nothing.
  expect(given).toBeGreaterThan(200);
});

test('a leak that keeps all is seen every second between two major collections', () => {
  const heap = play(Array.from({ length: 8 }, () => [1e9, 1e9]));
  expect(boundsOf(heap.series).map(({ timeMs, bytes }) => [timeMs, bytes])).toEqual(
    [1, 2, 3, 4, 5, 6, 7, 8].map((second) => [second * 1000, second * 2e6]),
  );
});

test('garbage that only a major collection frees gives no floor', () => {
  // Each object outlives its scavenge and is dead long before the major collection.
  const heap = play(Array.from({ length: 8 }, () => [1000, 1000, 1000]));
  expect(heap.gcs.at(-1)?.beforeBytes).toBeGreaterThan(20e6);
  expect(boundsOf(heap.series)).toEqual([]);
});

test('nothing is bounded across a gap, in which a collection may have freed what lay there', () => {
  const heap = play(Array.from({ length: 8 }, () => [1e9, 1e9]));
  const afterGap = (at: number): number[] => {
    const gcs = heap.gcs.map((gc, index) => (index === at ? { ...gc, afterGap: true } : gc));
    return boundsOf({ ...heap.series, gcs }).map(({ timeMs }) => timeMs / 1000);
  };
  expect(afterGap(0)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(afterGap(4)).toEqual([]);
});
