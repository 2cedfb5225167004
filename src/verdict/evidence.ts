import { NoiseFit } from './noise.ts';
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
 * up to 1.
 */
export class GrowthEvidence {
  readonly #beginnings: Beginning[] = [];
  readonly #resolutionBytes: number;
  #count = 0;
  #nextBeginning = 0;

  /** `resolutionBytes`: how finely floors are known. */
  constructor(resolutionBytes = 1) {
    this.#resolutionBytes = resolutionBytes;
  }

  /** Takes the next floor. The cost grows with the logarithm of the number of floors. */
  add(point: Point): Evidence {
    if (this.#count === this.#nextBeginning) {
      // Σ 1/(k(k+1)) = 1: early beginnings are the likelier ones, and none is left out.
      const k = this.#beginnings.length + 1;
      const fits = kindsOfNoise.map((wandering) => new NoiseFit(wandering, this.#resolutionBytes));
      this.#beginnings.push({ weight: 1 / (k * (k + 1)), fits });
      this.#nextBeginning = Math.max(this.#count + 1, Math.ceil(this.#count * 1.3));
    }
    this.#count += 1;
    let independent = 0;
    let any = 0;
    for (const { weight, fits } of this.#beginnings) {
      const evidence = evidenceOf(fits, point);
      independent += weight * evidence.independent;
      any += weight * evidence.any;
    }
    return { independent, any };
  }
}

/** How many times likelier the floors are with growth than without. */
export type Evidence = {
  /** If each floor's noise is its own, whatever the floor before it was. */
  readonly independent: number;
  /** Whatever part of the noise wanders. */
  readonly any: number;
};

type Beginning = { readonly weight: number; readonly fits: readonly NoiseFit[] };

// Part of the noise that wanders, as in `NoiseFit`; the first is that of independent noise.
const kindsOfNoise = [0, 0.1, 1, Infinity] as const;

// The slopes looked for: noise deviations per floor. A factor of five between them loses little in between.
const slopesPerNoise = [0.1, 0.5, 2.5, 12] as const;

// Hot: once per floor, beginning and kind of noise, on each look; some 50,000 times a look after an hour.
function evidenceOf(fits: readonly NoiseFit[], point: Point): Evidence {
  let flattest = -Infinity;
  for (const fit of fits) {
    fit.add(point);
    flattest = Math.max(flattest, fit.logLikelihoodFlat());
  }
  let independent = 0;
  let any = 0;
  for (const [kind, fit] of fits.entries()) {
    let growing = 0;
    for (const slope of slopesPerNoise) growing += fit.bayesFactor(slope) / slopesPerNoise.length;
    if (kind === 0) independent = growing;
    any += (growing * Math.exp(fit.logLikelihoodFlat() - flattest)) / fits.length;
  }
  return { independent, any };
}
