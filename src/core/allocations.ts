import type { ScriptLocation } from './location.ts';

/** What was allocated in a window and was still alive at its end, as V8's sampling heap profiler estimates it. */
export type AllocationProfile = {
  readonly durationMs: number;
  /** Mean bytes between two samples: what is smaller than some of them is seen by luck. */
  readonly samplingIntervalBytes: number;
  /** Of all stacks, those left out and leakline's own among them. */
  readonly liveBytes: number;
  /** Heaviest first; those of leakline itself are left out. */
  readonly stacks: readonly AllocationStack[];
};

export type AllocationStack = {
  readonly liveBytes: number;
  /** Innermost first. V8 tells where each function begins, not which of its lines allocated. */
  readonly frames: readonly ScriptLocation[];
};

/** A profile, or why there is none. */
export type AllocationWindow =
  | { readonly profile: AllocationProfile; readonly refusal: null }
  | { readonly profile: null; readonly refusal: AllocationRefusal };

/**
 * `contended`: somebody else samples this isolate, and V8 has one sampler. `pause`: reading a profile makes V8
 * collect all garbage, which would have stood still for too long. `unavailable`: V8 said no, or the watch was over.
 */
export type AllocationRefusal = 'contended' | 'pause' | 'unavailable';
