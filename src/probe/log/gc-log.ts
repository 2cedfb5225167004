import type { Floor, GcEvent, Series } from '../../core/series.ts';
import { TRACE_RESOLUTION_BYTES, type TracedGc } from './gc-trace.ts';
import { thinned } from './thinning.ts';

/** The collections of one isolate, in bounded memory. */
export class GcLog {
  readonly pid: number | null;
  readonly isolate: string | null;
  #majors: GcEvent[] = [];
  #minors: GcEvent[] = [];
  #firstMs: number | null = null;
  #lastMs = 0;
  #lastKeptMs = Number.NEGATIVE_INFINITY;
  #count = 0;

  constructor(pid: number | null, isolate: string | null) {
    this.pid = pid;
    this.isolate = isolate;
  }

  get lastMs(): number {
    return this.#lastMs;
  }

  get count(): number {
    return this.#count;
  }

  get spanMs(): number {
    return this.#lastMs - (this.#firstMs ?? 0);
  }

  /** Collections come in the order of time. */
  add({ timeMs, kind, durationMs, beforeBytes, afterBytes }: TracedGc): void {
    this.#firstMs ??= timeMs;
    this.#lastMs = timeMs;
    this.#count += 1;
    const gc = { timeMs: timeMs - this.#firstMs, kind, durationMs, beforeBytes, afterBytes, forced: false };
    if (kind === 'major') {
      this.#lastKeptMs = timeMs;
      this.#majors.push(gc);
      const kept = thinned(this.#majors, MOST_MAJORS);
      // A minor collection says something only between the two major ones that were its neighbours.
      if (kept !== this.#majors) this.#minors = [];
      this.#majors = kept;
    } else if (timeMs - this.#lastKeptMs >= MINOR_EVERY_MS && this.#minors.length < MOST_MINORS) {
      this.#lastKeptMs = timeMs;
      this.#minors.push(gc);
    }
  }

  series(): Series {
    const gcs = [...this.#majors, ...this.#minors].sort((a, b) => a.timeMs - b.timeMs);
    const floors = this.#majors.map(
      ({ timeMs, afterBytes }): Floor => ({
        timeMs,
        heapBytes: afterBytes,
        // The log says nothing of memory outside the heap, nor of connections.
        externalBytes: NaN,
        openConnections: NaN,
      }),
    );
    return { samples: [], gcs, floors, resolutionBytes: TRACE_RESOLUTION_BYTES };
  }
}

// A verdict takes a second or two over this many floors.
const MOST_MAJORS = 2048;
const MOST_MINORS = 4096;
/** Closer ones add nothing to what bounds the floors between two major collections. */
const MINOR_EVERY_MS = 200;
