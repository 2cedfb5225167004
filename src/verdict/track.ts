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
  /** Known from elsewhere: nothing that is in sight ends the growth, as the bound of a cache would. */
  readonly endless: boolean;
  /** Slopes below this are never called a leak in this space, in bytes per second. */
  readonly negligibleBytesPerSecond: number;
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
): {
  readonly heap: Track;
  readonly external: Track;
  /** Fast growth for someone who waits, and growth of any rate that has used up a good part of the headroom. */
  readonly native: readonly Track[];
} {
  // Half of the limit within 30 days.
  const negligibleBytesPerSecond = limitBytes / 2 / (30 * 86_400);
  const heap = {
    space: 'heap',
    // Most leaks are here, and the fastest: the others give up some speed for it.
    shareOfFalseAlarms: 0.5,
    shortestPatienceMs: shortestHeapPatienceMs,
    patience,
    endless: false,
    negligibleBytesPerSecond,
    resolutionBytes,
  } as const;
  const native = {
    ...heap,
    space: 'native',
    shareOfFalseAlarms: patience === 'quick' ? 0.1 : 0.2,
    shortestPatienceMs: shortestNativePatienceMs,
    patience: 'standing',
  } as const;
  const fastNative = {
    ...native,
    patience: 'quick',
    negligibleBytesPerSecond: negligibleNativeBytesPerSecond,
  } as const;
  return {
    heap,
    external: { ...heap, space: 'external', shareOfFalseAlarms: 0.3 },
    native: patience === 'quick' ? [fastNative, native] : [native],
  };
}
