import { formatRate } from '../core/bytes.ts';
import { formatDuration } from '../core/duration.ts';
import { GrowthEvidence } from './evidence.ts';
import { fitGrowth, type GrowthFit, intervalOf, pooled } from './growth-fit.ts';
import { evenly, History, indexFrom } from './history.ts';
import { loadFollowed } from './load.ts';
import { findHeld, type Held, ordinaryPatienceMs, patienceMs } from './persistence.ts';
import { findSlope, type Slope, withResolution } from './slope.ts';
import { SpikeWitness } from './spikes.ts';
import { excludedBytesPerSecond, findSteady, shortestWatchMs } from './steadiness.ts';
import { isSuspicious } from './suspicion.ts';
import type { Point } from './point.ts';
import { negligibleAfter, type Track } from './track.ts';
import { warmUpBytesPerSecond, withoutWarmUp } from './warm-up.ts';

export type TrackWatchOptions = {
  readonly limitBytes: number;
  /** For this track alone. */
  readonly falseAlarmProbability: number;
  /** Level of the slope's interval. */
  readonly level: number;
};

/** What is known of one space at its last point. */
export type Finding = {
  readonly state: 'leaking' | 'steady' | 'open';
  /** Since when the state holds; `null` while open. */
  readonly sinceMs: number | null;
  /** One sentence with the fact that decided, or with what is missing. */
  readonly reason: string;
  /** The stretch that shows the slope best, `null` before there are points enough. */
  readonly slope: Slope | null;
  readonly watchMoreMs: number | null;
};

/**
 * Watches one memory space, point by point. What was decided at a point stays decided when the past grows coarse, and
 * a point costs the logarithm of their number in time and nothing but that in memory.
 *
 * Leaking needs three things at one point: evidence for growth (`evidence.ts`), growth that held for as long as
 * patience asks (`persistence.ts`), and no load that explains it (`load.ts`). It is taken back
 * when growth stops for as long as it had taken to decide; a second leak then needs twice the evidence, a third
 * four times, so that the false alarms of all together stay within the promise.
 */
export class TrackWatch {
  readonly #track: Track;
  readonly #options: TrackWatchOptions;
  readonly #spikes = new SpikeWitness();
  readonly #seen = new History();
  /** Of these the measured ones, without those that are only bounded by their neighbours. */
  readonly #measured = new History();
  /** Without what warming up can have added; since the last leak ended. */
  #bare = new History();
  #evidence: GrowthEvidence;
  #needed: number;
  #leak: Leak | undefined;
  #lastIsBound = false;
  #endedAtMs: number | undefined;
  #steady: Steady | undefined;
  #count = 0;
  #nextSteadyLookMs = 0;
  #finding: Finding | undefined;
  #fit: GrowthFit | undefined;

  constructor(track: Track, options: TrackWatchOptions) {
    this.#track = track;
    this.#options = options;
    this.#evidence = new GrowthEvidence(track.resolutionBytes);
    this.#needed = 1 / options.falseAlarmProbability;
  }

  /**
   * Takes the next point. Impossible sizes, and times that do not go forward, cost power and never truth. What is only
   * bounded by its neighbours (`isBound`) shows how growth went on and is no evidence for it on a standing watch.
   */
  add(point: Point, isBound = false): void {
    if (!(point.bytes >= 0 && point.bytes < Infinity)) return;
    const { last } = this.#seen;
    if (last !== undefined && point.timeMs <= last.timeMs) {
      // Of two sizes at one time the lower one is nearer to what lives.
      if (point.timeMs < last.timeMs || point.bytes >= last.bytes) return;
      this.#removeLast();
    } else if (this.#spikes.shows(point)) {
      this.#removeLast();
    }
    this.#count += 1;
    this.#finding = undefined;
    this.#fit = undefined;
    this.#seen.add(point);
    if (!isBound) this.#measured.add(point);
    this.#lastIsBound = isBound;
    this.#lookForLeak(point, isBound);
    this.#lookForSteady(point);
  }

  get points(): readonly Point[] {
    return this.#seen.points;
  }

  get last(): Point | undefined {
    return this.#seen.last;
  }

  get isLeaking(): boolean {
    return this.#leak !== undefined;
  }

