import type { Patience } from '../verdict/persistence.ts';
import type { WatchRequest } from './watch.ts';

/**
 * Whether somebody waits for the answer. Who asked for the end of a watch of an hour or more is not at the screen: a fill
 * that is called and taken back would be an alarm at night. A watch without an end is looked at, as the lab's are, unless its
 * request says otherwise.
 */
export function patienceOf({
  until,
  forMs,
  patience,
}: Pick<WatchRequest, 'until' | 'forMs' | 'patience'>): Patience {
  if (patience !== undefined) return patience;
  return until === 'end' && forMs !== null && forMs >= STANDING_FROM_MS ? 'standing' : 'quick';
}

const STANDING_FROM_MS = 3_600_000;
