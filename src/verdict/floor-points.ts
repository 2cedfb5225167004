import type { Series } from '../core/series.ts';
import type { MemorySpace } from '../core/verdict.ts';
import { LowestInBlocks } from './lowest-in-blocks.ts';
import { SpikeWitness } from './spikes.ts';

/** A size that survived a collection. */
export type FloorPoint = { readonly timeMs: number; readonly bytes: number };

/**
 * The floors of a space, in order of time, one at a time, without the spikes that a neighbour shows to have been garbage.
 * Native memory has no collections: there it is the lowest of each block of samples. The rules are those a watch goes by.
 */
export function floorPoints(series: Series, space: MemorySpace): readonly FloorPoint[] {
  if (space === 'native') return lowestOutside(series);
  const points = series.floors.map(({ timeMs, heapBytes, externalBytes }) => ({
    timeMs,
    bytes: space === 'heap' ? heapBytes : externalBytes,
  }));
  return withoutSpikes(inOrder(points));
}

function inOrder(points: readonly FloorPoint[]): readonly FloorPoint[] {
  const usable = points.filter(
    ({ timeMs, bytes }) => Number.isFinite(timeMs) && Number.isFinite(bytes) && bytes >= 0,
  );
  const sorted = usable.toSorted((a, b) => a.timeMs - b.timeMs || a.bytes - b.bytes);
  return sorted.filter(({ timeMs }, i) => i === 0 || timeMs > (sorted[i - 1]?.timeMs ?? 0));
}

function lowestOutside({ samples }: Series): readonly FloorPoint[] {
  const blocks = new LowestInBlocks(0);
  return samples.flatMap(
    (sample) => blocks.add(sample, sample.rss - sample.heapTotal - sample.external) ?? [],
  );
}

function withoutSpikes(points: readonly FloorPoint[]): readonly FloorPoint[] {
  const witness = new SpikeWitness();
  const kept: FloorPoint[] = [];
  for (const point of points) {
    if (witness.shows(point)) kept.pop();
    kept.push(point);
  }
  return kept;
}
