import { studentQuantile, incompleteBeta } from './student-t.ts';

/**
 * Which of several causes, each with an effect that is never negative, explain a size: regression with noise of two kinds,
 * a miss of each floor's own and a level that takes random steps.
 *
 * Ordinary least squares on cumulative counts would call any two things related that both rise (Granger & Newbold
 * 1974, "Spurious regressions in econometrics"). So sizes and causes pass the Kalman filter of the local level model
 * (Durbin & Koopman 2012, ch. 2), which leaves independent surprises of both, for each of a few shares of wandering. An
 * answer must hold against the share that is kindest to its opposite: likelihoods are compared at their best share, so
 * every interval is the union of those the shares allow (a profile likelihood; it errs to the wide side).
 *
 * Linear in the floors; exponential in the causes, of which there are a handful.
 */
export class WanderingRegression {
  readonly causes: number;
  readonly #rows: number;
  readonly #level: number;
  readonly #shares: readonly Share[];
  readonly #best: number;

  /** `times` rise strictly; a cause has an amount for each. `leastVariance` is the noise that sizes have at least. */
  constructor(
    times: readonly number[],
    sizes: readonly number[],
    causes: readonly MeasuredCause[],
    options: { readonly level: number; readonly leastVariance: number },
  ) {
    this.causes = causes.length;
    this.#rows = times.length - 1;
    this.#level = options.level;
    this.#shares = sharesOfWandering.map((wandering) => {
      const sums = filtered(times, [sizes, ...causes.map(({ amounts }) => amounts)], wandering);
      const leastVariance = Math.max(options.leastVariance, noiseOfAmounts(sums.products, causes));
      return { logVariances: sums.logVariances, fits: fitsOf(sums.products, this.#rows * leastVariance) };
    });
    this.#best = this.#logLikelihood(this.#all);
  }

  /** Degrees of freedom that are left to the noise. */
  get degrees(): number {
    return this.#rows - this.causes;
  }

  /** The likeliest effects if only the causes of the set `among` (a bit each) have any. */
  effects(among: number = this.#all): readonly number[] {
    const effects = Array.from({ length: this.causes }, () => 0);
    const likeliest = this.#likeliest(among);
    for (const [place, cause] of (likeliest?.causes ?? []).entries())
      effects[cause] = likeliest?.effects[place] ?? 0;
    return effects;
  }

