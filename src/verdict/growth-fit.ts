import { type Fading, nothingFades, secondsAtRate } from './fading.ts';
import type { Point } from './point.ts';
import { studentCdf, studentQuantile } from './student-t.ts';

/** What a stretch of points says of growth, whichever part of its noise wanders. */
export type GrowthFit = {
  /** Of the line at the last point, in bytes per second: the mean over `lines`. */
  readonly bytesPerSecond: number;
  readonly standardError: number;
  /** One line for each kind of noise, straight and fading, with what speaks for it; the weights add up to 1. */
  readonly lines: readonly Line[];
  readonly degrees: number;
  /** Where the level stands at the last point. */
  readonly lastBytes: number;
  /** By how much a curve that saturates is likelier than the straight line: ln of the ratio. */
  readonly bend: number;
  /** The curve that saturates. */
  readonly curve: Curve;
};

/** A line through noise of which a known part wanders, straight or fading. */
export type Line = {
  readonly weight: number;
  readonly bytesPerSecond: number;
  readonly standardError: number;
  readonly fading: Fading;
  /** Variance by which the level itself wanders, in bytes² per second. */
  readonly wanderingPerSecond: number;
  readonly lastBytes: number;
  readonly lastVariance: number;
};

/** Growth of `fillBytes` in all from the first point on, of which `share` has come. */
export type Curve = {
  readonly fillBytes: number;
  readonly share: number;
  /** How long from the first point until nine tenths have come. */
  readonly settlesMs: number;
  /** Time constant, in lengths of the stretch. */
  readonly decay: number;
  /** The kind of noise it was fitted with. */
  readonly wandering: number;
};

// Variance of the level's steps per mean distance of two points, in units of a point's own variance.
const kindsOfNoise = [0, 0.02, 0.1, 0.5, 2, 10, Infinity] as const;
// Time constants of the curves that are tried, in lengths of the stretch. The longest is all but a line.
const usualDecays = [0.04, 0.06, 0.09, 0.13, 0.2, 0.28, 0.4, 0.55, 0.75, 1, 1.35, 1.8, 2.5, 3.5, 5] as const;

/**
 * A line, and curves that saturate exponentially, through points (times rising) by generalised least squares: noise is that of
 * `NoiseFits`, the part of it that wanders the likeliest of seven. `undefined` below five points.
 *
 * Curves and line are compared by likelihood, so the difference counts only where noise that wanders does not
 * explain it as well. With `fading`, lines that fade so are taken for as likely as straight ones before the points are
 * looked at. O(n) times 7 · 17.
 */
export function fitGrowth(points: readonly Point[], fading?: Fading): GrowthFit | undefined {
  if (points.length < 5) return undefined;
  const fits = kindsOfNoise.map((wandering) => fitWith(points, wandering));
  const fadingFits =
    fading === undefined ? [] : kindsOfNoise.map((wandering) => fitWith(points, wandering, [], fading));
  const degrees = points.length - 2;
  const lines = linesOf([...fits, ...fadingFits], degrees);
  const line = best(fits, ({ lineLikelihood }) => lineLikelihood);
  const curved = best(fits, ({ curveLikelihoods }) => Math.max(...curveLikelihoods));
  if (line === undefined || curved === undefined) return undefined;
  const mean = (valueOf: (line: Line) => number): number =>
    lines.reduce((sum, one) => sum + one.weight * valueOf(one), 0);
  const bytesPerSecond = mean((one) => one.bytesPerSecond);
  return {
    bytesPerSecond,
    standardError: Math.sqrt(
      mean((one) => one.standardError ** 2 + (one.bytesPerSecond - bytesPerSecond) ** 2),
    ),
    lines,
    degrees,
    lastBytes: mean((one) => one.lastBytes),
    bend: Math.max(...curved.curveLikelihoods) - line.lineLikelihood,
    curve: curveOf(points, curved),
  };
}

/** Several fits taken for equally likely. */
export function pooled(fits: readonly [GrowthFit, ...GrowthFit[]]): GrowthFit {
  const mean = (valueOf: (fit: GrowthFit) => number): number =>
    fits.reduce((sum, fit) => sum + valueOf(fit) / fits.length, 0);
  const bytesPerSecond = mean((fit) => fit.bytesPerSecond);
  return {
    ...fits[0],
    bytesPerSecond,
    standardError: Math.sqrt(
      mean((fit) => fit.standardError ** 2 + (fit.bytesPerSecond - bytesPerSecond) ** 2),
    ),
    lines: fits.flatMap(({ lines }) => lines.map((line) => ({ ...line, weight: line.weight / fits.length }))),
    degrees: Math.min(...fits.map(({ degrees }) => degrees)),
    lastBytes: mean((fit) => fit.lastBytes),
  };
}

