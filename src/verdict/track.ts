import type { MemorySpace } from '../core/verdict.ts';
import type { Patience } from './persistence.ts';

/** How one memory space is judged. */
export type Track = {
  readonly space: MemorySpace;
  /** The part of the promised false alarms that this space may use up. */
  readonly shareOfFalseAlarms: number;
  /** Growth that lasted shorter than this proves nothing in this space, however fast it is. */
  readonly shortestPatienceMs: number;
  readonly patience: Patience;
  /** Slopes below this are never called a leak in this space, in bytes per second. */
  readonly negligibleBytesPerSecond: number;
  /** The same for someone who waits, until this long was watched; after that it falls with time. */
  readonly negligibleAtFirst: { readonly bytesPerSecond: number; readonly forMs: number } | null;
  /** Each size is off by half of this at most. */
  readonly resolutionBytes: number;
};

// The ramp of a burst of clients lasts 2 to 4 s in practice; a leak must outlive it.
const shortestHeapPatienceMs = 5_500;

// RSS of a healthy server rises by 300 to 700 KB/s in its first half minute (arenas, page cache, code),
// and V8 gives pages back late, so the native share is judged by minutes, from its lowest values only.
const shortestNativePatienceMs = 300_000;
const negligibleNativeBytesPerSecond = 50_000;

/** The tracks in the order in which a leak is looked for. */
export function tracksOf(
  patience: Patience,
  limitBytes: number,
  resolutionBytes: number,
): { readonly heap: Track; readonly external: Track; readonly native: Track } {
  // Half of the limit within 30 days.
  const negligibleBytesPerSecond = limitBytes / 2 / (30 * 86_400);
  const heap = {
    space: 'heap',
    // Most leaks are here, and the fastest: the others give up some speed for it.
    shareOfFalseAlarms: 0.5,
    shortestPatienceMs: shortestHeapPatienceMs,
    patience,
    negligibleBytesPerSecond,
    negligibleAtFirst: null,
    resolutionBytes,
  } as const;
  return {
    heap,
    external: { ...heap, space: 'external', shareOfFalseAlarms: 0.3 },
    native: {
      ...heap,
      space: 'native',
      shareOfFalseAlarms: 0.2,
      shortestPatienceMs: shortestNativePatienceMs,
      // A standing watch has the time to tell slow growth from what RSS does by itself.
      negligibleAtFirst:
        patience === 'quick'
          ? { bytesPerSecond: negligibleNativeBytesPerSecond, forMs: shortestNativePatienceMs }
          : null,
    },
  };
}

/** Slopes below this are not called a leak after so long a watch. */
export function negligibleAfter(track: Track, watchedMs: number): number {
  const { negligibleBytesPerSecond, negligibleAtFirst } = track;
  if (negligibleAtFirst === null) return negligibleBytesPerSecond;
  const { bytesPerSecond, forMs } = negligibleAtFirst;
  return Math.max(negligibleBytesPerSecond, bytesPerSecond * Math.min(1, forMs / Math.max(1, watchedMs)));
}