  /** Whether the sizes can't be explained without the causes of the set `without`. */
  needs(without: number): boolean {
    const gap = this.#best - this.#logLikelihood(this.#all & ~without);
    const ratio = Math.exp((-2 * gap) / this.#rows);
    return incompleteBeta(ratio, this.degrees / 2, membersOf(without).length / 2) < 1 - this.#level;
  }

  /** All effects of a cause that the sizes allow, whatever the others have. */
  interval(cause: number): readonly [number, number] {
    const quantile = studentQuantile((1 + this.#level) / 2, this.degrees);
    const least = this.#best - (this.#rows / 2) * Math.log1p(quantile ** 2 / this.degrees);
    let low = this.#logLikelihood(this.#all & ~(1 << cause)) >= least ? 0 : Infinity;
    let high = 0;
    for (const { logVariances, fits } of this.#shares) {
      const allowed = Math.exp(((-0.5 * logVariances - least) * 2) / this.#rows);
      for (const fit of fits) {
        const place = fit.causes.indexOf(cause);
        if (place < 0 || fit.misses > allowed) continue;
        const spread = fit.inverse.map((row) => row[place] ?? 0);
        const own = spread[place] ?? 0;
        const reach = Math.sqrt((allowed - fit.misses) * own);
        for (const step of [reach, -reach]) {
          // The others move with it; the end counts if none of them becomes negative.
          const moved = fit.effects.map((effect, at) => effect + ((spread[at] ?? 0) / own) * step);
          if (moved.some((effect, at) => effect < -1e-9 * Math.abs(fit.effects[at] ?? 0))) continue;
          low = Math.min(low, moved[place] ?? 0);
          high = Math.max(high, moved[place] ?? 0);
        }
      }
    }
    return [Math.max(0, Math.min(low, high)), high];
  }

  get #all(): number {
    return (1 << this.causes) - 1;
  }

  #logLikelihood(among: number): number {
    return Math.max(...this.#shares.map((share) => this.#at(share, fittest(share, among))));
  }

  #likeliest(among: number): Fit | undefined {
    let best: Fit | undefined;
    let bestLikelihood = -Infinity;
    for (const share of this.#shares) {
      const fit = fittest(share, among);
      const likelihood = this.#at(share, fit);
      if (likelihood > bestLikelihood) [best, bestLikelihood] = [fit, likelihood];
    }
    return best;
  }

  #at(share: Share, fit: Fit | undefined): number {
    return fit === undefined
      ? -Infinity
      : -0.5 * share.logVariances - (this.#rows / 2) * Math.log(fit.misses);
  }
}

export type MeasuredCause = {
  readonly amounts: readonly number[];
  /** Of the error with which an amount is known, on average. */
  readonly errorVariance: number;
};

type Share = { readonly logVariances: number; readonly fits: readonly Fit[] };

/** Least squares with the effects of some causes; the others have none. */
type Fit = {
  readonly among: number;
  readonly causes: readonly number[];
  readonly effects: readonly number[];
  /** Of the causes' products. */
  readonly inverse: readonly (readonly number[])[];
  /** Sum of the squared misses. */
  readonly misses: number;
};

// Variance of the level's steps between two floors per variance of a floor's own noise.
const sharesOfWandering = [0, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, Infinity] as const;

/** A fit is possible where none of its effects is negative. Of those the least squares under that condition is one. */
function fittest({ fits }: Share, among: number): Fit | undefined {
  let best: Fit | undefined;
  for (const fit of fits) {
    if ((fit.among & ~among) !== 0 || fit.effects.some((effect) => effect < 0)) continue;
    if (best === undefined || fit.misses < best.misses) best = fit;
  }
  return best;
}

/**
 * What errors in the amounts do to the sizes, if one cause alone has the whole effect. It is noise for every explanation:
 * else a cause that is known exactly, as time is, would be believed before one that is counted and true.
 */
function noiseOfAmounts(products: readonly (readonly number[])[], causes: readonly MeasuredCause[]): number {
  const noises = causes.map(({ errorVariance }, cause) => {
    const own = products[cause + 1]?.[cause + 1] ?? 0;
    const alone = own > 0 ? Math.max(0, products[0]?.[cause + 1] ?? 0) / own : 0;
    return alone * alone * errorVariance;
  });
  return Math.max(0, ...noises);
}

function fitsOf(products: readonly (readonly number[])[], leastMisses: number): readonly Fit[] {
  const causes = products.length - 1;
  const fits: Fit[] = [];
  for (let among = 0; among < 1 << causes; among += 1) {
    const members = membersOf(among);
    const inverse = inverseOf(members.map((a) => members.map((b) => products[a + 1]?.[b + 1] ?? 0)));
    // Causes that rise in step have no fit of their own; each of them alone has.
    if (inverse === undefined) continue;
    const withSizes = members.map((cause) => products[0]?.[cause + 1] ?? 0);
    const effects = inverse.map((row) =>
      row.reduce((sum, value, at) => sum + value * (withSizes[at] ?? 0), 0),
    );
    const explained = effects.reduce((sum, effect, at) => sum + effect * (withSizes[at] ?? 0), 0);
    const misses = Math.max(0, (products[0]?.[0] ?? 0) - explained) + leastMisses;
    fits.push({ among, causes: members, effects, inverse, misses });
  }
  return fits;
}

function membersOf(set: number): readonly number[] {
  return Array.from({ length: 31 }, (_, member) => member).filter((member) => (set & (1 << member)) !== 0);
}

/**
 * Products of the columns' surprises, each pair of columns, and the logarithms of the surprises' variances.
 *
 * Hot: once per floor and share of wandering, some 40,000 times for a watch of hours (`bench/per-operation.ts`).
 */
function filtered(
  times: readonly number[],
  columns: readonly (readonly number[])[],
  wandering: number,
): { readonly products: readonly (readonly number[])[]; readonly logVariances: number } {
  const unit = usualGap(times);
  const walksOnly = wandering === Infinity;
  const width = columns.length;
  const rows = times.length;
  // By row, so that a step reads and writes what lies side by side.
  const amounts = new Float64Array(rows * width);
  for (let c = 0; c < width; c += 1)
    for (let i = 0; i < rows; i += 1) amounts[i * width + c] = columns[c]?.[i] ?? 0;
  const levels = amounts.slice(0, width);
  const surprises = new Float64Array(width);
  const products = new Float64Array(width * width);
  let variance = walksOnly ? 0 : 1;
  let logVariances = 0;
  for (let i = 1; i < rows; i += 1) {
    const elapsed = ((times[i] ?? 0) - (times[i - 1] ?? 0)) / unit;
    const before = variance + (walksOnly ? 1 : wandering) * elapsed;
    const expected = before + (walksOnly ? 0 : 1);
    const gain = before / expected;
    for (let c = 0; c < width; c += 1) {
      const level = levels[c] ?? 0;
      const surprise = (amounts[i * width + c] ?? 0) - level;
      levels[c] = level + gain * surprise;
      surprises[c] = surprise;
      const weighted = surprise / expected;
      for (let d = 0; d <= c; d += 1)
        products[c * width + d] = (products[c * width + d] ?? 0) + weighted * (surprises[d] ?? 0);
    }
    variance = before * (1 - gain);
    logVariances += Math.log(expected);
  }
  const at = (c: number, d: number): number => products[Math.max(c, d) * width + Math.min(c, d)] ?? 0;
  return { products: columns.map((_, c) => columns.map((_, d) => at(c, d))), logVariances };
}

/** Wandering is counted by it, so that the unit of time changes nothing. */
function usualGap(times: readonly number[]): number {
  const gaps = times.slice(1).map((time, i) => time - (times[i] ?? 0));
  return gaps.toSorted((a, b) => a - b)[Math.floor(gaps.length / 2)] ?? 1;
}

/** By Gauss and Jordan, of a symmetric positive matrix scaled to ones on its diagonal; `undefined` if it is near singular. */
function inverseOf(matrix: readonly (readonly number[])[]): readonly (readonly number[])[] | undefined {
  const scales = matrix.map((row, i) => Math.sqrt(row[i] ?? 0));
  if (scales.some((scale) => !(scale > 0))) return undefined;
  const size = matrix.length;
  const work = matrix.map((row, i) => [
    ...row.map((value, j) => value / (scales[i] ?? 1) / (scales[j] ?? 1)),
    ...row.map((_, j) => (i === j ? 1 : 0)),
  ]);
  for (const [i, pivotRow] of work.entries()) {
    const pivot = pivotRow[i] ?? 0;
    // What a cause has for itself beside the others, as a share of its variance.
    if (pivot < 1e-9) return undefined;
    for (let j = 0; j < 2 * size; j += 1) pivotRow[j] = (pivotRow[j] ?? 0) / pivot;
    for (const [k, row] of work.entries()) {
      const factor = row[i] ?? 0;
      if (k === i || factor === 0) continue;
      for (let j = 0; j < 2 * size; j += 1) row[j] = (row[j] ?? 0) - factor * (pivotRow[j] ?? 0);
    }
  }
  return work.map((row, i) => row.slice(size).map((value, j) => value / (scales[i] ?? 1) / (scales[j] ?? 1)));
}
