import type { SourceLocation } from './location.ts';

/** What was allocated between two moments and was alive at the second, by V8's samples, at places one can go to. */
export type SampledGrowth = {
  readonly fromMs: number;
  readonly untilMs: number;
  /** Mean bytes between two samples. */
  readonly samplingIntervalBytes: number;
  /** Of all stacks, also of those that are left out. */
  readonly liveBytes: number;
  /** Each once; stacks name them by index. `file` is empty for what V8 does by itself. */
  readonly frames: readonly SourceLocation[];
  /** Those of which most outlived the last fifth of that time first. */
  readonly stacks: readonly SampledStack[];
};

export type SampledStack = {
  readonly liveBytes: number;
  /** What of it is older than the last fifth of that time: the rest may only be in use. */
  readonly lastingBytes: number;
  /** What of it was allocated in each part of that time, oldest first; the parts are equal in how much was allocated in them. */
  readonly bytesByAge: readonly number[];
  /** Innermost first. */
  readonly frames: readonly number[];
};