  /** Whether the evidence suffices, or did when a leak was called. */
  get isConvinced(): boolean {
    if (this.#leak !== undefined) return true;
    const { independent, any } = this.#evidence;
    if (independent < this.#needed || any < NEEDED_OF_WANDERING) return false;
    const fit = fitGrowth(evenly(this.#bare.points, 0, MOST_FOR_A_FIT));
    return fit !== undefined && intervalOf(fit, SURE)[0] > 0;
  }

  /**
   * How growth goes on; `undefined` unless it leaks. As it did since it began and as in the second half of that are
   * taken for equally likely, so growth that slows down a little is told as such.
   */
  growthFit(): GrowthFit | undefined {
    if (this.#leak === undefined) return undefined;
    this.#fit ??= fitLeak(this.#measured.points, this.points, this.#leak);
    return this.#fit;
  }

  get suspicious(): boolean {
    return isSuspicious(this.points);
  }

  finding(): Finding {
    this.#finding ??= this.#find();
    return this.#finding;
  }

  #removeLast(): void {
    this.#seen.removeLast();
    if (!this.#lastIsBound) this.#measured.removeLast();
    if (this.#leak !== undefined || this.#bare.last === undefined) return;
    this.#bare.removeLast();
    if (this.#isEvidence(this.#lastIsBound)) this.#evidence.removeLast();
  }

  /** What is only bounded shows how growth went on; on a standing watch it is no evidence that it did. */
  #isEvidence(isBound: boolean): boolean {
    return !isBound || this.#track.patience === 'quick';
  }

  #lookForLeak(point: Point, isBound: boolean): void {
    if (this.#leak !== undefined) {
      if (!hasStopped(this.#track, this.points, this.#leak.held)) return;
      this.#leak = undefined;
      this.#endedAtMs = point.timeMs;
      this.#bare = new History();
      this.#evidence = new GrowthEvidence(this.#track.resolutionBytes);
      this.#needed *= 2;
    }
    const bare = withoutWarmUp(point);
    this.#bare.add(bare);
    if (!this.#isEvidence(isBound)) return;
    this.#evidence.add(bare);
    const held = findHeld(this.#track, this.#bare.points, this.#options.limitBytes - point.bytes);
    if (held === undefined || held.bytesPerSecond < negligibleAfter(this.#track, point.timeMs)) return;
    if (this.#isProved(held) && loadFollowed(held.points) === undefined) {
      this.#leak = { sinceMs: point.timeMs, held };
    }
  }

  /** Waiting is cheap where the limit is far: then noise that wanders must be ruled out as well. */
  #isProved(held: Held): boolean {
    if (this.#evidence.independent < this.#needed) return false;
    const quick = this.#track.patience === 'quick';
    const urgent = held.spanMs < (quick ? ordinaryPatienceMs : URGENT_STANDING_MS);
    if (quick && urgent) return true;
    if (!urgent && this.#evidence.any < NEEDED_OF_WANDERING) return false;
    return this.#isUnbounded(held);
  }

  /**
   * Noise that wanders as much as it does here does not explain the growth; and for a standing watch, neither does a
   * curve that ends below the limit, and memory was never as high.
   */
  #isUnbounded({ points, spanMs }: Held): boolean {
    const { limitBytes } = this.#options;
    const [first] = points;
    const firstMs = first?.timeMs ?? 0;
    const fit = fitGrowth(evenly(points, firstMs, MOST_FOR_A_FIT));
    if (fit === undefined || intervalOf(fit, SURE)[0] <= 0) return false;
    if (this.#track.patience === 'quick') return true;
    const headroomBytes = limitBytes - (first?.bytes ?? 0);
    // A fall half-way (pages given back, a flush) hides the bend of the whole, and not that of what came after.
    for (const share of [0, 1 / 3, 1 / 2]) {
      const part = share === 0 ? fit : fitGrowth(evenly(points, firstMs + spanMs * share, MOST_FOR_A_FIT));
      if (part !== undefined && part.bend > BENT && part.curve.fillBytes < headroomBytes) return false;
    }
    const all = this.#bare.points;
    const record = all
      .slice(0, all.length - points.length)
      .reduce((highest, { bytes }) => Math.max(highest, bytes), 0);
    const come = Math.min(fit.lastBytes - record, (fit.bytesPerSecond * spanMs) / 1000);
    const patience = patienceMs(
      this.#track,
      fit.bytesPerSecond,
      limitBytes - fit.lastBytes,
      firstMs + spanMs,
    );
    return come >= (fit.bytesPerSecond * patience) / 1000;
  }

  // A look sorts some thousand slopes, so on a long watch it is taken each time the watch has grown by a thirtieth.
  #lookForSteady(point: Point): void {
    if (this.#count > ALL_LOOKED_AT && point.timeMs < this.#nextSteadyLookMs) return;
    this.#nextSteadyLookMs = point.timeMs * (1 + 1 / 30);
    const slope =
      this.#leak === undefined
        ? findSteady(this.#track, this.points, this.#options.limitBytes - point.bytes, this.#options.level)
        : undefined;
    this.#steady = slope && { sinceMs: this.#steady?.sinceMs ?? point.timeMs, slope };
  }

  #find(): Finding {
    if (this.#leak !== undefined) return this.#leakingFinding(this.#leak);
    if (this.#steady !== undefined) return this.#steadyFinding(this.#steady);
    return this.#openFinding();
  }

  #leakingFinding({ sinceMs, held }: Leak): Finding {
    const { points } = this;
    const growing = points.slice(indexFrom(points, held.points[0]?.timeMs ?? 0));
    const fit = this.growthFit();
    const slope =
      fit && withResolution(slopeOfFit(fit, this.#options.level), growing, this.#track.resolutionBytes);
    const spanMs = (growing.at(-1)?.timeMs ?? 0) - (growing[0]?.timeMs ?? 0);
    const collections = growing.reduce((sum, { count }) => sum + (count ?? 1), 0);
    return {
      state: 'leaking',
      sinceMs,
      reason: `${collections} collections over ${formatDuration(spanMs)} left ${formatRate(slope?.bytesPerSecond ?? held.bytesPerSecond)} behind, and it does not slow down`,
      slope: slope ?? null,
      watchMoreMs: null,
    };
  }

  #steadyFinding({ sinceMs, slope }: Steady): Finding {
    const headroomBytes = this.#options.limitBytes - (this.last?.bytes ?? 0);
    const excluded = Math.max(slope.interval[1], 0);
    return {
      state: 'steady',
      sinceMs,
      reason: `growth of ${formatRate(excluded)} or more is excluded: the limit is more than ${formatDuration((headroomBytes / Math.max(excluded, 1)) * 1000)} away`,
      slope,
      watchMoreMs: null,
    };
  }

  #openFinding(): Finding {
    const { points, last } = this;
    const open = (reason: string, slope: Slope | null, watchMoreMs: number | null): Finding => {
      return {
        state: 'open',
        sinceMs: null,
        reason,
        slope,
        watchMoreMs: watchMoreMs && Math.ceil(watchMoreMs / 1000) * 1000,
      };
    };
    if (last === undefined) return open('no major garbage collection was seen yet', null, null);
    const half = evenly(points, last.timeMs / 2, MOST_FOR_A_SLOPE);
    const { level, limitBytes } = this.#options;
    const slope =
      slopeOf(this.#track, half, level) ??
      slopeOf(this.#track, evenly(points, 0, MOST_FOR_A_SLOPE), level) ??
      null;
    if (slope === null || last.timeMs < shortestWatchMs) {
      const floors = `${this.#count} ${this.#count === 1 ? 'collection' : 'collections'} in ${formatDuration(last.timeMs)}`;
      return open(`${floors} are too few to judge by`, slope, Math.max(2_000, shortestWatchMs - last.timeMs));
    }
    const rate = formatRate(slope.bytesPerSecond);
    const load = loadFollowed(half);
    if (load === 'open connections')
      return open(`memory rises by ${rate} while the number of open connections still rises`, slope, null);
    if (load === 'requests')
      return open(`memory rises by ${rate} while requests still come faster and faster`, slope, null);
    if (this.#endedAtMs !== undefined)
      return open(
        'memory grew and then stopped; it has not been flat for long enough yet',
        slope,
        ordinaryPatienceMs / 2,
      );
    if (slope.interval[0] > warmUpBytesPerSecond(last.timeMs) || isSuspicious(points)) {
      return open(
        `memory grows by ${rate}, not yet for long enough to tell a leak from something that fills`,
        slope,
        Math.max(2_000, ordinaryPatienceMs - last.timeMs),
      );
    }
    const excluded = excludedBytesPerSecond(limitBytes - last.bytes, last.timeMs);
    const more = Math.max(
      timeToExclude(slope, excluded, last.timeMs),
      slope.bytesPerSecond > warmUpBytesPerSecond(last.timeMs) ? ordinaryPatienceMs - last.timeMs : 0,
    );
    return open(`growth of up to ${formatRate(slope.interval[1])} is still possible`, slope, more);
  }
}

type Leak = { readonly sinceMs: number; readonly held: Held };
type Steady = { readonly sinceMs: number; readonly slope: Slope };

const ALL_LOOKED_AT = 60;
const MOST_FOR_A_FIT = 80;
// ln of how much likelier a curve must be than the line: 1 in 150.
const BENT = 5;
const LEAST_FOR_A_HALF = 10;
// Of a line through noise that wanders as it is seen to: one in two thousand at this end.
const SURE = 0.999;
const URGENT_STANDING_MS = 120_000;
// If all noise wandered, evidence alone would be wrong in 1 watch of 20; patience and the fit come on top.
const NEEDED_OF_WANDERING = 20;
const MOST_FOR_A_SLOPE = 120;

/**
 * Whether growth has clearly ended: over as long a stretch as the leak was decided on, more than a quarter of its
 * pace is excluded at 99 %. The ends of the stretch are asked first, because they cost nothing.
 */
function hasStopped(track: Track, points: readonly Point[], held: Held): boolean {
  const last = points.at(-1);
  if (last === undefined) return false;
  const begin = Math.min(indexFrom(points, last.timeMs - held.spanMs), points.length - 5);
  const before = points[begin]?.timeMs === last.timeMs - held.spanMs ? begin : begin - 1;
  const first = points[Math.max(0, before)];
  if (first === undefined || first.timeMs === last.timeMs) return false;
  const quarter = held.bytesPerSecond / 4;
  if (((last.bytes - first.bytes) / (last.timeMs - first.timeMs)) * 1000 >= quarter) return false;
  const slope = slopeOf(track, evenly(points, first.timeMs, MOST_FOR_A_SLOPE), 0.99);
  return slope !== undefined && slope.interval[1] < quarter;
}

/**
 * Growth since the leak began, less the first third of the stretch that was decided on: that may be the arrival of what
 * causes it. Measured points alone where there are enough: those bounded by their neighbours miss together.
 */
function fitLeak(
  measured: readonly Point[],
  points: readonly Point[],
  { held }: Leak,
): GrowthFit | undefined {
  const beganMs = held.points[0]?.timeMs ?? 0;
  const arrivedMs = beganMs + held.spanMs / 3;
  const halfMs = (arrivedMs + (points.at(-1)?.timeMs ?? arrivedMs)) / 2;
  const whole =
    fitGrowth(evenly(measured, arrivedMs, MOST_FOR_A_FIT)) ??
    fitGrowth(evenly(points, arrivedMs, MOST_FOR_A_FIT)) ??
    fitGrowth(evenly(points, beganMs, MOST_FOR_A_FIT));
  const half = evenly(measured, halfMs, MOST_FOR_A_FIT);
  const late = half.length < LEAST_FOR_A_HALF ? undefined : fitGrowth(half);
  return whole && late ? pooled([whole, late]) : whole;
}

function slopeOfFit(fit: GrowthFit, level: number): Slope {
  const { bytesPerSecond, standardError, degrees } = fit;
  return { bytesPerSecond, interval: intervalOf(fit, level), standardError, degrees };
}

function slopeOf(track: Track, stretch: readonly Point[], level: number): Slope | undefined {
  const slope = findSlope(stretch, level);
  return slope && withResolution(slope, stretch, track.resolutionBytes);
}

/** How much longer until the slope's interval may end below what is to be excluded: it shrinks as time to the 1.5. */
function timeToExclude(slope: Slope, excluded: number, watchedMs: number): number {
  const tooWide = Math.max(1, slope.interval[1]) / excluded;
  return watchedMs * Math.min(10, Math.max(0.2, tooWide ** (2 / 3) - 1));
}
