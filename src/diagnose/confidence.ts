import { type DiagnoseContext, explainedBytesPerSecond, keepsMoreThanSeen } from './growing-container.ts';
import type { LeakCase } from './leak-case.ts';

/**
 * How sure the line is: what the rule says of the facts, weighed by how well the source was read and by whether the
 * container accounts for the growth. Sizes of elements are estimates from a few of them, so a share within a factor
 * of three is taken as agreement.
 */
export function confidenceOf(ruleConfidence: number, leak: LeakCase, context: DiagnoseContext): number {
  let confidence = ruleConfidence;
  // Without a line there is nothing to be sure of; with the line that adds alone, there is half.
  if (leak.held.holder.location === null) confidence *= leak.added === null ? 0.2 : 0.6;
  if (leak.held.declared?.guessed) confidence *= 0.7;
  if (leak.added === null) confidence *= 0.85;
  const explained = explainedBytesPerSecond(leak.growing);
  const { slopeBytesPerSecond } = context;
  if (explained === null || slopeBytesPerSecond === null || slopeBytesPerSecond <= 0)
    return round(confidence * 0.95);
  const share = explained / slopeBytesPerSecond;
  // What is known to be a part tells little of the whole.
  if (share < 1 / 3 && keepsMoreThanSeen(leak.growing)) return round(confidence * 0.8);
  if (share < 0.05) return round(confidence * 0.4);
  if (share < 1 / 3) return round(confidence * 0.7);
  return round(share > 3 ? confidence * 0.9 : confidence);
}

function round(confidence: number): number {
  return Math.round(confidence * 100) / 100;
}
