import type { Point } from './point.ts';

/**
 * A line through floors whose noise is of two kinds at once: each floor misses the level by its own amount
 * (floating garbage), and the level itself takes random steps (sessions and caches come and go). This is the
 * local level model; its Kalman filter (Durbin & Koopman 2012, ch. 2) turns correlated floors into independent
 * surprises, of floors and of time alike, and on these the line is an ordinary regression.
 *
 * Level and size of the noise are integrated out with their invariant priors, so neither a constant added to
 * every floor nor their unit nor that of time changes anything. Adding a point costs the same at any length.
 *
 * Many such lines at once over the same floors, one for each floor at which growth may have begun (a beginning) and each part of the
 * noise that may wander: hot, some hundred of them at every floor. Their states stand side by side in one array, because V8 keeps
 * each number of an object in a box of its own, and one loop goes through all.
 */
export class NoiseFits {
  readonly #kinds: number;
  /** Of each kind: variance of the level's steps in a gap, and of a floor's own noise. */
  readonly #steps: Float64Array;
  readonly #own: Float64Array;
  readonly #leastVariance: number;
  #beginnings = 0;
  /** Eight numbers for each kind of each beginning, as they are now. */
  #states = new Float64Array(0);
  /** As they were before the last point, so that it can be taken back. */
  #before = new Float64Array(0);
  /** How many points each beginning has seen, the time of its first, and its first gap, which is its unit of time (0 until then). */
  #counts = new Float64Array(0);
  #firstMs = new Float64Array(0);
  #unitMs = new Float64Array(0);
  #lastMs = Number.NaN;
  #lastMsBefore = Number.NaN;
  #canGoBack = false;

  /**
   * `wandering`, of each kind: variance of the level's steps between two floors per variance of a floor's own noise, 0 to Infinity.
   * `resolutionBytes`: how finely floors are known.
   */
  constructor(wandering: readonly number[], resolutionBytes = 1) {
    this.#kinds = wandering.length;
    this.#steps = Float64Array.from(wandering, (part) => (part === Infinity ? 1 : part));
    this.#own = Float64Array.from(wandering, (part) => (part === Infinity ? 0 : 1));
    // Rounding to steps adds the variance of an even spread over one. A byte is taken for a whole deviation, as ever.
    this.#leastVariance = Math.max(1, resolutionBytes ** 2 / 12);
  }

  get kinds(): number {
    return this.#kinds;
  }

