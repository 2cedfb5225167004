import type { Floor, GcEvent, Sample, Series } from '../core/series.ts';
import type { ProbeTick } from './probe.ts';

/**
 * Collects ticks into a `Series` of bounded length. When a list is full every second entry of its older half goes:
 * the past stays visible, coarser, and memory stays flat over days.
 */
export class SeriesBuilder {
  #samples: Sample[] = [];
  #gcs: GcEvent[] = [];
  #floors: Floor[] = [];

  add(tick: ProbeTick): void {
    this.#samples = bounded([...this.#samples, tick.sample]);
    if (tick.gcs.length > 0) this.#gcs = boundedGcs([...this.#gcs, ...tick.gcs]);
    if (tick.floors.length > 0) this.#floors = bounded([...this.#floors, ...tick.floors]);
  }

  get series(): Series {
    return { samples: this.#samples, gcs: this.#gcs, floors: this.#floors };
  }
}

const MAX_ENTRIES = 4096;

/** What follows one that goes, follows a gap. */
function boundedGcs(gcs: GcEvent[]): GcEvent[] {
  if (gcs.length <= MAX_ENTRIES) return gcs;
  const half = gcs.length >> 1;
  return bounded(gcs.map((gc, index) => (index > 0 && index <= half ? { ...gc, afterGap: true } : gc)));
}

function bounded<Entry>(entries: Entry[]): Entry[] {
  if (entries.length <= MAX_ENTRIES) return entries;
  const half = entries.length >> 1;
  return entries.filter((_, index) => index >= half || index % 2 === 0);
}
