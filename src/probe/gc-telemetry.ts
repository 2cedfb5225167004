import type * as perfHooks from 'node:perf_hooks';
import type * as v8Module from 'node:v8';
import {
  GC_FLAGS_FORCED,
  type GcRecord,
  type GcTiming,
  isForced,
  joinGcRecords,
  KIND_MAJOR,
} from './gc-events.ts';

/**
 * What Node tells of each garbage collection, while it is switched on: sizes by V8's `GCProfiler`, times by the `gc`
 * performance entry. Costs some 0.2 ms a collection (bench/overhead), so whoever watches a program that collects a hundred
 * times a second switches it off for most of the time.
 */
export class GcTelemetry {
  readonly #host: GcTelemetryHost;
  readonly #epochMs: number;
  readonly #observer: perfHooks.PerformanceObserver;
  #profiler: v8Module.GCProfiler | null = null;
  #timings: GcTiming[] = [];
  /** When something of ours other than `gc()` made V8 collect, which V8 does not mark as forced. */
  #caused: Span[] = [];
  /** Since when the next major collection is one that we started; `null` if none is awaited. */
  #startedMs: number | null = null;
  #hasGap = false;

  /** `epochMs`: what `performance.now()` was when times began to count. */
  constructor(host: GcTelemetryHost, epochMs: number, onFault: (error: unknown) => void) {
    this.#host = host;
    this.#epochMs = epochMs;
    this.#observer = new host.perfHooks.PerformanceObserver((list) => {
      try {
        this.#keep(list.getEntries());
      } catch (error) {
        onFault(error);
      }
    });
    host.own.add(this.#observer);
  }

  get isOn(): boolean {
    return this.#profiler !== null;
  }

  switchOn(): void {
    if (this.isOn) return;
    this.#observer.observe({ entryTypes: ['gc'] });
    this.#profile();
  }

  switchOff(): void {
    if (!this.isOn) return;
    this.#profiler?.stop();
    this.#profiler = null;
    this.#observer.disconnect();
    this.#timings = [];
    this.#hasGap = true;
  }

  /** A span of ours within which a major collection was our doing. */
  caused(span: Span): void {
    this.#caused.push(span);
  }

  /** The major collection that begins next after `nowMs` is our doing, though V8 takes it for its own. */
  started(nowMs: number): void {
    this.#startedMs = nowMs;
  }

  /** The collections since the last call, and when those were that the program would have had without us. */
  take(nowMs: number): { readonly records: GcRecord[]; readonly natural: readonly Span[] } {
    if (this.#profiler === null) return { records: [], natural: [] };
    // Never stopped, a GCProfiler grows by some 5 KB a collection; so it is read and begun anew every second.
    const statistics = this.#profiler.stop()?.statistics ?? [];
    this.#profile();
    this.#keep(this.#observer.takeRecords());
    const timings = this.#timings;
    this.#timings = [];
    // Node may tell of a collection a turn later.
    this.#caused = this.#caused.filter((span) => nowMs - span.endMs < CAUSED_KEPT_MS);
    const records = joinGcRecords(statistics, timings, nowMs);
    const [first, ...others] = records;
    if (first !== undefined && this.#hasGap) {
      this.#hasGap = false;
      return { records: [{ ...first, afterGap: true }, ...others], natural: naturalSpans(timings) };
    }
    return { records, natural: naturalSpans(timings) };
  }

  #isOurs(startMs: number): boolean {
    const startedMs = this.#startedMs;
    if (startedMs !== null && startMs >= startedMs) {
      this.#startedMs = null;
      if (startMs - startedMs < STARTED_GC_MAX_MS) return true;
    }
    return this.#caused.some((span) => startMs >= span.startMs && startMs <= span.endMs);
  }

  #profile(): void {
    this.#profiler = new this.#host.v8.GCProfiler();
    this.#profiler.start();
  }

  #keep(entries: readonly perfHooks.PerformanceEntry[]): void {
    // Node's types leave out what a `gc` entry carries.
    for (const entry of entries as readonly (perfHooks.PerformanceEntry & { detail: GcDetail })[]) {
      const { kind, flags } = entry.detail;
      const startMs = entry.startTime - this.#epochMs;
      const forced = kind === KIND_MAJOR && this.#isOurs(startMs) ? GC_FLAGS_FORCED : 0;
      this.#timings.push({ startMs, durationMs: entry.duration, kind, flags: flags | forced });
    }
  }
}

export type GcTelemetryHost = {
  readonly v8: typeof v8Module;
  readonly perfHooks: typeof perfHooks;
  /** Objects of ours that a census must not count are added here. */
  readonly own: Set<object>;
};

/** In milliseconds since the epoch. */
export type Span = { readonly startMs: number; readonly endMs: number };

type GcDetail = { readonly kind: number; readonly flags: number };

const CAUSED_KEPT_MS = 3000;

/** V8 marks 400 MB beside a busy program in half a second; then it ends when the program lets it. */
export const STARTED_GC_MAX_MS = 10_000;

function naturalSpans(timings: readonly GcTiming[]): Span[] {
  return timings
    .filter((timing) => !isForced(timing))
    .map(({ startMs, durationMs }) => ({ startMs, endMs: startMs + durationMs }));
}

/**
 * How long the telemetry rests after it was on for `spanMs` and told of `count` collections, so that it takes its share of
 * the time and no more: nothing up to 20 collections a second, four seconds of five at a hundred.
 */
export function restMs(count: number, spanMs: number): number {
  return Math.max(0, (count * MS_PER_COLLECTION) / SHARE - spanMs);
}

/** `GCProfiler` 0.09 ms and the performance entry 0.09 to 0.2 ms, in CPU time of the process. */
const MS_PER_COLLECTION = 0.2;
const SHARE = 0.004;