  /** The next point is the first of one more beginning, which stands last. */
  begin(): void {
    if (this.#beginnings === this.#counts.length) this.#grow();
    this.#counts[this.#beginnings] = 0;
    this.#beginnings += 1;
  }

  /** Drops the beginnings that are not to be kept; the others close up. */
  keep(isKept: (beginning: number) => boolean): void {
    const length = this.#kinds * FIT_LENGTH;
    let kept = 0;
    for (let beginning = 0; beginning < this.#beginnings; beginning += 1) {
      if (!isKept(beginning)) continue;
      this.#states.copyWithin(kept * length, beginning * length, (beginning + 1) * length);
      this.#before.copyWithin(kept * length, beginning * length, (beginning + 1) * length);
      for (const column of [this.#counts, this.#firstMs, this.#unitMs]) column[kept] = column[beginning];
      kept += 1;
    }
    this.#beginnings = kept;
  }

  /** Takes the last point back, once: the next one may show that it was a spike. */
  removeLast(): void {
    if (!this.#canGoBack) return;
    this.#canGoBack = false;
    [this.#states, this.#before] = [this.#before, this.#states];
    this.#lastMs = this.#lastMsBefore;
    for (let beginning = 0; beginning < this.#beginnings; beginning += 1) {
      this.#counts[beginning] -= 1;
      if (this.#counts[beginning] === 1) this.#unitMs[beginning] = 0;
    }
  }

  add({ timeMs, bytes }: Point): void {
    const [from, to] = [this.#states, this.#before];
    this.#states = to;
    this.#before = from;
    const gapMs = timeMs - this.#lastMs;
    this.#lastMsBefore = this.#lastMs;
    this.#lastMs = timeMs;
    this.#canGoBack = true;
    const [kinds, steps, own] = [this.#kinds, this.#steps, this.#own];
    const [counts, firstMs, unitMs] = [this.#counts, this.#firstMs, this.#unitMs];
    const beginnings = this.#beginnings;
    let at = 0;
    for (let beginning = 0; beginning < beginnings; beginning += 1) {
      const count = counts[beginning];
      counts[beginning] = count + 1;
      if (count === 0) {
        firstMs[beginning] = timeMs;
        unitMs[beginning] = 0;
        at = start(to, at, bytes, own);
        continue;
      }
      // Time is measured in distances between the first two floors, which are known before there is evidence.
      if (count === 1) unitMs[beginning] = gapMs;
      const elapsed = gapMs / unitMs[beginning];
      const time = (timeMs - firstMs[beginning]) / unitMs[beginning];
      for (let kind = 0; kind < kinds; kind += 1) {
        const wandered = from[at + VARIANCE] + steps[kind] * elapsed;
        const expected = wandered + own[kind];
        const surprise = bytes - from[at + LEVEL];
        const timeSurprise = time - from[at + TIME];
        // One division for four: they are a third of what an update costs.
        const precision = 1 / expected;
        const gain = wandered * precision;
        const weightedTime = timeSurprise * precision;
        to[at + LEVEL] = from[at + LEVEL] + gain * surprise;
        to[at + TIME] = from[at + TIME] + gain * timeSurprise;
        to[at + VARIANCE] = wandered * (1 - gain);
        to[at + TIME_TIME] = from[at + TIME_TIME] + timeSurprise * weightedTime;
        to[at + TIME_BYTES] = from[at + TIME_BYTES] + surprise * weightedTime;
        to[at + BYTES_BYTES] = from[at + BYTES_BYTES] + surprise * surprise * precision;
        // One logarithm for many: their product stays far from what a number can hold.
        const variances = from[at + VARIANCES] * expected;
        const isFar = variances > 1e100 || variances < 1e-100;
        to[at + VARIANCES] = isFar ? 1 : variances;
        to[at + LOG_VARIANCES] = from[at + LOG_VARIANCES] + (isFar ? Math.log(variances) : 0);
        at += FIT_LENGTH;
      }
    }
  }

  /** ln of the likelihood of the floors without a trend, up to what all fits of the same floors share. */
  logLikelihoodFlat(beginning: number, kind: number): number {
    const at = (beginning * this.#kinds + kind) * FIT_LENGTH;
    const logVariances = this.#states[at + LOG_VARIANCES] + Math.log(this.#states[at + VARIANCES]);
    return -0.5 * logVariances - ((this.#counts[beginning] - 1) / 2) * Math.log(this.#total(beginning, at));
  }

  /** How many times likelier the floors are with a positive slope of about `slope` noise deviations per floor. */
  bayesFactor(beginning: number, kind: number, slope: number): number {
    const degrees = this.#counts[beginning] - 1;
    if (degrees < 2) return 1;
    const at = (beginning * this.#kinds + kind) * FIT_LENGTH;
    const timeBytes = this.#states[at + TIME_BYTES];
    if (timeBytes <= 0) return 0;
    const timeTime = this.#states[at + TIME_TIME];
    const prior = slope * slope * timeTime;
    const shrink = prior / (1 + prior);
    const total = this.#total(beginning, at);
    // Arithmetic must not take away the noise that is always there.
    const left = Math.max(degrees * this.#leastVariance, total - (shrink * timeBytes * timeBytes) / timeTime);
    // The prior holds positive slopes only: twice the share of the posterior, a Student's t, that lies above zero.
    // Two degrees of freedom bound that share from below and have a closed form; below zero it is given away.
    const t = timeBytes * Math.sqrt((shrink * degrees) / (timeTime * left));
    const twiceShare = 1 + t / Math.sqrt(2 + t * t);
    // Held below what overflows: sums of it stay finite on a month of growth.
    return Math.min(1e300, twiceShare * (total / left) ** (degrees / 2)) / Math.sqrt(1 + prior);
  }

  // Less noise than what floors are rounded to is not known, and a perfectly flat trace proves nothing.
  #total(beginning: number, at: number): number {
    return this.#states[at + BYTES_BYTES] + Math.max(1, this.#counts[beginning] - 1) * this.#leastVariance;
  }

  #grow(): void {
    const beginnings = Math.max(LEAST_ROOM, 2 * this.#beginnings);
    const larger = (column: Float64Array, length: number): Float64Array<ArrayBuffer> => {
      const copy = new Float64Array(length);
      copy.set(column);
      return copy;
    };
    this.#states = larger(this.#states, beginnings * this.#kinds * FIT_LENGTH);
    this.#before = larger(this.#before, beginnings * this.#kinds * FIT_LENGTH);
    this.#counts = larger(this.#counts, beginnings);
    this.#firstMs = larger(this.#firstMs, beginnings);
    this.#unitMs = larger(this.#unitMs, beginnings);
  }
}

/** The states of a beginning at its first point; where the next beginning's stand. */
function start(states: Float64Array, at: number, bytes: number, own: Float64Array): number {
  let next = at;
  for (const noise of own) {
    states.fill(0, next, next + FIT_LENGTH);
    states[next + LEVEL] = bytes;
    states[next + VARIANCE] = noise;
    states[next + VARIANCES] = 1;
    next += FIT_LENGTH;
  }
  return next;
}

const LEAST_ROOM = 16;

// Of one fit. Filter: expected floor and expected time, and their variance in units of a floor's own noise.
const LEVEL = 0;
const TIME = 1;
const VARIANCE = 2;
// Sums over the surprises, each divided by its expected variance.
const TIME_TIME = 3;
const TIME_BYTES = 4;
const BYTES_BYTES = 5;
const LOG_VARIANCES = 6;
const VARIANCES = 7;
const FIT_LENGTH = 8;
