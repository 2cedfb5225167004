import { GrowthEvidence } from './evidence.ts';
import { BENT } from './fill.ts';
import {
  type Finding,
  type Leak,
  leakingFinding,
  openFinding,
  slopeOf,
  type Steady,
  steadyFinding,
} from './findings.ts';
import { fadingAt } from './fading.ts';
import { fitGrowth, type GrowthFit, intervalOf, pooled } from './growth-fit.ts';
import { evenly, History, indexFrom } from './history.ts';
import { loadFollowed } from './load.ts';
import { findHeld, type Held, isUrgent, patienceMs } from './persistence.ts';
import type { Point } from './point.ts';
import { SpikeWitness } from './spikes.ts';
import { findSteady } from './steadiness.ts';
import { isSuspicious } from './suspicion.ts';
import type { Track } from './track.ts';
import { BareLevel, withoutWarmUp } from './warm-up.ts';

export type TrackWatchOptions = {
  readonly limitBytes: number;
  /** For this track alone. */
  readonly falseAlarmProbability: number;
  /** Level of the slope's interval. */
  readonly level: number;
};

/**
 * Watches one memory space, point by point. What was decided at a point stays decided when the past grows coarse, and
 * a point costs the logarithm of their number in time and nothing but that in memory.
 *
 * Leaking needs four things at one point: evidence for growth (`evidence.ts`, `growth-fit.ts`), growth that held for as
 * long as patience asks (`persistence.ts`), no bend towards an end below the limit, unless it is urgent (`growth-fit.ts`),
 * and no load that explains it (`load.ts`). It is taken back when growth stops for as long as it had taken to decide; a
 * second leak then needs twice the evidence, a third
 * four times, so that all that come after a first one stay within the promise together.
 */
export class TrackWatch {
  #track: Track;
  readonly #options: TrackWatchOptions;
  readonly #spikes = new SpikeWitness();
  readonly #seen = new History();
  /** Of these the measured ones, without those that are only bounded by their neighbours; `null` as long as there is none of those. */
  #measured: History | null = null;
  /** Without what warming up can have added; since the last leak ended. */
  #bare = new History();
  readonly #bareLevel = new BareLevel();
  /** From before all of these. */
  #opening: Point | undefined;
  #evidence: GrowthEvidence;
  #needed: number;
  #neededOfWandering = NEEDED_OF_WANDERING;
  #leak: Leak | undefined;
  #lastIsBound = false;
  #behind = 0;
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
    if (this.#isBehind(point)) return;
    const { last } = this.#seen;
    if (last !== undefined && point.timeMs <= last.timeMs) {
      // Of two sizes at one time the lower one is nearer to what lives.
      if (point.bytes >= last.bytes) return;
      this.#removeLast();
      this.#spikes.replaceLast(point);
    } else if (this.#spikes.shows(point)) {
      this.#removeLast();
    }
    this.#count += 1;
    this.#finding = undefined;
    this.#fit = undefined;
    if (isBound) this.#measured ??= this.#seen.copy();
    this.#seen.add(point);
    if (!isBound) this.#measured?.add(point);
    this.#lastIsBound = isBound;
    this.#lookForLeak(point, this.#bareLevel.next(point), isBound);
    this.#lookForSteady(point);
  }

