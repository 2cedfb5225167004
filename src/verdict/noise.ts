import type { Point } from './point.ts';

/**
 * A line through floors whose noise is of two kinds at once: each floor misses the level by its own amount
 * (floating garbage), and the level itself takes random steps (sessions and caches come and go). This is the
 * local level model; its Kalman filter (Durbin & Koopman 2012, ch. 2) turns correlated floors into independent
 * surprises, of floors and of time alike, and on these the line is an ordinary regression.
 *
 * Level and size of the noise are integrated out with their invariant priors, so neither a constant added to
 * every floor nor their unit nor that of time changes anything. Adding a point costs the same at any length.
 */
export class NoiseFit {
  readonly #wandering: number;
  readonly #leastVariance: number;
  #count = 0;
  #unitMs = 0;
  #previousMs = Number.NaN;
  #before: FitState | undefined;
  #firstMs = 0;
  // Filter: expected floor and expected time, and their variance in units of a floor's own noise.
  #level = 0;
  #time = 0;
  #variance = 1;
  // Sums over the surprises, each divided by its expected variance.
  #timeTime = 0;
  #timeBytes = 0;
  #bytesBytes = 0;
  #logVariances = 0;
  #variances = 1;

  /**
   * `wandering`: variance of the level's steps between two floors per variance of a floor's own noise, 0 to Infinity.
   * `resolutionBytes`: how finely floors are known.
   */
  constructor(wandering: number, resolutionBytes = 1) {
    this.#wandering = wandering;
    // Rounding to steps adds the variance of an even spread over one. A byte is taken for a whole deviation, as ever.
    this.#leastVariance = Math.max(1, resolutionBytes ** 2 / 12);
  }

  /** Takes the last point back, once: the next one may show that it was a spike. */
  removeLast(): void {
    const before = this.#before;
    if (before === undefined) return;
    this.#before = undefined;
    this.#count -= 1;
    this.#previousMs = before.previousMs;
    this.#unitMs = before.unitMs;
    this.#level = before.level;
    this.#time = before.time;
    this.#variance = before.variance;
    this.#timeTime = before.timeTime;
    this.#timeBytes = before.timeBytes;
    this.#bytesBytes = before.bytesBytes;
    this.#logVariances = before.logVariances;
    this.#variances = before.variances;
  }

  add(point: Point): void {
    const previousMs = this.#previousMs;
    const saved = (this.#before ??= emptyState());
    saved.previousMs = previousMs;
    saved.unitMs = this.#unitMs;
    saved.level = this.#level;
    saved.time = this.#time;
    saved.variance = this.#variance;
    saved.timeTime = this.#timeTime;
    saved.timeBytes = this.#timeBytes;
    saved.bytesBytes = this.#bytesBytes;
    saved.logVariances = this.#logVariances;
    saved.variances = this.#variances;
    this.#previousMs = point.timeMs;
    this.#count += 1;
    const walksOnly = this.#wandering === Infinity;
    if (this.#count === 1) {
      this.#firstMs = point.timeMs;
      this.#level = point.bytes;
      this.#variance = walksOnly ? 0 : 1;
      return;
    }
    // Time is measured in distances between the first two floors, which are known before there is evidence.
    if (this.#unitMs === 0) this.#unitMs = point.timeMs - previousMs;
    const elapsed = (point.timeMs - previousMs) / this.#unitMs;
    const time = (point.timeMs - this.#firstMs) / this.#unitMs;
    const own = walksOnly ? 0 : 1;
    const before = this.#variance + (walksOnly ? 1 : this.#wandering) * elapsed;
    const expected = before + own;
    const surprise = point.bytes - this.#level;
    const timeSurprise = time - this.#time;
    const gain = before / expected;
    this.#level += gain * surprise;
    this.#time += gain * timeSurprise;
    this.#variance = before * (1 - gain);
    this.#timeTime += (timeSurprise * timeSurprise) / expected;
    this.#timeBytes += (timeSurprise * surprise) / expected;
    this.#bytesBytes += (surprise * surprise) / expected;
    // One logarithm for many: their product stays far from what a number can hold.
    this.#variances *= expected;
    if (this.#variances > 1e100 || this.#variances < 1e-100) {
      this.#logVariances += Math.log(this.#variances);
      this.#variances = 1;
    }
  }

  /** ln of the likelihood of the floors without a trend, up to what all fits of the same floors share. */
  logLikelihoodFlat(): number {
    return (
      -0.5 * (this.#logVariances + Math.log(this.#variances)) -
      ((this.#count - 1) / 2) * Math.log(this.#total())
    );
  }

  /** How many times likelier the floors are with a positive slope of about `slope` noise deviations per floor. */
  bayesFactor(slope: number): number {
    const degrees = this.#count - 1;
    if (degrees < 2) return 1;
    if (this.#timeBytes <= 0) return 0;
    const prior = slope * slope * this.#timeTime;
    const shrink = prior / (1 + prior);
    const total = this.#total();
    // Arithmetic must not take away the noise that is always there.
    const left = Math.max(
      degrees * this.#leastVariance,
      total - (shrink * this.#timeBytes * this.#timeBytes) / this.#timeTime,
    );
    // The prior holds positive slopes only: twice the share of the posterior, a Student's t, that lies above zero.
    // Two degrees of freedom bound that share from below and have a closed form; below zero it is given away.
    const t = this.#timeBytes * Math.sqrt((shrink * degrees) / (this.#timeTime * left));
    const twiceShare = 1 + t / Math.sqrt(2 + t * t);
    // Held below what overflows: sums of it stay finite on a month of growth.
    return Math.min(1e300, twiceShare * (total / left) ** (degrees / 2)) / Math.sqrt(1 + prior);
  }

  // Less noise than what floors are rounded to is not known, and a perfectly flat trace proves nothing.
  #total(): number {
    return this.#bytesBytes + Math.max(1, this.#count - 1) * this.#leastVariance;
  }
}

type FitState = {
  previousMs: number;
  unitMs: number;
  level: number;
  time: number;
  variance: number;
  timeTime: number;
  timeBytes: number;
  bytesBytes: number;
  logVariances: number;
  variances: number;
};

function emptyState(): FitState {
  return {
    previousMs: Number.NaN,
    unitMs: 0,
    level: 0,
    time: 0,
    variance: 1,
    timeTime: 0,
    timeBytes: 0,
    bytesBytes: 0,
    logVariances: 0,
    variances: 1,
  };
}
