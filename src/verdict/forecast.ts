import type { Forecast } from '../core/verdict.ts';
import { secondsAtRate } from './fading.ts';
import { type GrowthFit, type Line, quantileBetween } from './growth-fit.ts';
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
  if (!(fit.bytesPerSecond > 0)) return null;
  const sinceLast = Math.max(0, watchedMs - lastMs) / 1000;
  const arrived = (seconds: number): number => chanceToHaveArrived(fit, limitBytes, seconds);
  if (arrived(LONGEST_SECONDS) < (1 + LEVEL) / 2) return null;
  const fromNow = (seconds: number): number => Math.max(0, seconds - sinceLast);
  // By ratios: far and near ends may lie orders of magnitude apart.
  const when = (reached: number, rising: (seconds: number) => number): number =>
    fromNow(
      Math.exp(
        quantileBetween(LOG_SHORTEST, LOG_LONGEST, reached, (logSeconds) => rising(Math.exp(logSeconds))),
      ),
    );
  return {
    limitBytes,
    secondsToLimit: when(limitBytes, (seconds) => meanLevel(fit, seconds)),
    interval: [when((1 - LEVEL) / 2, arrived), when((1 + LEVEL) / 2, arrived)],
    level: LEVEL,
  };
}

function meanLevel({ lines }: GrowthFit, seconds: number): number {
  return lines.reduce((sum, line) => sum + line.weight * levelOf(line, seconds), 0);
}

function levelOf({ lastBytes, bytesPerSecond, fading }: Line, seconds: number): number {
  return lastBytes + bytesPerSecond * secondsAtRate(seconds, fading);
}

/** The chance that memory lies above the limit after so many seconds, over all kinds of noise. */
function chanceToHaveArrived({ lines, degrees }: GrowthFit, limitBytes: number, seconds: number): number {
  let chance = 0;
  for (const line of lines) {
    const slopeVariance = line.standardError ** 2 + (UNEVEN * line.bytesPerSecond) ** 2;
    const growing = secondsAtRate(seconds, line.fading);
    const variance =
      line.lastVariance + slopeVariance * growing * growing + line.wanderingPerSecond * seconds;
    const missing = limitBytes - levelOf(line, seconds);
    chance += line.weight * (1 - studentCdf(missing / Math.sqrt(variance), degrees));
  }
  return chance;
}

// No rate is the same for ever, beside what fades: a deviation of so much of it is always allowed for.
const UNEVEN = 0.01;

// Ten years: beyond, no far end is worth naming.
const LONGEST_SECONDS = 315_360_000;
const LOG_LONGEST = Math.log(LONGEST_SECONDS);
const LOG_SHORTEST = Math.log(1e-3);
