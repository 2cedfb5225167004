import { NoiseFits } from './noise.ts';
import type { Point } from './point.ts';

/**
 * Evidence for growth, as an e-process: if memory has no trend, the chance that it *ever* reaches 1/α is at
 * most α, at however many floors it is looked at (Ville 1939; Ramdas, Grünwald, Vovk, Shafer 2023,
 * "Game-theoretic statistics and safe anytime-valid inference"). A p-value may be looked at once.
 *
 * For one beginning it is the Bayes factor of a positive slope against none, level and size of the noise unknown
 * (Pérez-Ortiz, Lardy, de Heide, Grünwald 2024, "E-statistics, group invariance and anytime-valid testing"),
 * averaged over how much the noise wanders and set against the most favourable of these for the server
 * (Wasserman, Ramdas, Balakrishnan 2020, "Universal inference"). Growth may begin at any floor, so the
 * evidence is the weighted sum over beginnings (Shin, Ramdas, Rinaldo 2023, "E-detectors"), the weights adding
 * up to 1. Of old beginnings most are dropped, which only takes evidence away.
 */
export class GrowthEvidence {
  readonly #fits: NoiseFits;
  /** The floors at which the beginnings stand, the first of all being 1. */
  #begun: number[] = [];
  #count = 0;

  /** `resolutionBytes`: how finely floors are known. */
  constructor(resolutionBytes = 1) {
    this.#fits = new NoiseFits(kindsOfNoise, resolutionBytes);
  }

  /** Takes the next floor. The cost grows with the logarithm of the number of floors. */
  add(point: Point): this {
    this.#count += 1;
    if (this.#count > ALL_BEGIN && this.#count % PRUNED_EVERY === 0) this.#prune();
    // On a long watch not every floor is worth a beginning of its own.
    if (this.#count < MANY || (this.#count - 1) % SPARED === 0) {
      this.#begun.push(this.#count);
      this.#fits.begin();
    }
    this.#fits.add(point);
    return this;
  }

  /** Takes the last floor back, once. */
  removeLast(): void {
    this.#fits.removeLast();
    if (this.#begun.at(-1) === this.#count) {
      this.#begun.pop();
      this.#fits.keep((beginning) => beginning < this.#begun.length);
    }
    this.#count -= 1;
  }

  /** How many times likelier the floors are with growth than without, if each floor's noise is its own. */
  get independent(): number {
    return this.#sum((beginning) => growingOf(this.#fits, beginning, 0));
  }

  /** The same whatever part of the noise wanders: never more than one α of alarms, and slower. */
  get any(): number {
    return this.#sum((beginning) => anyOf(this.#fits, beginning));
  }

  #sum(evidenceOf: (beginning: number) => number): number {
    let sum = 0;
    for (const [beginning, at] of this.#begun.entries()) sum += weightOf(at) * evidenceOf(beginning);
    return sum;
  }

  // Of beginnings that lie between 2^j and 2^(j+1) floors back, those at multiples of 2^j / KEPT stay.
  #prune(): void {
    const isKept = (at: number): boolean => {
      const age = this.#count - at;
      const octave = 1 << (31 - Math.clz32(age));
      return age < 2 * KEPT_AN_OCTAVE || (at - 1) % (octave / KEPT_AN_OCTAVE) === 0;
    };
    this.#fits.keep((beginning) => isKept(this.#begun[beginning]));
    this.#begun = this.#begun.filter(isKept);
  }
}

const KEPT_AN_OCTAVE = 4;
const ALL_BEGIN = 32;
const PRUNED_EVERY = 8;
const MANY = 1024;
const SPARED = 8;

// Part of the noise that wanders, as in `NoiseFits`; the first is that of independent noise. A factor of ten between them, and
// a hundredth is not too little: it is counted by the first gap, and later ones are twenty times as long. Without it a level
// that wanders a little was taken for one that does not (alarms), or a day's growth for a walk that strays as far (delays).
const kindsOfNoise = [0, 0.01, 0.1, 1, Infinity] as const;

// The slopes looked for: noise deviations per floor. A factor of five between them loses little in between.
const slopesPerNoise = [0.1, 0.5, 2.5, 12] as const;

/** The k-th octave of floors gets 1/(k(k+1)), which add up to 1, and each floor of it an equal share. */
function weightOf(at: number): number {
  const octave = Math.floor(Math.log2(at));
  return 1 / ((octave + 1) * (octave + 2)) / 2 ** octave;
}

function growingOf(fits: NoiseFits, beginning: number, kind: number): number {
  let growing = 0;
  for (const slope of slopesPerNoise)
    growing += fits.bayesFactor(beginning, kind, slope) / slopesPerNoise.length;
  return growing;
}

function anyOf(fits: NoiseFits, beginning: number): number {
  let flattest = -Infinity;
  for (let kind = 0; kind < fits.kinds; kind += 1)
    flattest = Math.max(flattest, fits.logLikelihoodFlat(beginning, kind));
  let any = 0;
  for (let kind = 0; kind < fits.kinds; kind += 1) {
    const likelihood = Math.exp(fits.logLikelihoodFlat(beginning, kind) - flattest);
    any += (growingOf(fits, beginning, kind) * likelihood) / fits.kinds;
  }
  return any;
}
