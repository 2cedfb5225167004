import type { ScriptLocation } from './location.ts';

/** What was allocated in a window and was still alive at its end, as V8's sampling heap profiler estimates it. */
export type AllocationProfile = {
  readonly durationMs: number;
  /** Mean bytes between two samples: what is smaller than some of them is seen by luck. */
  readonly samplingIntervalBytes: number;
  /** Of all stacks, those left out and leakline's own among them. */
  readonly liveBytes: number;
  /** Those of which most is not young first; those of leakline itself are left out. */
  readonly stacks: readonly AllocationStack[];
};

export type AllocationStack = {
  readonly liveBytes: number;
  /**
   * What of `liveBytes` was allocated in each part of the window, oldest first: the parts are equal in how much the isolate
   * allocated in them, which in a server under even traffic is equal in time. Of what a leak allocates, each part has the
   * same; of what is in use for a moment only the last one has any, and of what is made once a single one.
   */
  readonly byAge: readonly AgeShare[];
  /** Innermost first. V8 tells where each function begins, not which of its lines allocated. */
  readonly frames: readonly ScriptLocation[];
};

export type AgeShare = { readonly bytes: number; readonly samples: number };

/** A profile, or why there is none. */
export type AllocationWindow =
  | { readonly profile: AllocationProfile; readonly refusal: null }
  | {
      readonly profile: null;
      readonly refusal: AllocationRefusal;
      /** How long reading it was expected to stand still; `null` unless that is the reason. */
      readonly predictedPauseMs: number | null;
    };

/**
 * `contended`: somebody else samples this isolate, and V8 has one sampler. `pause`: reading a profile makes V8
 * collect all garbage, which would have stood still for too long. `unavailable`: V8 said no, or the watch was over.
 */
export type AllocationRefusal = 'contended' | 'pause' | 'unavailable';
