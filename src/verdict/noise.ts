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
 * Several such lines at once, one for each part of the noise that may wander, over the same floors: hot, since there is one of these
 * for each floor at which growth may have begun. Their states stand in one array, because V8 keeps each number of an object in a box
 * of its own.
 */
export class NoiseFits {
  readonly #wandering: readonly number[];
  readonly #leastVariance: number;
  /** Two states of each fit, written in turns: the last but one is kept, so that the last point can be taken back. */
  readonly #states: Float64Array;
  readonly #stateLength: number;
  /** Where the present states begin. */
  #now = 0;
  #canGoBack = false;
  #count = 0;
  #firstMs = 0;
  #unitMs = 0;
  #unitMsBefore = 0;
  #lastMs = Number.NaN;
  #lastMsBefore = Number.NaN;

  /**
   * `wandering`, of each fit: variance of the level's steps between two floors per variance of a floor's own noise, 0 to Infinity.
   * `resolutionBytes`: how finely floors are known.
   */
  constructor(wandering: readonly number[], resolutionBytes = 1) {
    this.#wandering = wandering;
    this.#stateLength = wandering.length * FIT_LENGTH;
    this.#states = new Float64Array(2 * this.#stateLength);
    // Rounding to steps adds the variance of an even spread over one. A byte is taken for a whole deviation, as ever.
    this.#leastVariance = Math.max(1, resolutionBytes ** 2 / 12);
  }

  get count(): number {
    return this.#wandering.length;
  }

  /** Takes the last point back, once: the next one may show that it was a spike. */
  removeLast(): void {
    if (!this.#canGoBack) return;
    this.#canGoBack = false;
    this.#count -= 1;
    this.#now = this.#stateLength - this.#now;
    this.#unitMs = this.#unitMsBefore;
    this.#lastMs = this.#lastMsBefore;
  }

  add(point: Point): void {
    const states = this.#states;
    const lastMs = this.#lastMs;
    let before = this.#now;
    let now = this.#stateLength - before;
    this.#now = now;
    this.#canGoBack = true;
    this.#unitMsBefore = this.#unitMs;
    this.#lastMsBefore = lastMs;
    this.#lastMs = point.timeMs;
    this.#count += 1;
    if (this.#count === 1) {
      this.#firstMs = point.timeMs;
      for (const wandering of this.#wandering) {
        states.fill(0, now, now + FIT_LENGTH);
        states[now + LEVEL] = point.bytes;
        states[now + VARIANCE] = wandering === Infinity ? 0 : 1;
        states[now + VARIANCES] = 1;
        now += FIT_LENGTH;
      }
      return;
    }
    // Time is measured in distances between the first two floors, which are known before there is evidence.
    if (this.#unitMs === 0) this.#unitMs = point.timeMs - lastMs;
    const elapsed = (point.timeMs - lastMs) / this.#unitMs;
    const time = (point.timeMs - this.#firstMs) / this.#unitMs;
    for (let kind = 0; kind < this.#wandering.length; kind += 1) {
      const wandering = this.#wandering[kind] ?? 0;
      const walksOnly = wandering === Infinity;
      const wandered = states[before + VARIANCE] + (walksOnly ? 1 : wandering) * elapsed;
      const expected = wandered + (walksOnly ? 0 : 1);
      const surprise = point.bytes - states[before + LEVEL];
      const timeSurprise = time - states[before + TIME];
      // One division for four: they are a third of what an update costs.
      const precision = 1 / expected;
      const gain = wandered * precision;
      const weightedTime = timeSurprise * precision;
      states[now + LEVEL] = states[before + LEVEL] + gain * surprise;
      states[now + TIME] = states[before + TIME] + gain * timeSurprise;
      states[now + VARIANCE] = wandered * (1 - gain);
      states[now + TIME_TIME] = states[before + TIME_TIME] + timeSurprise * weightedTime;
      states[now + TIME_BYTES] = states[before + TIME_BYTES] + surprise * weightedTime;
      states[now + BYTES_BYTES] = states[before + BYTES_BYTES] + surprise * surprise * precision;
      // One logarithm for many: their product stays far from what a number can hold.
      const variances = states[before + VARIANCES] * expected;
      const isFar = variances > 1e100 || variances < 1e-100;
      states[now + VARIANCES] = isFar ? 1 : variances;
      states[now + LOG_VARIANCES] = states[before + LOG_VARIANCES] + (isFar ? Math.log(variances) : 0);
      before += FIT_LENGTH;
      now += FIT_LENGTH;
    }
  }

  /** ln of the likelihood of the floors without a trend, up to what all fits of the same floors share. */
  logLikelihoodFlat(kind: number): number {
    return (
      -0.5 * (this.#of(kind, LOG_VARIANCES) + Math.log(this.#of(kind, VARIANCES))) -
      ((this.#count - 1) / 2) * Math.log(this.#total(kind))
    );
  }

  /** How many times likelier the floors are with a positive slope of about `slope` noise deviations per floor. */
  bayesFactor(kind: number, slope: number): number {
    const degrees = this.#count - 1;
    if (degrees < 2) return 1;
    const timeBytes = this.#of(kind, TIME_BYTES);
    if (timeBytes <= 0) return 0;
    const timeTime = this.#of(kind, TIME_TIME);
    const prior = slope * slope * timeTime;
    const shrink = prior / (1 + prior);
    const total = this.#total(kind);
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
  #total(kind: number): number {
    return this.#of(kind, BYTES_BYTES) + Math.max(1, this.#count - 1) * this.#leastVariance;
  }

  #of(kind: number, field: number): number {
    return this.#states[this.#now + kind * FIT_LENGTH + field];
  }
}

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
