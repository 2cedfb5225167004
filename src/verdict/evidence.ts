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
  #beginnings: Beginning[] = [];
  readonly #resolutionBytes: number;
  #count = 0;

  /** `resolutionBytes`: how finely floors are known. */
  constructor(resolutionBytes = 1) {
    this.#resolutionBytes = resolutionBytes;
  }

  /** Takes the next floor. The cost grows with the logarithm of the number of floors. */
  add(point: Point): this {
    this.#count += 1;
    if (this.#count > ALL_BEGIN && this.#count % PRUNED_EVERY === 0) this.#prune();
    // On a long watch not every floor is worth a beginning of its own.
    if (this.#count < MANY || (this.#count - 1) % SPARED === 0) {
      const fits = new NoiseFits(kindsOfNoise, this.#resolutionBytes);
      this.#beginnings.push({ at: this.#count, weight: weightOf(this.#count), fits });
    }
    // Hot: a hundred beginnings of five fits each, at every floor.
    for (let i = 0; i < this.#beginnings.length; i += 1) this.#beginnings[i]?.fits.add(point);
    return this;
  }

  /** Takes the last floor back, once. */
  removeLast(): void {
    if (this.#beginnings.at(-1)?.at === this.#count) this.#beginnings.pop();
    this.#count -= 1;
    for (const { fits } of this.#beginnings) fits.removeLast();
  }

  /** How many times likelier the floors are with growth than without, if each floor's noise is its own. */
  get independent(): number {
    return this.#sum(({ fits }) => growingOf(fits, 0));
  }

  /** The same whatever part of the noise wanders: never more than one α of alarms, and slower. */
  get any(): number {
    return this.#sum(anyOf);
  }

  #sum(evidenceOf: (beginning: Beginning) => number): number {
    let sum = 0;
    for (const beginning of this.#beginnings) sum += beginning.weight * evidenceOf(beginning);
    return sum;
  }

  // Of beginnings that lie between 2^j and 2^(j+1) floors back, those at multiples of 2^j / KEPT stay.
  #prune(): void {
    this.#beginnings = this.#beginnings.filter(({ at }) => {
      const age = this.#count - at;
      if (age < 2 * KEPT_AN_OCTAVE) return true;
      return (at - 1) % (2 ** Math.floor(Math.log2(age)) / KEPT_AN_OCTAVE) === 0;
    });
  }
}

type Beginning = { readonly at: number; readonly weight: number; readonly fits: NoiseFits };

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

function growingOf(fits: NoiseFits, kind: number): number {
  let growing = 0;
  for (const slope of slopesPerNoise) growing += fits.bayesFactor(kind, slope) / slopesPerNoise.length;
  return growing;
}

function anyOf({ fits }: Beginning): number {
  let flattest = -Infinity;
  for (let kind = 0; kind < fits.count; kind += 1)
    flattest = Math.max(flattest, fits.logLikelihoodFlat(kind));
  let any = 0;
  for (let kind = 0; kind < fits.count; kind += 1) {
    any += (growingOf(fits, kind) * Math.exp(fits.logLikelihoodFlat(kind) - flattest)) / fits.count;
  }
  return any;
}
