import type { Unsampled } from './allocation-windows.ts';

/** Why there is no profile of the allocations, for whoever asked for one. */
export function whyUnsampled({ refusal, predictedPauseMs }: Unsampled, maxPauseMs: number): string {
  if (refusal === 'contended') return 'another profiler samples the allocations of this process';
  if (refusal !== 'pause') return 'V8 did not give one';
  const predicted = predictedPauseMs === null ? '' : ` (about ${expectation(predictedPauseMs)})`;
  return `reading it takes a full collection, and none fitted --max-pause ${maxPauseMs} and the share of the time that collections may take${predicted}`;
}

/**
 * What a reader is told where V8's sampled allocations could not be had; `null` of what the watch itself ended, and of a pause where the
 * answer is complete without them.
 */
export function unsampledNote(
  unsampled: Unsampled | null,
  maxPauseMs: number,
  isExplained: boolean,
): string | null {
  if (unsampled === null) return null;
  const { refusal, predictedPauseMs } = unsampled;
  if (refusal === 'contended') return CONTENDED;
  if (refusal !== 'pause' || isExplained) return null;
  const predicted = predictedPauseMs === null ? '' : ` About ${expectation(predictedPauseMs)}.`;
  return `Where memory was allocated, and what grows where no walk can see it, is not told: reading what V8 samples takes a full collection, and none fitted --max-pause ${maxPauseMs} and the share of the time that collections may take.${predicted}`;
}

const CONTENDED =
  'Contended: another profiler samples the allocations of this process. leakline left it alone, so no finding says where its memory was allocated.';

/** Half of the pause is kept for a machine that is busy. */
function expectation(predictedPauseMs: number): string {
  return `${Math.ceil(predictedPauseMs)} ms were to be expected, twice that on a busy machine`;
}
