import type { Series } from '../core/series.ts';
import type { MemorySpace } from '../core/verdict.ts';

/** A size that survived a collection. */
export type FloorPoint = { readonly timeMs: number; readonly bytes: number };

/**
 * The floors of a space, in order of time, one at a time, without the spikes that a neighbour shows to have been garbage.
 * Native memory has no collections: there it is the lowest of each block of samples.
 */
export function floorPoints(series: Series, space: MemorySpace): readonly FloorPoint[] {
  if (space === 'native') return inOrder(lowestOutside(series));
  const points = series.floors.map(({ timeMs, heapBytes, externalBytes }) => ({
    timeMs,
    bytes: space === 'heap' ? heapBytes : externalBytes,
  }));
  return withoutGarbage(inOrder(points));
}

const BLOCK_MS = 10_000;
const TIMES_USUAL_STEP = 10;
const LEAST_SPIKE_BYTES = 100_000;

function inOrder(points: readonly FloorPoint[]): readonly FloorPoint[] {
  const usable = points.filter(
    ({ timeMs, bytes }) => Number.isFinite(timeMs) && Number.isFinite(bytes) && bytes >= 0,
  );
  const sorted = usable.toSorted((a, b) => a.timeMs - b.timeMs || a.bytes - b.bytes);
  return sorted.filter(({ timeMs }, i) => i === 0 || timeMs > (sorted[i - 1]?.timeMs ?? 0));
}

function lowestOutside({ samples }: Series): readonly FloorPoint[] {
  const lowestByBlock = new Map<number, FloorPoint>();
  for (const { timeMs, rss, heapTotal, external } of samples) {
    const bytes = rss - heapTotal - external;
    // What is not told must not stand for its block.
    if (!Number.isFinite(bytes) || bytes < 0) continue;
    const block = Math.floor(timeMs / BLOCK_MS);
    const lowest = lowestByBlock.get(block);
    if (lowest === undefined || bytes < lowest.bytes) lowestByBlock.set(block, { timeMs, bytes });
  }
  // The last block is still filling.
  return [...lowestByBlock.values()].slice(0, -1);
}

/** What is live can't lie lower than what is live: only a size far above both its neighbours is an error. */
function withoutGarbage(points: readonly FloorPoint[]): readonly FloorPoint[] {
  const steps = points.slice(1).map(({ bytes }, i) => Math.abs(bytes - (points[i]?.bytes ?? 0)));
  const usual = steps.toSorted((a, b) => a - b)[Math.floor(steps.length / 2)] ?? 0;
  const least = Math.max(TIMES_USUAL_STEP * usual, LEAST_SPIKE_BYTES);
  return points.filter(({ bytes }, i) => {
    const [before, after] = [points[i - 1], points[i + 1]];
    if (before === undefined || after === undefined) return true;
    return Math.min(bytes - before.bytes, bytes - after.bytes) <= least;
  });
}
