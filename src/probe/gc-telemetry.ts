import type * as perfHooks from 'node:perf_hooks';
import type * as v8Module from 'node:v8';
import {
  GC_FLAGS_EXTERNAL,
  GC_FLAGS_FORCED,
  type GcRecord,
  type GcStatistic,
  type GcTiming,
  isForced,
  joinGcRecords,
  KIND_MAJOR,
  type Span,
} from './gc-events.ts';

/**
 * What Node tells of each garbage collection, while it is switched on: sizes by V8's `GCProfiler`, for 0.07 ms a collection; and
 * where it is to be timed, when it was and why by the `gc` performance entry, for 0.25 ms more. So whoever watches a program that
 * collects a hundred times a second switches it off for most of the time, and who merely watches goes without times: then
 * a collection is taken to have been when it is told of, within a second.
 */
export class GcTelemetry {
  readonly #host: GcTelemetryHost;
  readonly #epochMs: number;
  readonly #observer: perfHooks.PerformanceObserver;
  #profiler: v8Module.GCProfiler | null = null;
  #isTimed = false;
  /** Of this second, from before it was timed. */
  #untimed: GcStatistic[] = [];
  #tookMs = Number.NEGATIVE_INFINITY;
  #timings: GcTiming[] = [];
  /** When something of ours other than `gc()` made V8 collect, which V8 does not mark as forced. */
  #caused: Span[] = [];
  /** The call that made V8 begin a collection which has not ended yet. */
  #started: Span | null = null;
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

  get isTimed(): boolean {
    return this.#isTimed;
  }

  switchOn(timed: boolean): void {
    if (timed && !this.#isTimed) {
      // What comes from here on has its times, one for one.
      if (this.#profiler !== null) this.#untimed.push(...this.#read());
      this.#profile();
      this.#observer.observe({ entryTypes: ['gc'] });
    } else if (!timed && this.#isTimed) {
      this.#observer.disconnect();
      this.#timings = [];
    }
    this.#isTimed = timed;
    if (!this.isOn) this.#profile();
  }

  switchOff(): void {
    if (!this.isOn) return;
    this.#profiler?.stop();
    this.#profiler = null;
    this.#observer.disconnect();
    this.#isTimed = false;
    this.#untimed = [];
    this.#timings = [];
    this.#hasGap = true;
  }

  /** A span of ours: the collections within it are our doing. */
  caused(span: Span): void {
    this.#caused.push(span);
  }

  /** Within this span V8 was made to begin a collection. The next major one ends it, and with it the wait. */
  started(span: Span): void {
    this.#started = span;
    this.caused(span);
  }

  get awaitsStarted(): boolean {
    return this.#started !== null;
  }

  /** The collections since the last call, and when those were that the program would have had without us. */
  take(nowMs: number): { readonly records: GcRecord[]; readonly natural: readonly Span[] } {
    if (this.#profiler === null) return { records: [], natural: [] };
    // Never stopped, a GCProfiler grows by some 5 KB a collection; so it is read and begun anew every second.
    const statistics = this.#read();
    this.#profile();
    this.#keep(this.#observer.takeRecords());
    const timings = this.#timings;
    this.#timings = [];
    // Node may tell of a collection a turn later.
    this.#caused = this.#caused.filter((span) => nowMs - span.endMs < CAUSED_KEPT_MS);
    // Of those without times all count as ours in a second in which we caused one.
    const forced = this.#caused.some(({ endMs }) => endMs >= this.#tookMs);
    const untimed = this.#isTimed ? this.#untimed : [...this.#untimed, ...statistics];
    const records = [
      ...joinGcRecords(untimed, [], nowMs).map((gc) => ({ ...gc, forced })),
      ...(this.#isTimed ? joinGcRecords(statistics, timings, nowMs) : []),
    ];
    this.#tookMs = nowMs;
    this.#untimed = [];
    if (this.#started !== null && nowMs - this.#started.endMs > STARTED_GC_MAX_MS) this.#started = null;
    const [first, ...others] = records;
    if (first !== undefined && this.#hasGap) {
      this.#hasGap = false;
      return { records: [{ ...first, afterGap: true }, ...others], natural: naturalSpans(timings) };
    }
    return { records, natural: naturalSpans(timings) };
  }

  #read(): readonly GcStatistic[] {
    return this.#profiler?.stop()?.statistics ?? [];
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
      const started = kind === KIND_MAJOR ? this.#endOfWait(startMs, flags) : null;
      const isOurs = started !== null || this.#caused.some((span) => isWithin(startMs, span));
      const forced = isOurs ? GC_FLAGS_FORCED : 0;
      this.#timings.push({ startMs, durationMs: entry.duration, kind, flags: flags | forced, started });
    }
  }

  /** V8 may have had its own reason to end the marking: then the collection is the program's. */
  #endOfWait(startMs: number, flags: number): Span | null {
    const started = this.#started;
    if (started === null || startMs < started.startMs) return null;
    this.#started = null;
    return (flags & GC_FLAGS_EXTERNAL) !== 0 || isWithin(startMs, started) ? started : null;
  }
}

export type GcTelemetryHost = {
  readonly v8: typeof v8Module;
  readonly perfHooks: typeof perfHooks;
  /** Objects of ours that a census must not count are added here. */
  readonly own: Set<object>;
};

type GcDetail = { readonly kind: number; readonly flags: number };

const CAUSED_KEPT_MS = 3000;

/** V8 marks 400 MB beside a busy program in half a second; then it ends when the program lets it. */
const STARTED_GC_MAX_MS = 10_000;

function isWithin(timeMs: number, { startMs, endMs }: Span): boolean {
  return timeMs >= startMs && timeMs <= endMs;
}

function naturalSpans(timings: readonly GcTiming[]): Span[] {
  return timings
    .filter((timing) => !isForced(timing))
    .map(({ startMs, durationMs }) => ({ startMs, endMs: startMs + durationMs }));
}

/**
 * How long the telemetry rests after it was on for `spanMs` and told of `count` collections, so that it takes its share of
 * the time and no more. Up to some 14 collections a second it does not rest, at a hundred it is on for a seventh of the time;
 * timed, while somebody waits for an answer, up to 20 and for a fifth.
 */
export function restMs(count: number, spanMs: number, timed: boolean): number {
  const share = timed ? MS_TIMED / SHARE_TIMED : MS_UNTIMED / SHARE_UNTIMED;
  return Math.max(0, count * share - spanMs);
}

/** In CPU time of the process: `npm run bench -- overhead`. */
const MS_TIMED = 0.2;
const MS_UNTIMED = 0.07;
/** Of the time; of a server that shares its core with another twice as much. */
const SHARE_TIMED = 0.004;
const SHARE_UNTIMED = 0.001;
