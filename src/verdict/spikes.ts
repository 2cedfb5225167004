import type { Point } from './point.ts';

const timesUsualStep = 10;

/**
 * The points without those that their next neighbour shows to have been garbage: higher than both neighbours by
 * more than ten times the usual step. Live memory cannot lie lower than what is live, so only upward spikes are
 * errors. The last point has no witness yet and stays. Noise without spikes loses nothing (a normal error would
 * have to exceed its like by ten), so the promise on false alarms is not touched.
 */
export function withoutSpikes(points: readonly Point[]): readonly Point[] {
  const steps = points.slice(1).map((point, i) => Math.abs(point.bytes - (points[i]?.bytes ?? 0)));
  const usual = steps.sort((a, b) => a - b)[Math.floor(steps.length / 2)] ?? 0;
  // A perfectly flat series would make a spike of every byte.
  const least = Math.max(timesUsualStep * usual, 100_000);
  return points.filter((point, i) => {
    const before = points[i - 1];
    const after = points[i + 1];
    if (before === undefined || after === undefined) return true;
    return Math.min(point.bytes - before.bytes, point.bytes - after.bytes) <= least;
  });
}
