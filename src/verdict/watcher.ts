import type { Floor, GcEvent, Sample } from '../core/series.ts';
import type { Forecast, Growth, MemorySpace, Verdict } from '../core/verdict.ts';
import { FillingHint } from './filling.ts';
import { forecastOf } from './forecast.ts';
import { LowestInBlocks } from './lowest-in-blocks.ts';
import type { Patience } from './persistence.ts';
import { type Load, type Point, pointOf } from './point.ts';
import { smallestDetectable } from './slope.ts';
import { SurvivorBounds } from './survivors.ts';
import { type Track, tracksOf } from './track.ts';
import { type Finding, withoutCollections } from './findings.ts';
import { TrackWatch } from './track-watch.ts';

export type WatcherOptions = {
  /** The size at which V8 gives up; `null` when unknown. */
  readonly limitBytes: number | null;
  /**
   * Bound on the chance that a watch ever says `leaking` of a server without a trend whose floors miss their level each
   * by its own amount. Where the level itself wanders, the proof gives less and measurements must do (docs/concepts/verdict.md).
   * Default 0.01.
   */
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
  readonly #native: readonly Watched[];
  /** What samples show of heap and external memory: it bounds the floors from above where there are none. */
  readonly #sampledHeap: Watched;
  readonly #sampledExternal: Watched;
  readonly #bounds = new SurvivorBounds<Load>();
  readonly #nativeShare = new LowestInBlocks(NATIVE_WARM_UP_MS);
  readonly #lowestHeap = new LowestInBlocks(0);
  readonly #lowestExternal = new LowestInBlocks(0);
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
    this.#native = tracks.native.map(watched);
    this.#sampledHeap = watched(tracks.heap);
    this.#sampledExternal = watched(tracks.external);
  }

  /**
   * Whether nothing in sight ends the growth, as the bound of a cache or the end of a load would: who can look into the
   * program may know. Then somebody who waits need not wait as long as for what fills. Counts from the next floor on.
   */
  set endless(endless: boolean) {
    for (const { watch } of [this.#heap, this.#external]) watch.endless = endless;
  }

  /** Ticks in time order; inside one, its collections and floors come before its sample. */
  add({ sample, gcs, floors }: WatchedTick): void {
    // Most ticks of a month have neither.
    if (gcs.length > 0 || floors.length > 0) this.#addFloors(gcs, floors);
    if (sample !== null && Number.isFinite(sample.timeMs)) this.#addSample(sample);
  }

  #addFloors(gcs: WatchedTick['gcs'], floors: readonly Floor[]): void {
    const usable = floors.filter(({ timeMs }) => Number.isFinite(timeMs)).sort(byTime);
    const load = this.#load();
    const largeBytes = this.#latest?.inside?.spaces.large;
    const measured = usable.map(({ timeMs, heapBytes, openConnections, compiledBytes }) => ({
      point: pointOf(timeMs, heapBytes, { ...load, openConnections }, largeBytes, compiledBytes),
      isBound: false,
    }));
    // A tick may hold several major collections, and a log all of them, so bounds lie among the floors.
    const heap =
      gcs.length === 0
        ? measured
        : [...this.#boundsOf(gcs, usable, load), ...measured].sort((a, b) => byTime(a.point, b.point));
    for (const { point, isBound } of heap) this.#heap.watch.add(point, isBound);
    const arrayBuffers = this.#latest?.arrayBuffers;
    for (const { timeMs, externalBytes, openConnections } of usable)
      this.#external.watch.add(pointOf(timeMs, externalBytes, { ...load, openConnections }, arrayBuffers));
  }

  #boundsOf(gcs: WatchedTick['gcs'], floors: readonly Floor[], load: Load): HeapPoint[] {
    const compiledByTime = new Map(floors.map(({ timeMs, compiledBytes }) => [timeMs, compiledBytes]));
    return gcs.flatMap((gc) => {
      // Of the code that was there then the next floor tells.
      const compiledBytes = compiledByTime.get(gc.timeMs);
      return this.#bounds
        .add(gc, compiledByTime.has(gc.timeMs), load)
        .map(({ timeMs, bytes, load: then }) => ({
          point: { ...pointOf(timeMs, bytes, then, undefined, compiledBytes), bounds: 1 },
          isBound: true,
        }));
    });
  }

  /**
   * Takes a floor from before all others, which is known less well: growth may have begun there, as long as it goes on in the others.
   * It counts for patience and in the line that must rise, not in the evidence, and no slope that is told is taken from there.
   */
  open({ timeMs, heapBytes, externalBytes, openConnections, compiledBytes }: Floor): void {
    // Nothing was counted yet.
    const then = { timeMs, openConnections, requests: 0, opened: 0 };
    this.#heap.watch.open({ ...then, bytes: heapBytes, compiledBytes });
    this.#external.watch.open({ ...then, bytes: externalBytes });
  }

  /** Whether a space is called leaking now; next to free, where `verdict` fits slopes. */
  get isLeaking(): boolean {
    return [this.#heap, this.#external, ...this.#native].some(({ watch }) => watch.isLeaking);
  }

  /** Whether the evidence for growth in a space suffices, however long it must still hold: for measurements. */
  isConvinced(space: MemorySpace): boolean {
    return this.#watchesOf(space).some((watch) => watch.isConvinced);
  }

  /** Which growth is excluded in a space, if any; next to free, where `verdict` fits slopes. */
  excludedBytesPerSecond(space: MemorySpace): number | undefined {
    return this.#watchesOf(space)[0]?.excludedBytesPerSecond;
  }

  #watchesOf(space: MemorySpace): readonly TrackWatch[] {
    if (space === 'native') return this.#native.map(({ watch }) => watch);
    return [(space === 'heap' ? this.#heap : this.#external).watch];
  }

  /** `watchedMs`: how long was watched; floors may lag behind it. */
  verdict(watchedMs: number): Verdict {
    const heap = this.#heapFound(watchedMs);
    const external = this.#externalFound(watchedMs);
    const all = [heap, external, ...this.#native.map(found)];
    const leaking = all.find((one) => one.found.state === 'leaking');
    // Native memory takes minutes to judge: it may accuse, but nobody waits for it. A garbage collection log tells
    // nothing of memory outside the heap: what is unknown is not waited for.
    const told =
      external.watch.last !== undefined || heap.watch.last === undefined ? [heap, external] : [heap];
    const shown = leaking ?? told.find((one) => one.found.state === 'open') ?? heap;
    const { state, reason, sinceMs, slope, watchMoreMs, filling, slower } = shown.found;
    const growth = this.#growthOf(shown);
    return {
      kind: state === 'open' ? 'inconclusive' : state,
      space: leaking === undefined ? null : shown.track.space,
      decidedAtMs: state === 'steady' ? Math.max(...told.map((one) => one.found.sinceMs ?? 0)) : sinceMs,
      reason,
      growth,
      forecast:
        leaking !== undefined && shown.track.space === 'heap' ? this.#forecastOf(shown, watchedMs) : null,
      watchMoreMs,
      filling,
      excludedBytesPerSecond: state === 'steady' && slope !== null ? Math.max(0, slope.interval[1]) : null,
      slower,
      suspicious:
        leaking !== undefined ||
        this.#filling.isFilling ||
        this.#heap.watch.suspicious ||
        this.#external.watch.suspicious,
    };
  }

  #heapFound(watchedMs: number): Found {
    return lacksFloors(this.#heap, this.#sampledHeap, watchedMs)
      ? foundInSamples(this.#sampledHeap)
      : found(this.#heap);
  }

  #externalFound(watchedMs: number): Found {
    return lacksFloors(this.#external, this.#sampledExternal, watchedMs)
      ? foundInSamples(this.#sampledExternal)
      : found(this.#external);
  }

  #addSample(sample: Sample): void {
    this.#latest = sample;
    this.#filling.add(sample.heapUsed);
    const native = this.#nativeShare.add(sample, sample.rss - sample.heapTotal - sample.external);
    if (native !== undefined) for (const { watch } of this.#native) watch.add(native);
    const heap = this.#lowestHeap.add(sample, sample.heapUsed);
    if (heap !== undefined) this.#sampledHeap.watch.add(heap);
    const external = this.#lowestExternal.add(sample, sample.external);
    if (external !== undefined) this.#sampledExternal.watch.add(external);
  }

  #load(): Load {
    // Before the first sample nothing was counted yet.
    const counted = this.#latest === null ? NOTHING_COUNTED : this.#latest.inside;
    return {
      openConnections: this.#latest?.openConnections ?? 0,
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

type HeapPoint = { readonly point: Point; readonly isBound: boolean };

function byTime(a: { readonly timeMs: number }, b: { readonly timeMs: number }): number {
  return a.timeMs - b.timeMs;
}

const NOTHING_COUNTED = { httpRequests: 0, connectionsOpened: 0 };

type Found = Watched & { readonly found: Finding };

function found(watched: Watched): Found {
  return { ...watched, found: watched.watch.finding() };
}

function foundInSamples(sampled: Watched): Found {
  return { ...sampled, found: withoutCollections(sampled.watch.finding()) };
}

/** Whether there was no floor for half of the watch, and a minute at least. What was called stays called. */
function lacksFloors({ watch }: Watched, sampled: Watched, watchedMs: number): boolean {
  if (watch.isLeaking || watchedMs < LONG_WITHOUT_FLOORS_MS || sampled.watch.last === undefined) return false;
  return watchedMs - (watch.last?.timeMs ?? 0) > watchedMs / 2;
}

// RSS of a healthy server rises by itself in its first half minute (arenas, page cache, code).
const NATIVE_WARM_UP_MS = 60_000;
const LONG_WITHOUT_FLOORS_MS = 60_000;

type Watched = { readonly track: Track; readonly watch: TrackWatch };
