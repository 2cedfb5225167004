import type { Sample } from '../core/series.ts';

/**
 * Whether used heap rose over each of the last four seconds, by a fifth of what is used and 24 MB at least. Garbage
 * does that too, between two collections: it is a reason to look closer while floors are rare, and no evidence.
 */
export function isFilling(samples: readonly Sample[]): boolean {
  const latest = samples.slice(-5);
  const first = latest[0];
  const last = latest.at(-1);
  if (first === undefined || last === undefined || latest.length < 5) return false;
  const rise = last.heapUsed - first.heapUsed;
  const rising = latest.every(({ heapUsed }, index) => heapUsed >= (latest[index - 1]?.heapUsed ?? 0));
  return rising && rise >= LEAST_BYTES && rise >= last.heapUsed / 5;
}

const LEAST_BYTES = 24_000_000;
