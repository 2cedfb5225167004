import type { AllocationProfile } from '../core/allocations.ts';
import { version } from '../report/version.ts';
import { allocationTree, stacksOf } from './allocation-tree.ts';
import type { ProfileFrame } from './profile-frame.ts';

/**
 * A profile of sampled allocations for https://www.speedscope.app, in its own format: a stack and a weight in bytes for
 * everything that lives. The weights are `profile.liveBytes`.
 */
export function toSpeedscope(profile: AllocationProfile): string {
  const frames: SpeedscopeFrame[] = [];
  const indexByKey = new Map<string, number>();
  const indexOf = (frame: ProfileFrame): number => {
    const key = JSON.stringify(frame);
    const known = indexByKey.get(key);
    if (known !== undefined) return known;
    const { function: name, url, line, column } = frame;
    indexByKey.set(key, frames.length);
    frames.push({
      name: name === '' ? '(anonymous)' : name,
      ...(url !== '' && { file: url }),
      ...(line !== null && { line: line + 1 }),
      ...(column !== null && { col: column + 1 }),
    });
    return frames.length - 1;
  };
  const samples: number[][] = [];
  const weights: number[] = [];
  for (const stack of stacksOf(allocationTree(profile))) {
    samples.push(stack.frames.map(indexOf));
    weights.push(stack.bytes);
  }
  const seconds = Math.round(profile.durationMs / 100) / 10;
  return JSON.stringify({
    $schema: 'https://www.speedscope.app/file-format-schema.json',
    exporter: `leakline@${version}`,
    name: `allocated in ${seconds} s and alive at their end`,
    activeProfileIndex: 0,
    shared: { frames },
    profiles: [
      {
        type: 'sampled',
        name: 'live bytes by allocation stack',
        unit: 'bytes',
        startValue: 0,
        endValue: weights.reduce((sum, weight) => sum + weight, 0),
        samples,
        weights,
      },
    ],
  });
}

type SpeedscopeFrame = {
  readonly name: string;
  readonly file?: string;
  /** From 1, as `col`. */
  readonly line?: number;
  readonly col?: number;
};
