import type { AllocationProfile, AllocationStack } from '../core/allocations.ts';
import type { SourceLocation } from '../core/location.ts';
import type { SampledGrowth, SampledStack } from '../core/sampled-growth.ts';
import { originalFrames } from './source/original-location.ts';
import type { Scripts } from './source/script.ts';

/**
 * The heaviest stacks of a profile at the places the developer wrote, as many as a picture can show. `untilMs` is when the
 * window ended, since the watch began.
 */
export async function sampledGrowth(
  profile: AllocationProfile,
  untilMs: number,
  scripts: Scripts,
  workingDirectory: string,
): Promise<SampledGrowth> {
  const frames: SourceLocation[] = [];
  const indexByPlace = new Map<string, number>();
  const stacks: SampledStack[] = [];
  const heaviest = [...profile.stacks].sort((a, b) => lastingBytes(b) - lastingBytes(a));
  for (const stack of heaviest.slice(0, STACKS_AT_MOST)) {
    // The outermost are dropped: what allocates is inside.
    const located = await originalFrames(stack.frames.slice(0, FRAMES_AT_MOST), scripts, workingDirectory);
    const indices = located.map((location) => {
      const place = JSON.stringify([location.file, location.line, location.column, location.function]);
      const known = indexByPlace.get(place);
      if (known !== undefined) return known;
      indexByPlace.set(place, frames.length);
      return frames.push(location) - 1;
    });
    stacks.push({
      liveBytes: stack.liveBytes,
      lastingBytes: lastingBytes(stack),
      bytesByAge: stack.byAge.map(({ bytes }) => bytes),
      frames: indices,
    });
  }
  const { durationMs, samplingIntervalBytes, liveBytes } = profile;
  return { fromMs: untilMs - durationMs, untilMs, samplingIntervalBytes, liveBytes, frames, stacks };
}

const STACKS_AT_MOST = 60;
const FRAMES_AT_MOST = 24;

/** V8 scales both sums by chance of being sampled, each by itself; a part is told as no more than the whole. */
function lastingBytes({ byAge, liveBytes }: AllocationStack): number {
  return Math.min(
    liveBytes,
    byAge.slice(0, -1).reduce((sum, { bytes }) => sum + bytes, 0),
  );
}
