import type { Point } from './point.ts';
import { withoutWarmUp } from './warm-up.ts';

const leastBytes = 48_000;
const latestCount = 8;
const noiseCount = 30;

/**
 * Whether the last four to eight floors all rise, by more than warming up and noise explain, and evenly enough
 * not to be one step. A hint to look closer, not evidence: it has no error rate. Of noise alone it says so in
 * fewer than 1 of 1,000 floors (test/verdict).
 */
export function isSuspicious(points: readonly Point[]): boolean {
  const recent = points.slice(-noiseCount).map(withoutWarmUp);
  // Two floors of the same level differ by more than six deviations once in 50,000 times.
  const least = Math.max(leastBytes, 6 * noiseBytes(recent));
  const latest = recent.slice(-latestCount);
  for (let count = 4; count <= latest.length; count += 1) {
    const stretch = latest.slice(-count);
    const steps = stretch.slice(1).map((point, i) => point.bytes - (stretch[i]?.bytes ?? point.bytes));
    const rise = steps.reduce((sum, step) => sum + step, 0);
    const largest = Math.max(...steps);
    if (steps.every((step) => step > 0) && rise > least && largest < 0.7 * rise) return true;
  }
  return false;
}

/** How far floors usually lie from the line between their neighbours, as the deviation of one floor's noise. */
function noiseBytes(points: readonly Point[]): number {
  const misses: number[] = [];
  for (const [i, point] of points.entries()) {
    const before = points[i - 1];
    const after = points[i + 1];
    if (before === undefined || after === undefined) continue;
    const share = (point.timeMs - before.timeMs) / (after.timeMs - before.timeMs);
    misses.push(Math.abs(point.bytes - before.bytes - share * (after.bytes - before.bytes)));
  }
  // The median of normal errors is 0.674 deviations, and three floors err together: √1.5.
  return (misses.sort((a, b) => a - b)[Math.floor(misses.length / 2)] ?? 0) / 0.674 / Math.sqrt(1.5);
}
