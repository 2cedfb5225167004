import type { Point } from './track.ts';
import { withoutWarmUp } from './warm-up.ts';

const least = 48_000;

/**
 * Whether the last four to eight floors all rise, by more than warming up explains and evenly enough not to be
 * one step. A hint to look closer, not evidence: it has no error rate.
 */
export function isSuspicious(points: readonly Point[]): boolean {
  const latest = withoutWarmUp(points.slice(-8));
  for (let count = 4; count <= latest.length; count += 1) {
    const stretch = latest.slice(-count);
    const steps = stretch.slice(1).map((point, i) => point.bytes - (stretch[i]?.bytes ?? point.bytes));
    const rise = steps.reduce((sum, step) => sum + step, 0);
    const largest = Math.max(...steps);
    if (steps.every((step) => step > 0) && rise > least && largest < 0.7 * rise) return true;
  }
  return false;
}
