import type { Forecast } from '../core/verdict.ts';
import { type GrowthFit, quantileBetween } from './growth-fit.ts';
import { studentCdf } from './student-t.ts';

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
  const sinceLast = Math.max(0, watchedMs - lastMs) / 1000;
  const expected = Math.max(0, limitBytes - fit.lastBytes) / bytesPerSecond;
  const arrived = (seconds: number): number => chanceToHaveArrived(fit, limitBytes, seconds);
  if (arrived(LONGEST_SECONDS) < (1 + LEVEL) / 2) return null;
  const fromNow = (seconds: number): number => Math.max(0, seconds - sinceLast);
  // By ratios: far and near ends may lie orders of magnitude apart.
  const quantile = (probability: number): number =>
    Math.exp(
      quantileBetween(LOG_SHORTEST, LOG_LONGEST, probability, (logSeconds) => arrived(Math.exp(logSeconds))),
    );
  return {
    limitBytes,
    secondsToLimit: fromNow(expected),
    interval: [fromNow(quantile((1 - LEVEL) / 2)), fromNow(quantile((1 + LEVEL) / 2))],
    level: LEVEL,
  };
}

/** The chance that memory lies above the limit after so many seconds, over all kinds of noise. */
function chanceToHaveArrived({ lines, degrees }: GrowthFit, limitBytes: number, seconds: number): number {
  let chance = 0;
  for (const line of lines) {
    const slopeVariance = line.standardError ** 2 + (UNEVEN * line.bytesPerSecond) ** 2;
    const variance =
      line.lastVariance + slopeVariance * seconds * seconds + line.wanderingPerSecond * seconds;
    const missing = limitBytes - line.lastBytes - line.bytesPerSecond * seconds;
    chance += line.weight * (1 - studentCdf(missing / Math.sqrt(variance), degrees));
  }
  return chance;
}

// No rate is the same for ever: a deviation of so much of it is always allowed for.
const UNEVEN = 0.03;

// Ten years: beyond, no far end is worth naming.
const LONGEST_SECONDS = 315_360_000;
const LOG_LONGEST = Math.log(LONGEST_SECONDS);
const LOG_SHORTEST = Math.log(1e-3);
