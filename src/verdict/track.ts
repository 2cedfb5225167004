import type { Point } from './point.ts';
import type { Floor, Sample, Series } from '../core/series.ts';
import type { MemorySpace } from '../core/verdict.ts';
import { withoutSpikes } from './spikes.ts';
import { pointsBetweenFloors } from './survivors.ts';

/** The sizes of one memory space over the watch: times strictly rising, sizes finite and not negative. */
export type Track = {
  readonly space: MemorySpace;
  readonly points: readonly Point[];
  /** The part of the promised false alarms that this space may use up. */
  readonly shareOfFalseAlarms: number;
  /** Growth that lasted shorter than this proves nothing in this space, however fast it is. */
  readonly shortestPatienceMs: number;
  /** Slopes below this are never called a leak in this space, in bytes per second. */
  readonly negligibleBytesPerSecond: number;
  /** Each size is off by half of this at most. */
  readonly resolutionBytes: number;
};

// The ramp of a burst of clients lasts 2 to 4 s in practice; a leak must outlive it.
const shortestHeapPatienceMs = 5_500;
// Half of a 4.3 GB limit within 30 days.
const negligibleBytesPerSecond = 830;

// RSS of a healthy server rises by 300 to 700 KB/s in its first half minute (arenas, page cache, code),
// and V8 gives pages back late, so the native share is judged by minutes, from its lowest values only.
const nativeWarmUpMs = 60_000;
const nativeBlockMs = 20_000;
const shortestNativePatienceMs = 300_000;
const negligibleNativeBytesPerSecond = 50_000;

/**
 * The tracks of a series, in the order in which a leak is looked for. Floors out of order are sorted, of two
 * at the same time the lower one stays, impossible sizes and spikes are dropped: bad input costs power, never truth.
 */
export function tracksOf(series: Series): readonly Track[] {
  const floors = inOrder(series.floors);
  const heap = {
    space: 'heap',
    points: withoutSpikes(
      inOrder([...pointsOf(floors, (floor) => floor.heapBytes), ...pointsBetweenFloors(series)]),
    ),
    // Most leaks are here, and the fastest: the others give up some speed for it.
    shareOfFalseAlarms: 0.7,
    shortestPatienceMs: shortestHeapPatienceMs,
    negligibleBytesPerSecond,
    resolutionBytes: series.resolutionBytes ?? 1,
  } as const;
  const external = {
    ...heap,
    space: 'external',
    shareOfFalseAlarms: 0.2,
    points: withoutSpikes(pointsOf(floors, (floor) => floor.externalBytes)),
  } as const;
  const native = {
    space: 'native',
    points: nativePoints(inOrder(series.samples)),
    shareOfFalseAlarms: 0.1,
    shortestPatienceMs: shortestNativePatienceMs,
    negligibleBytesPerSecond: negligibleNativeBytesPerSecond,
    resolutionBytes: series.resolutionBytes ?? 1,
  } as const;
  return [heap, external, native];
}

function inOrder<T extends { readonly timeMs: number }>(items: readonly T[]): readonly T[] {
  const usable = items.filter((item) => Number.isFinite(item.timeMs));
  const sorted = usable.every((item, i) => i === 0 || (usable[i - 1]?.timeMs ?? 0) <= item.timeMs);
  return sorted ? usable : [...usable].sort((a, b) => a.timeMs - b.timeMs);
}

function pointsOf(floors: readonly Floor[], bytesOf: (floor: Floor) => number): readonly Point[] {
  const points: Point[] = [];
  for (const floor of floors) {
    const bytes = bytesOf(floor);
    if (!Number.isFinite(bytes) || bytes < 0) continue;
    const point = { timeMs: floor.timeMs, bytes, openConnections: floor.openConnections };
    const last = points.at(-1);
    if (last === undefined || last.timeMs < point.timeMs) points.push(point);
    else if (bytes < last.bytes) points[points.length - 1] = point;
  }
  return points;
}

/** The lowest RSS outside V8's spaces in each block of 20 s, once the process has warmed up. */
function nativePoints(samples: readonly Sample[]): readonly Point[] {
  const points: Point[] = [];
  let block = -1;
  for (const sample of samples) {
    if (sample.timeMs < nativeWarmUpMs) continue;
    const bytes = sample.rss - sample.heapTotal - sample.external;
    if (!Number.isFinite(bytes) || bytes < 0) continue;
    const point = { timeMs: sample.timeMs, bytes, openConnections: sample.openConnections };
    const blockOfSample = Math.floor(sample.timeMs / nativeBlockMs);
    if (blockOfSample !== block) points.push(point);
    else if (bytes < (points.at(-1)?.bytes ?? Infinity)) points[points.length - 1] = point;
    block = blockOfSample;
  }
  // The last block is still filling: its lowest value is not known yet.
  return points.slice(0, -1);
}
