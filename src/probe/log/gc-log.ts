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
  #last: TracedGc | null = null;
  #lastKeptMs = Number.NEGATIVE_INFINITY;
  #count = 0;

  constructor(pid: number | null, isolate: string | null) {
    this.pid = pid;
    this.isolate = isolate;
  }

  /** The process that the log told of has ended and another begun: its clock starts anew. */
  isEndedBy({ timeMs }: TracedGc): boolean {
    return timeMs < this.#lastMs && timeMs <= this.spanMs / 2;
  }

  /** Printed before: V8 prints the last collections once more when it dies. */
  hasSeen(gc: TracedGc): boolean {
    if (gc.timeMs !== this.#lastMs) return gc.timeMs < this.#lastMs;
    return gc.beforeBytes === this.#last?.beforeBytes && gc.afterBytes === this.#last.afterBytes;
  }

  get count(): number {
    return this.#count;
  }

  get spanMs(): number {
    return this.#lastMs - (this.#firstMs ?? 0);
  }

  /** Collections come in the order of time. */
  add(traced: TracedGc): void {
    const { timeMs, kind, durationMs, beforeBytes, afterBytes } = traced;
    this.#firstMs ??= timeMs;
    this.#last = traced;
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

  get #lastMs(): number {
    return this.#last?.timeMs ?? 0;
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
