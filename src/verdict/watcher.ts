import type { Floor, GcEvent, Sample } from '../core/series.ts';
import type { Forecast, Growth, MemorySpace, Verdict } from '../core/verdict.ts';
import { FillingHint } from './filling.ts';
import { forecastOf } from './forecast.ts';
import { NativeShare } from './native-share.ts';
import type { Patience } from './persistence.ts';
import type { Point } from './point.ts';
import { smallestDetectable } from './slope.ts';
import { SurvivorBounds } from './survivors.ts';
import { type Track, tracksOf } from './track.ts';
import { TrackWatch } from './track-watch.ts';

export type WatcherOptions = {
  /** The size at which V8 gives up; `null` when unknown. */
  readonly limitBytes: number | null;
  /** Bound on the chance that a watch ever says `leaking` of a server without a trend. Default 0.01. */
  readonly falseAlarmProbability?: number | undefined;
  /** Level of the slope's interval. Default 0.99. */
  readonly level?: number | undefined;
  /** Whether somebody waits for the answer. Default `quick`. */
  readonly patience?: Patience | undefined;
  /** How finely floors are known. Default 1 byte. */
  readonly resolutionBytes?: number | undefined;
};

/** What happened between two looks at the process, and the look itself. */
export type WatchedTick = {
  readonly sample: Sample | null;
  readonly gcs: readonly GcEvent[];
  readonly floors: readonly Floor[];
};

/** What a limit is taken to be while none is known. */
const ordinaryLimitBytes = 4_000_000_000;

/**
 * Is it leaking? Fed with each tick, asked whenever one likes: asking changes neither the answer nor the error. A floor
 * costs the logarithm of their number, a sample next to nothing, and memory stays bounded over months.
 */
export class Watcher {
  readonly #limitBytes: number | null;
  readonly #falseAlarmProbability: number;
  readonly #level: number;
  readonly #heap: Watched;
  readonly #external: Watched;
  readonly #native: Watched;
  readonly #bounds = new SurvivorBounds();
  readonly #nativeShare = new NativeShare();
  readonly #filling = new FillingHint();
  #latest: Sample | null = null;

  constructor(options: WatcherOptions) {
    const { limitBytes, falseAlarmProbability = 0.01, level = 0.99 } = options;
    this.#limitBytes = limitBytes;
    this.#falseAlarmProbability = falseAlarmProbability;
    this.#level = level;
    const limit = limitBytes ?? ordinaryLimitBytes;
    const tracks = tracksOf(options.patience ?? 'quick', limit, options.resolutionBytes ?? 1);
    const watched = (track: Track): Watched => ({
      track,
      watch: new TrackWatch(track, {
        limitBytes: limit,
        falseAlarmProbability: falseAlarmProbability * track.shareOfFalseAlarms,
        level,
      }),
    });
    this.#heap = watched(tracks.heap);
    this.#external = watched(tracks.external);
    this.#native = watched(tracks.native);
  }

  /** Ticks in time order; inside one, its collections and floors come before its sample. */
  add({ sample, gcs, floors }: WatchedTick): void {
    const usable = floors.filter(({ timeMs }) => Number.isFinite(timeMs));
    const floorTimes = new Set(usable.map(({ timeMs }) => timeMs));
    const bounds = gcs.flatMap((gc) => this.#bounds.add(gc, floorTimes.has(gc.timeMs)));
    for (const { timeMs, bytes } of bounds) {
      this.#heap.watch.add(this.#point(timeMs, bytes, this.#latest?.openConnections ?? 0), true);
    }
    for (const floor of usable.toSorted((a, b) => a.timeMs - b.timeMs)) {
      this.#heap.watch.add(this.#point(floor.timeMs, floor.heapBytes, floor.openConnections));
      this.#external.watch.add(this.#point(floor.timeMs, floor.externalBytes, floor.openConnections));
    }
    if (sample !== null && Number.isFinite(sample.timeMs)) this.#addSample(sample);
  }

  /** Whether a space is called leaking now; next to free, where `verdict` fits slopes. */
  get isLeaking(): boolean {
    return this.#heap.watch.isLeaking || this.#external.watch.isLeaking || this.#native.watch.isLeaking;
  }

  /** Whether the evidence for growth in a space suffices, however long it must still hold: for measurements. */
  isConvinced(space: MemorySpace): boolean {
    const watched = { heap: this.#heap, external: this.#external, native: this.#native }[space];
    return watched.watch.isConvinced;
  }

  /** `watchedMs`: how long was watched; floors may lag behind it. */
  verdict(watchedMs: number): Verdict {
    const all = [this.#heap, this.#external, this.#native].map(({ track, watch }) => ({
      track,
      watch,
      found: watch.finding(),
    }));
    const [heap, external] = all;
    if (heap === undefined || external === undefined) throw new Error('heap and external are always judged');
    const leaking = all.find(({ found }) => found.state === 'leaking');
    // Native memory takes minutes to judge: it may accuse, but nobody waits for it. A garbage collection log tells
    // nothing of memory outside the heap: what is unknown is not waited for.
    const told =
      external.watch.last !== undefined || heap.watch.last === undefined ? [heap, external] : [heap];
    const shown = leaking ?? told.find(({ found }) => found.state === 'open') ?? heap;
    const { found } = shown;
    const growth = this.#growthOf(shown);
    return {
      kind: found.state === 'open' ? 'inconclusive' : found.state,
      space: leaking === undefined ? null : shown.track.space,
      decidedAtMs:
        found.state === 'steady' ? Math.max(...told.map((one) => one.found.sinceMs ?? 0)) : found.sinceMs,
      reason: found.reason,
      growth,
      forecast:
        leaking !== undefined && shown.track.space === 'heap' ? this.#forecastOf(shown, watchedMs) : null,
      watchMoreMs: found.watchMoreMs,
      suspicious:
        leaking !== undefined ||
        this.#filling.isFilling ||
        heap.watch.suspicious ||
        external.watch.suspicious,
    };
  }

  #addSample(sample: Sample): void {
    this.#latest = sample;
    this.#filling.add(sample.heapUsed);
    const native = this.#nativeShare.add(sample);
    if (native !== undefined) this.#native.watch.add(native);
  }

  #point(timeMs: number, bytes: number, openConnections: number): Point {
    // Before the first sample nothing was counted yet.
    const counted = this.#latest === null ? NOTHING_COUNTED : this.#latest.inside;
    return {
      timeMs,
      bytes,
      openConnections,
      requests: counted?.httpRequests,
      opened: counted?.connectionsOpened,
    };
  }

  #forecastOf({ watch }: Watched, watchedMs: number): Forecast | null {
    const fit = watch.growthFit();
    const { last } = watch;
    if (fit === undefined || last === undefined || this.#limitBytes === null) return null;
    return forecastOf(fit, last.timeMs, this.#limitBytes, watchedMs);
  }

  #growthOf({ track, watch }: Watched): Growth | null {
    const { slope } = watch.finding();
    if (slope === null) return null;
    return {
      bytesPerSecond: slope.bytesPerSecond,
      interval: slope.interval,
      level: this.#level,
      falseAlarmProbability: this.#falseAlarmProbability,
      smallestDetectableBytesPerSecond: smallestDetectable(
        track,
        watch.points,
        slope,
        this.#falseAlarmProbability,
      ),
    };
  }
}

const NOTHING_COUNTED = { httpRequests: 0, connectionsOpened: 0 };

type Watched = { readonly track: Track; readonly watch: TrackWatch };
