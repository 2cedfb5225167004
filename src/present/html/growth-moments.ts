import type { Report } from '../../report/schema.ts';
import type { BytesOfStack } from './flame-layout.ts';

/**
 * The moments between which a report tells what was allocated, oldest first: the ends of its window, and those that part it into
 * fifths. Empty where it tells of the window as a whole.
 */
export function growthMoments({ fromMs, untilMs, stacks }: Growth): number[] {
  const parts = Math.min(PARTS_AT_MOST, ...stacks.map(({ bytesByAge }) => bytesByAge.length));
  if (!(parts > 1)) return [];
  return Array.from({ length: parts + 1 }, (_, part) => fromMs + ((untilMs - fromMs) * part) / parts);
}

/** What of a stack was allocated between two of the moments, which are told by their indices, and stayed. */
export function bytesBetween(from: number, until: number): BytesOfStack {
  return ({ bytesByAge }) => bytesByAge.slice(from, until).reduce((sum, bytes) => sum + bytes, 0);
}

/** `14.2`: the moments of a window are often less than a second apart. */
export function momentWords(momentMs: number | undefined): string {
  return ((momentMs ?? 0) / 1000).toFixed(1);
}

export const PARTS_AT_MOST = 5;

type Growth = NonNullable<Report['sampledGrowth']>;
