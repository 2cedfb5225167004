import type { Forecast } from '../core/verdict.ts';
import type { GrowthFit } from './growth-fit.ts';
import { studentQuantile } from './student-t.ts';

const LEVEL = 0.9;

/**
 * When memory reaches the limit if it goes on like this, counted from now (`watchedMs`; the last floor is a little older).
 * The interval holds three things: how well the slope is known, where the level stands, and how much growth itself will
 * scatter until then, which for bursts is the most of it. `null` when even at the slow end memory may never arrive.
 */
export function forecastOf(
  fit: GrowthFit,
  lastMs: number,
  limitBytes: number,
  watchedMs: number,
): Forecast | null {
  const { bytesPerSecond } = fit;
  if (!(bytesPerSecond > 0)) return null;
  const missing = Math.max(0, limitBytes - fit.lastBytes);
  const reach = studentQuantile((1 + LEVEL) / 2, fit.degrees);
  const slow = arrival(fit, missing, reach);
  if (slow === undefined) return null;
  const sinceLast = Math.max(0, watchedMs - lastMs) / 1000;
  const fromNow = (seconds: number): number => Math.max(0, seconds - sinceLast);
  return {
    limitBytes,
    secondsToLimit: fromNow(missing / bytesPerSecond),
    interval: [fromNow(arrival(fit, missing, -reach) ?? 0), fromNow(slow)],
    level: LEVEL,
  };
}

/**
 * The seconds after which what is missing has come, `reach` deviations later than expected: the solution of
 * `slope · t = missing + reach · √(level² + slope's error² · t² + wandering · t)`, found by halving.
 */
function arrival(fit: GrowthFit, missing: number, reach: number): number | undefined {
  const { bytesPerSecond, standardError, lastVariance, wanderingPerSecond } = fit;
  const short = (t: number): number =>
    missing +
    reach * Math.sqrt(lastVariance + standardError * standardError * t * t + wanderingPerSecond * t) -
    bytesPerSecond * t;
  let high = missing / bytesPerSecond + 1e-9;
  while (short(high) > 0) {
    high *= 2;
    if (high > LONGEST_SECONDS) return undefined;
  }
  let low = 0;
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2;
    if (short(middle) > 0) low = middle;
    else high = middle;
  }
  return high;
}

// Ten years: beyond, no far end is worth naming.
const LONGEST_SECONDS = 315_360_000;
