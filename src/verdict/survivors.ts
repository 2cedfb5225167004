import type { GcEvent, Sample, Series } from '../core/series.ts';
import type { Point } from './point.ts';

/**
 * Floors between two major collections that are far apart, bounded from the minor ones between them.
 *
 * V8 lets the heap double or triple between major collections, so a fast leak shows two floors in ten seconds. But
 * what is dead right after a scavenge lies in the old space and stays there until the next major collection, which
 * frees it. So the live bytes at that moment are at least the used bytes less what that collection freed:
 *
 *     used − freed ≤ live ≤ used
 *
 * The lower bound is taken as a floor, where the collection freed so little of what had come (a quarter at most) that
 * both bounds say nearly the same. A heap of garbage, whose used bytes rise too, frees most of it and gives none.
 * At most two a second; linear in the collections.
 */
export function pointsBetweenFloors({ gcs, floors, samples }: Series): Point[] {
  const found: Point[] = [];
  // A collection that gave no floor (the census was at work) bounds nothing either.
  const floorTimes = new Set(floors.map((floor) => floor.timeMs));
  let previous: GcEvent | null = null;
  let minors: GcEvent[] = [];
  for (const gc of gcs) {
    if (gc.kind === 'minor') minors.push(gc);
    if (gc.kind !== 'major') continue;
    if (previous !== null && floorTimes.has(gc.timeMs))
      found.push(...boundedBy(previous, gc, minors, samples));
    previous = gc;
    minors = [];
  }
  return found;
}

const LEAST_SHARE_COME = 0.5;
const LARGEST_SHARE_FREED = 0.25;
const NOT_CLOSER_MS = 400;

function boundedBy(
  before: GcEvent,
  after: GcEvent,
  minors: readonly GcEvent[],
  samples: readonly Sample[],
): Point[] {
  const freed = after.beforeBytes - after.afterBytes;
  const came = after.afterBytes - before.afterBytes;
  // Points are added only where memory rose, which leans towards growth; so only where it rose beyond any doubt.
  if (came < before.afterBytes * LEAST_SHARE_COME || freed < 0 || freed > came * LARGEST_SHARE_FREED)
    return [];
  const bounded: Point[] = [];
  let lastMs = before.timeMs;
  for (const { timeMs, afterBytes } of minors) {
    if (timeMs - lastMs < NOT_CLOSER_MS || after.timeMs - timeMs < NOT_CLOSER_MS) continue;
    lastMs = timeMs;
    bounded.push({ timeMs, bytes: afterBytes - freed, openConnections: connectionsAt(samples, timeMs) });
  }
  return bounded;
}

function connectionsAt(samples: readonly Sample[], timeMs: number): number {
  return samples.findLast((sample) => sample.timeMs <= timeMs)?.openConnections ?? 0;
}
