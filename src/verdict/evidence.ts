import { studentCdf } from './student-t.ts';
import type { Point } from './track.ts';

/**
 * How noise behaves between floors. `independent`: each floor misses the level by its own amount (floating
 * garbage). `wandering`: the level itself takes random steps (sessions and caches come and go).
 */
export type Noise = 'independent' | 'wandering';

/**
 * Evidence for growth, as an e-process: if memory has no trend, the chance that it *ever* reaches 1/α is at
 * most α, at however many floors it is looked at (Ville 1939; Ramdas et al. 2023, "Game-theoretic statistics
 * and safe anytime-valid inference"). Unlike a p-value it may be looked at after every floor.
 *
 * For one beginning it is the Bayes factor of a positive slope against none, level and noise unknown
 * (invariant priors; Pérez-Ortiz et al. 2024, "E-statistics, group invariance and anytime-valid testing"),
 * averaged over how steep the slope is against the noise. Growth may begin at any floor, so the evidence is the
 * weighted sum over beginnings (Shin, Ramdas, Rinaldo 2023, "E-detectors"), the weights adding up to 1.
 */
export class GrowthEvidence {
  readonly #noise: Noise;
  readonly #beginnings: Beginning[] = [];
  #count = 0;
  #nextBeginning = 0;
  #last: Point | undefined;

  constructor(noise: Noise) {
    this.#noise = noise;
  }

  /** Takes the next floor and returns ln of the evidence so far. Cost grows with ln of the number of floors. */
  add(point: Point): number {
    if (this.#count === this.#nextBeginning) {
      // Σ 1/(k(k+1)) = 1: early beginnings are the likelier ones, and none is left out.
      const k = this.#beginnings.length + 1;
      this.#beginnings.push(new Beginning(point, -Math.log(k * (k + 1))));
      this.#nextBeginning = Math.max(this.#count + 1, Math.ceil(this.#count * 1.3));
    }
    this.#count += 1;
    let total = -Infinity;
    for (const beginning of this.#beginnings) {
      total = logSum(total, beginning.add(point, this.#last, this.#noise));
    }
    this.#last = point;
    return total;
  }
}

// The slopes looked for: noise deviations per floor. A factor of five between them loses little in between.
const slopesPerNoise = [0.1, 0.5, 2.5, 12] as const;

class Beginning {
  readonly #first: Point;
  readonly #logWeight: number;
  #unitSeconds = 0;
  #count = 0;
  // Running sums for the regression through the points seen since, relative to the first.
  #time = 0;
  #bytes = 0;
  #timeTime = 0;
  #timeBytes = 0;
  #bytesBytes = 0;

  constructor(first: Point, logWeight: number) {
    this.#first = first;
    this.#logWeight = logWeight;
  }

  add(point: Point, previous: Point | undefined, noise: Noise): number {
    const since = point === this.#first || noise === 'independent' ? this.#first : (previous ?? this.#first);
    const seconds = (point.timeMs - since.timeMs) / 1000;
    const bytes = point.bytes - since.bytes;
    if (noise === 'independent') {
      this.#sum(seconds, bytes);
    } else if (seconds > 0) {
      // A random walk spreads with the root of time: dividing by it makes the steps alike.
      this.#sum(Math.sqrt(seconds), bytes / Math.sqrt(seconds));
    }
    if (this.#unitSeconds === 0) this.#unitSeconds = seconds;
    if (this.#unitSeconds === 0) return this.#logWeight;
    return this.#logWeight + this.#logBayesFactor(noise);
  }

  #sum(x: number, y: number): void {
    this.#count += 1;
    this.#time += x;
    this.#bytes += y;
    this.#timeTime += x * x;
    this.#timeBytes += x * y;
    this.#bytesBytes += y * y;
  }

  #logBayesFactor(noise: Noise): number {
    const n = this.#count;
    const level = noise === 'independent' ? 1 : 0;
    const degrees = n - level;
    if (degrees < 2) return 0;
    const information = this.#timeTime - (level * this.#time * this.#time) / n;
    const total = this.#bytesBytes - (level * this.#bytes * this.#bytes) / n;
    const products = this.#timeBytes - (level * this.#time * this.#bytes) / n;
    // Sizes are whole bytes: less noise than a byte is not known, and a perfectly flat trace proves nothing.
    const totalWithRounding = total + degrees;
    const explained = (products * products) / information;
    const unit = noise === 'independent' ? this.#unitSeconds : Math.sqrt(this.#unitSeconds);
    let sum = -Infinity;
    for (const slope of slopesPerNoise) {
      const prior = (slope / unit) ** 2 * information;
      const shrink = prior / (1 + prior);
      const left = Math.max(totalWithRounding - shrink * explained, degrees * 1e-12);
      const logTwoSided = -0.5 * Math.log1p(prior) + (degrees / 2) * Math.log(totalWithRounding / left);
      // The prior holds positive slopes only: twice the share of the posterior that lies above zero.
      const t = ((shrink * products) / information) * Math.sqrt((degrees * information) / (left * shrink));
      const share = studentCdf(t, degrees);
      if (share > 0) sum = logSum(sum, logTwoSided + Math.log(2 * share));
    }
    return sum - Math.log(slopesPerNoise.length);
  }
}

function logSum(a: number, b: number): number {
  if (a === -Infinity) return b;
  if (b === -Infinity) return a;
  return Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b)));
}
