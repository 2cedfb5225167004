import type { LeakCase } from './leak-case.ts';

/**
 * How long until a container meets its bound at the pace that was seen; `null` where the text tells no number of entries, and of
 * snapshots, between which nobody knows how long it was.
 */
export function secondsToBound({ bound, growing }: LeakCase): number | null {
  if (bound === null || bound.entries === null || growing.growthPerSecond <= 0) return null;
  if (growing.per === 'snapshot') return null;
  // Each of several containers has the bound for itself.
  const missing = bound.entries * Math.max(1, growing.detail.instances) - growing.detail.size;
  return Math.max(0, missing) / growing.growthPerSecond;
}

/**
 * Whether a bound is so far away that it bounds nothing. Who sees memory climb for an hour calls it a leak, and restarts the
 * server before the bound is met.
 */
export function isOutOfReach(leak: LeakCase): boolean {
  return (secondsToBound(leak) ?? 0) > AN_HOUR_S;
}

const AN_HOUR_S = 3600;

/** What an entry keeps by the growth of the whole process, if this container is all of it; `null` without a slope. */
export function bytesAnEntryIfAll({ slopeBytesPerSecond, growing }: LeakCase): number | null {
  if (slopeBytesPerSecond === null || slopeBytesPerSecond <= 0 || growing.growthPerSecond <= 0) return null;
  return slopeBytesPerSecond / growing.growthPerSecond;
}