/** The interval of the line's slope: of the mixture of the Student's distributions that the lines give. */
export function intervalOf(fit: GrowthFit, level: number): readonly [number, number] {
  return [slopeQuantile(fit, (1 - level) / 2), slopeQuantile(fit, (1 + level) / 2)];
}

function slopeQuantile({ lines, degrees }: GrowthFit, probability: number): number {
  const reach = studentQuantile(probability, degrees);
  const ends = lines.map((line) => line.bytesPerSecond + reach * line.standardError);
  return quantileBetween(Math.min(...ends), Math.max(...ends), probability, (slope) =>
    lines.reduce(
      (sum, { weight, bytesPerSecond, standardError }) =>
        sum + weight * studentCdf((slope - bytesPerSecond) / standardError, degrees),
      0,
    ),
  );
}

/** Where a rising distribution function reaches a probability, by halving. */
export function quantileBetween(
  low: number,
  high: number,
  probability: number,
  distribution: (value: number) => number,
): number {
  let [from, to] = [low, high];
  for (let step = 0; step < 50 && to - from > 1e-9 * Math.abs(to); step += 1) {
    const middle = (from + to) / 2;
    if (distribution(middle) < probability) from = middle;
    else to = middle;
  }
  return (from + to) / 2;
}

function linesOf(fits: readonly FitOfKind[], degrees: number): Line[] {
  // The likelihood of the noise alone, level and growth integrated out: that of the fitted line prefers noise that is too
  // quiet, because the line has followed the noise. What came in all counts, so that no shape is favoured for its unit.
  const likelihoods = fits.map(
    (fit) =>
      fit.lineLikelihood - 0.5 * Math.log(fit.timeTime / fit.time ** 2) + 0.5 * Math.log(fit.leftOfLine),
  );
  const highest = Math.max(...likelihoods);
  const weights = likelihoods.map((likelihood) => Math.exp(likelihood - highest));
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  return fits.map((fit, kind) => {
    const variance = fit.leftOfLine / degrees;
    const walks = fit.wandering === Infinity;
    return {
      weight: (weights[kind] ?? 0) / all,
      bytesPerSecond: fit.slope,
      standardError: Math.sqrt(variance / fit.timeTime),
      fading: fit.fading,
      wanderingPerSecond: (variance * (walks ? 1 : fit.wandering)) / (fit.unitMs / 1000),
      lastBytes: fit.lastBytes,
      lastVariance: variance * fit.lastVariance,
    };
  });
}

type FitOfKind = {
  readonly wandering: number;
  readonly fading: Fading;
  readonly unitMs: number;
  readonly lineLikelihood: number;
  readonly leftOfLine: number;
  readonly slope: number;
  /** Of the stretch, as `secondsAtRate` counts it, and its square as the noise lets it be seen. */
  readonly time: number;
  readonly timeTime: number;
  readonly lastBytes: number;
  readonly lastVariance: number;
  /** By these: likelihood, bytes in all, what the curve leaves unexplained, and how much it moves. */
  readonly decays: readonly number[];
  readonly curveLikelihoods: readonly number[];
  readonly fills: readonly number[];
  readonly leftOfCurves: readonly number[];
  readonly curveSquares: readonly number[];
};

/** One Kalman filter for sizes, time and every curve: what surprises it is independent, and then an ordinary regression. */
function fitWith(
  points: readonly Point[],
  wandering: number,
  decays: readonly number[] = usualDecays,
  fading: Fading = nothingFades,
): FitOfKind {
  const first = points[0];
  const last = points.at(-1);
  const firstMs = first?.timeMs ?? 0;
  const firstBytes = first?.bytes ?? 0;
  const lastMs = last?.timeMs ?? 0;
  const spanMs = lastMs - firstMs;
  const time = -secondsAtRate(-spanMs / 1000, fading);
  const unitMs = spanMs / (points.length - 1);
  const walks = wandering === Infinity;
  const rates = decays.map((decay) => 1 / (decay * spanMs));
  // Columns: sizes, seconds, curves. Levels as the filter expects them.
  const levels = new Float64Array(2 + rates.length);
  const values = new Float64Array(2 + rates.length);
  const withSizes = new Float64Array(2 + rates.length);
  const squares = new Float64Array(2 + rates.length);
  let variance = walks ? 0 : 1 / (first?.count ?? 1);
  let logVariances = 0;
  let previousMs = firstMs;
  for (const [i, point] of points.entries()) {
    if (i === 0) continue;
    const sinceMs = point.timeMs - firstMs;
    values[0] = point.bytes - firstBytes;
    values[1] = time + secondsAtRate((point.timeMs - lastMs) / 1000, fading);
    for (const [k, rate] of rates.entries()) values[k + 2] = 1 - Math.exp(-sinceMs * rate);
    const before = variance + ((walks ? 1 : wandering) * (point.timeMs - previousMs)) / unitMs;
    const expected = before + (walks ? 0 : 1 / (point.count ?? 1));
    const gain = before / expected;
    previousMs = point.timeMs;
    variance = before * (1 - gain);
    logVariances += Math.log(expected);
    const surprise = values[0] - (levels[0] ?? 0);
    for (let column = 0; column < values.length; column += 1) {
      const own = (values[column] ?? 0) - (levels[column] ?? 0);
      levels[column] = (levels[column] ?? 0) + gain * own;
      withSizes[column] = (withSizes[column] ?? 0) + (own * surprise) / expected;
      squares[column] = (squares[column] ?? 0) + (own * own) / expected;
    }
  }
  const all = squares[0] ?? 0;
  const left = (column: number): number =>
    Math.max(points.length, all - (withSizes[column] ?? 0) ** 2 / (squares[column] || 1));
  const likelihood = (column: number): number =>
    -0.5 * logVariances - ((points.length - 1) / 2) * Math.log(left(column));
  const slope = (withSizes[1] ?? 0) / (squares[1] || 1);
  return {
    wandering,
    fading,
    unitMs,
    lineLikelihood: likelihood(1),
    leftOfLine: left(1),
    slope,
    time,
    timeTime: squares[1] ?? 0,
    lastBytes: firstBytes + (levels[0] ?? 0) + slope * ((values[1] ?? 0) - (levels[1] ?? 0)),
    lastVariance: variance,
    decays,
    curveLikelihoods: rates.map((_, k) => likelihood(k + 2)),
    leftOfCurves: rates.map((_, k) => left(k + 2)),
    curveSquares: rates.map((_, k) => squares[k + 2] ?? 0),
    fills: rates.map((_, k) => (withSizes[k + 2] ?? 0) / (squares[k + 2] || 1)),
  };
}

