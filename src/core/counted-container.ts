import type { SourceLocation } from './location.ts';

/** A container of the program, or of one of its packages, and how many entries the walks found in it. */
export type CountedContainer = {
  readonly name: string;
  readonly type: string;
  readonly location: SourceLocation | null;
  /** How many containers share its place, as a history in each session; `counts` are of all together. */
  readonly instances: number;
  /** From the first count to the last; `null` where it was counted once. */
  readonly growthPerSecond: number | null;
  /** Oldest first. */
  readonly counts: readonly EntryCount[];
};

export type EntryCount = { readonly timeMs: number; readonly size: number };
