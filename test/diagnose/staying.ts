import type { AllocationProfile, AllocationStack } from '../../src/core/allocations.ts';
import type { ScriptLocation } from '../../src/core/location.ts';

const SECONDS = 10;
const AGES = 5;

/** A window of ten seconds, as long as it takes to tell what stays. */
export function windowOf(...stacks: readonly AllocationStack[]): AllocationProfile {
  const liveBytes = stacks.reduce((sum, stack) => sum + stack.liveBytes, 0);
  return { durationMs: SECONDS * 1000, samplingIntervalBytes: 1024, liveBytes, stacks };
}

/** A stack of which as much stays from each part of the window. */
export function staying(bytesPerSecond: number, ...frames: readonly ScriptLocation[]): AllocationStack {
  return aged(
    frames,
    Array.from({ length: AGES }, () => (bytesPerSecond * SECONDS) / AGES),
  );
}

/** A stack by what lives of each part, oldest first; a sample a kilobyte. */
export function aged(frames: readonly ScriptLocation[], bytesByAge: readonly number[]): AllocationStack {
  return {
    liveBytes: bytesByAge.reduce((sum, bytes) => sum + bytes, 0),
    byAge: bytesByAge.map((bytes) => ({ bytes, samples: Math.round(bytes / 1024) })),
    frames,
  };
}

/** A function of V8's own. */
export const builtin = (name: string): ScriptLocation => ({ url: '', line: -1, column: -1, function: name });