  /** Takes a point from before all others, which is known less well: see `Watcher.open`. */
  open(point: Point): void {
    const isBefore = point.timeMs < (this.#seen.points[0]?.timeMs ?? Infinity);
    if (isBefore && point.bytes >= 0 && point.bytes < Infinity) this.#opening = withoutWarmUp(point);
  }

  /** Whether nothing in sight ends the growth, as far as those know who can look into the program. */
  set endless(endless: boolean) {
    if (endless === this.#track.endless) return;
    this.#track = { ...this.#track, endless };
    this.#finding = undefined;
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
    if (independent < this.#needed || any < this.#neededOfWandering) return false;
    const fit = fitGrowth(evenly(this.#bare.points, 0, MOST_FOR_A_FIT));
    return fit !== undefined && intervalOf(fit, SURE)[0] > 0;
  }

  /**
   * How growth goes on; `undefined` unless it leaks. As it did since it began and as in the second half of that are
   * taken for equally likely, so growth that slows down a little is told as such.
   */
  growthFit(): GrowthFit | undefined {
    if (this.#leak === undefined) return undefined;
    this.#fit ??= fitLeak(this.#measured?.points ?? this.points, this.points, this.#leak);
    return this.#fit;
  }

  /** Growth of so many bytes a second or more is excluded; `undefined` unless it is steady. */
  get excludedBytesPerSecond(): number | undefined {
    return this.#leak === undefined ? this.#steady?.slope.interval[1] : undefined;
  }

  get suspicious(): boolean {
    const { points } = this;
    // It is only a hint: a walk that begins two seconds sooner finds functions that V8 has not put into their callers yet.
    const opening = points.length <= EARLY_FLOORS && this.#opening !== undefined ? [this.#opening] : [];
    return isSuspicious([...opening, ...points]);
  }

  finding(): Finding {
    this.#finding ??= this.#find();
    return this.#finding;
  }

  /** Where several in a row lie before the last point, it is the last one whose time was wrong. */
  #isBehind({ timeMs }: Point): boolean {
    const isBefore = (): boolean => timeMs < (this.#seen.last?.timeMs ?? -Infinity);
    this.#behind = isBefore() ? this.#behind + 1 : 0;
    if (this.#behind === MOST_BEHIND) this.#removeLast();
    return isBefore();
  }

  #removeLast(): void {
    this.#seen.removeLast();
    this.#bareLevel.removeLast();
    if (!this.#lastIsBound) this.#measured?.removeLast();
    if (this.#leak !== undefined || this.#bare.last === undefined) return;
    this.#bare.removeLast();
    if (this.#isEvidence(this.#lastIsBound)) this.#evidence.removeLast();
  }

  /** What is only bounded shows how growth went on; on a standing watch it is no evidence that it did. */
  #isEvidence(isBound: boolean): boolean {
    return !isBound || this.#track.patience === 'quick';
  }

  #lookForLeak(point: Point, bare: Point, isBound: boolean): void {
    if (this.#leak !== undefined) {
      if (!hasStopped(this.#track, this.points, this.#leak.held)) return;
      this.#leak = undefined;
      this.#endedAtMs = point.timeMs;
      this.#bare = new History();
      this.#opening = undefined;
      this.#evidence = new GrowthEvidence(this.#track.resolutionBytes);
      this.#needed *= 2;
      this.#neededOfWandering *= 2;
    }
    this.#bare.add(bare);
    if (!this.#isEvidence(isBound)) return;
    this.#evidence.add(bare);
    // After a thousand floors three more are no delay.
    if (this.#count > MANY && this.#count % 4 !== 0) return;
    const held = this.#unboundedIn(this.#bare.points, point) ?? this.#unboundedSinceOpening(point);
    if (held === undefined) return;
    this.#leak = { sinceMs: point.timeMs, held, endless: this.#track.endless };
    this.#steady = undefined;
  }

  #unboundedSinceOpening(point: Point): Held | undefined {
    // Later the other points reach back as far as patience asks.
    if (this.#opening === undefined || this.#count > MANY) return undefined;
    return this.#unboundedIn([this.#opening, ...this.#bare.points], point);
  }

  /** The growth over those points that is a leak's. */
  #unboundedIn(points: readonly Point[], { bytes }: Point): Held | undefined {
    const headroomBytes = this.#options.limitBytes - bytes;
    const held = findHeld(this.#track, points, headroomBytes);
    if (held === undefined || held.bytesPerSecond < this.#track.negligibleBytesPerSecond) return undefined;
    const isLeak = this.#isProved(held, headroomBytes) && loadFollowed(held.points) === undefined;
    return isLeak ? held : undefined;
  }

  /** Waiting is cheap where the limit is far: then noise that wanders must be ruled out as well. */
  #isProved(held: Held, headroomBytes: number): boolean {
    if (this.#evidence.independent < this.#needed) return false;
    const urgent = isUrgent(this.#track, held, headroomBytes);
    if (urgent && this.#track.patience === 'quick') return true;
    if (!urgent && this.#evidence.any < this.#neededOfWandering) return false;
    return this.#isUnbounded(held);
  }

  /**
   * Neither noise that wanders as much as it does here nor a curve that ends below the limit explains the growth. On a
   * standing watch memory did not fall back on the way either, and was never as high.
   */
  #isUnbounded({ points, spanMs }: Held): boolean {
    const { limitBytes } = this.#options;
    const [first] = points;
    const firstMs = first?.timeMs ?? 0;
    const fit = fitGrowth(evenly(points, firstMs, MOST_FOR_A_FIT));
    if (fit === undefined || intervalOf(fit, SURE)[0] <= 0) return false;
    const quick = this.#track.patience === 'quick';
    if (!quick && fellBack(points)) return false;
    const headroomBytes = limitBytes - (first?.bytes ?? 0);
    // A fall half-way (pages given back, a flush) hides the bend of the whole, and not that of what came after.
    for (const share of quick ? [0] : [0, 1 / 3, 1 / 2]) {
      const part = share === 0 ? fit : fitGrowth(evenly(points, firstMs + spanMs * share, MOST_FOR_A_FIT));
      if (part !== undefined && part.bend > BENT && part.curve.fillBytes < headroomBytes) return false;
    }
    if (quick) return true;
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
    const { limitBytes, level } = this.#options;
    const wasSteady = this.#steady !== undefined;
    const slope =
      this.#leak === undefined
        ? findSteady(this.#track, this.#sinceCodeFell(), limitBytes - point.bytes, level, wasSteady)
        : undefined;
    this.#steady = slope && { sinceMs: this.#steady?.sinceMs ?? point.timeMs, slope };
  }

  /** What came before V8 threw much code away lies too high, by nobody knows how much. */
  #sinceCodeFell(): readonly Point[] {
    const { codeFellMs } = this.#bareLevel;
    return codeFellMs === 0 ? this.points : this.points.slice(indexFrom(this.points, codeFellMs));
  }

  #find(): Finding {
    const { limitBytes, level } = this.#options;
    const seen = { track: this.#track, limitBytes, level, points: this.points, count: this.#count };
    if (this.#leak !== undefined) return leakingFinding(seen, this.#leak, this.growthFit());
    // A long watch looks for steadiness seldom, and memory may have begun to rise since.
    if (this.#steady !== undefined && !this.suspicious) return steadyFinding(seen, this.#steady);
    return openFinding(seen, this.#endedAtMs);
  }
}

const ALL_LOOKED_AT = 100;
/** So long the opening is asked too whether a closer look is worth it. */
const EARLY_FLOORS = 4;
const MANY = 1000;
const MOST_BEHIND = 4;
const MOST_FOR_A_FIT = 80;
const LEAST_FOR_A_HALF = 10;
// Of a line through noise that wanders as it is seen to: one in two thousand at this end.
const SURE = 0.999;
// If all noise wandered, evidence alone would be wrong in 1 watch of 20; patience and the fit come on top.
const NEEDED_OF_WANDERING = 20;
const MOST_FOR_A_SLOPE = 120;

/**
 * Whether growth has clearly ended: over as long a stretch as the leak was decided on, more than a quarter of its
 * pace is excluded at 99 %, or most of what had come since it began is gone again. The ends of the stretch are asked first,
 * because they cost nothing.
 */
function hasStopped(track: Track, points: readonly Point[], held: Held): boolean {
  const last = points.at(-1);
  if (last === undefined) return false;
  if (isGone(points.slice(indexFrom(points, held.points[0]?.timeMs ?? 0)).map(withoutWarmUp))) return true;
  const begin = Math.min(indexFrom(points, last.timeMs - held.spanMs), points.length - 5);
  const before = points[begin]?.timeMs === last.timeMs - held.spanMs ? begin : begin - 1;
  const first = points[Math.max(0, before)];
  if (first === undefined || first.timeMs === last.timeMs) return false;
  const quarter = held.bytesPerSecond / 4;
  if (((last.bytes - first.bytes) / (last.timeMs - first.timeMs)) * 1000 >= quarter) return false;
  const slope = slopeOf(track, evenly(points, first.timeMs, MOST_FOR_A_SLOPE), 0.99);
  return slope !== undefined && slope.interval[1] < quarter;
}

function isGone(growing: readonly Point[]): boolean {
  const [from, now] = [growing[0]?.bytes ?? 0, growing.at(-1)?.bytes ?? 0];
  const highest = growing.reduce((bytes, point) => Math.max(bytes, point.bytes), from);
  return highest - now > (highest - from) / 2;
}

/**
 * Growth since the leak began, less the first third of the stretch that was decided on: that may be the arrival of what
 * causes it. Measured points alone where there are enough: those bounded by their neighbours miss together.
 *
 * Lines that fade count here alone: they can't be told from straight ones early, and what they say is when, not whether.
 */
function fitLeak(
  measured: readonly Point[],
  points: readonly Point[],
  { held }: Leak,
): GrowthFit | undefined {
  const beganMs = held.points[0]?.timeMs ?? 0;
  const arrivedMs = beganMs + held.spanMs / 3;
  const lastMs = points.at(-1)?.timeMs ?? arrivedMs;
  const fading = fadingAt(lastMs);
  const halfMs = (arrivedMs + lastMs) / 2;
  const whole =
    fitGrowth(evenly(measured, arrivedMs, MOST_FOR_A_FIT), fading) ??
    fitGrowth(evenly(points, arrivedMs, MOST_FOR_A_FIT), fading) ??
    fitGrowth(evenly(points, beganMs, MOST_FOR_A_FIT), fading);
  const half = evenly(measured, halfMs, MOST_FOR_A_FIT);
  const late = half.length < LEAST_FOR_A_HALF ? undefined : fitGrowth(half, fading);
  return whole && late ? pooled([whole, late]) : whole;
}

/** Whether memory fell by a fifth of what it rose by on the way: what can be given back is not leaked. */
function fellBack(points: readonly Point[]): boolean {
  const smooth = evenly(points, points[0]?.timeMs ?? 0, MOST_FOR_A_FALL);
  const rise = (smooth.at(-1)?.bytes ?? 0) - (smooth[0]?.bytes ?? 0);
  let highest = -Infinity;
  return smooth.some(({ bytes }) => {
    highest = Math.max(highest, bytes);
    return highest - bytes > rise / 5;
  });
}

const MOST_FOR_A_FALL = 24;
