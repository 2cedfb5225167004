import { NoiseFit } from './noise.ts';
import type { Point } from './track.ts';

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
 * up to 1.
 */
export class GrowthEvidence {
  readonly #wandering: readonly number[];
  readonly #beginnings: Beginning[] = [];
  #count = 0;
  #nextBeginning = 0;

  /** `wandering` lists the kinds of noise to be ruled out, as in `NoiseFit`. */
  constructor(wandering: readonly number[]) {
    this.#wandering = wandering;
  }

  /** Takes the next floor and returns ln of the evidence so far. Cost grows with ln of the number of floors. */
  add(point: Point): number {
    if (this.#count === this.#nextBeginning) {
      // Σ 1/(k(k+1)) = 1: early beginnings are the likelier ones, and none is left out.
      const k = this.#beginnings.length + 1;
      this.#beginnings.push({
        logWeight: -Math.log(k * (k + 1)),
        fits: this.#wandering.map((wandering) => new NoiseFit(wandering)),
      });
      this.#nextBeginning = Math.max(this.#count + 1, Math.ceil(this.#count * 1.3));
    }
    this.#count += 1;
    return logSum(this.#beginnings.map(({ logWeight, fits }) => logWeight + logEvidence(fits, point)));
  }
}

type Beginning = { readonly logWeight: number; readonly fits: readonly NoiseFit[] };

// The slopes looked for: noise deviations per floor. A factor of five between them loses little in between.
const slopesPerNoise = [0.1, 0.5, 2.5, 12] as const;

function logEvidence(fits: readonly NoiseFit[], point: Point): number {
  for (const fit of fits) fit.add(point);
  const flat = Math.max(...fits.map((fit) => fit.logLikelihoodFlat()));
  const growing = fits.flatMap((fit) => slopesPerNoise.map((slope) => fit.logLikelihoodGrowing(slope)));
  return logSum(growing) - Math.log(growing.length) - flat;
}

function logSum(logs: readonly number[]): number {
  const largest = Math.max(...logs);
  if (largest === -Infinity) return -Infinity;
  return largest + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - largest), 0));
}