function curveOf(points: readonly Point[], fit: FitOfKind): Curve {
  const at = fit.curveLikelihoods.indexOf(Math.max(...fit.curveLikelihoods));
  const decay = fit.decays[at] ?? 1;
  const spanMs = (points.at(-1)?.timeMs ?? 0) - (points[0]?.timeMs ?? 0);
  return {
    fillBytes: fit.fills[at] ?? 0,
    share: 1 - Math.exp(-1 / decay),
    settlesMs: Math.LN10 * decay * spanMs,
    decay,
    wandering: fit.wandering,
  };
}

/**
 * The same curve with its time constant between those that `fitGrowth` tries, and the interval of `fillBytes` at 90 %: all
 * that a likelihood ratio does not rule out, whatever the time constant. Its upper end is Infinity where it is open.
 */
export function refineCurve(
  points: readonly Point[],
  { decay, wandering }: Curve,
): { readonly curve: Curve; readonly fillInterval: readonly [number, number] } {
  let reach = 2;
  let middle = decay;
  let fit = fitWith(points, wandering, around(middle, reach));
  // Each time closer, until what is not ruled out takes up some of the time constants that are tried.
  for (let zoom = 0; zoom < 6; zoom += 1) {
    const highest = Math.max(...fit.curveLikelihoods);
    const likely = fit.curveLikelihoods.filter((one) => one >= highest - RULED_OUT).length;
    middle = fit.decays[fit.curveLikelihoods.indexOf(highest)] ?? middle;
    if (likely >= 7) break;
    reach = 1 + (reach - 1) / 3;
    fit = fitWith(points, wandering, around(middle, reach));
  }
  const highest = Math.max(...fit.curveLikelihoods);
  const degrees = points.length - 3;
  let [low, high] = [Infinity, -Infinity];
  for (const [k, likelihood] of fit.curveLikelihoods.entries()) {
    const left = RULED_OUT - (highest - likelihood);
    if (left < 0) continue;
    const error = Math.sqrt((fit.leftOfCurves[k] ?? 0) / degrees / (fit.curveSquares[k] || 1));
    low = Math.min(low, (fit.fills[k] ?? 0) - Math.sqrt(2 * left) * error);
    high = Math.max(high, (fit.fills[k] ?? 0) + Math.sqrt(2 * left) * error);
  }
  const isOpen = (fit.curveLikelihoods.at(-1) ?? -Infinity) >= highest - RULED_OUT;
  return { curve: curveOf(points, fit), fillInterval: [low, isOpen ? Infinity : high] };
}

// For one fit at one moment 1.353, half the square of 1.645, would give 90 %. But the clearest of three stretches is told, and
// the noise is estimated: of 60 fills at the moment when 60 % had come, 42 ends were held by it, 52 by 2.5 and 57 by 4.
const RULED_OUT = 3;

function around(decay: number, reach: number): readonly number[] {
  return Array.from({ length: 31 }, (_, i) => decay * reach ** ((i - 15) / 15));
}

function best<Item>(items: readonly Item[], valueOf: (item: Item) => number): Item | undefined {
  let found: Item | undefined;
  for (const item of items) if (found === undefined || valueOf(item) > valueOf(found)) found = item;
  return found;
}
