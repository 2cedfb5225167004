import type { LeakCase } from '../leak-case.ts';
import { removalClause } from '../words.ts';
import type { Rule } from './rule.ts';

/** Promises, or the `resolve` and `reject` of them, kept until an answer that does not come. */
export const pendingWaiters: Rule = {
  name: 'pending-waiters',

  matches: (leak) => leak.keepsWaiters || keepsPendingPromises(leak),

  explain: (leak) => ({
    confidence: leak.removals.length > 0 ? 0.9 : 0.8,
    why: `Whoever waits in \`${leak.held.holder.name}\` for an answer that never comes waits there for ever.`,
    shouldBeReleased: {
      words: `${removalClause(leak)}: an answer that fails or comes too late must remove its waiter too`,
      event: null,
      location: leak.removals[0]?.location ?? null,
    },
  }),
};

/** A promise that is settled waits for nothing: it is kept for its value, as in a cache. The newest may still be pending. */
function keepsPendingPromises({ growing: { detail } }: LeakCase): boolean {
  if (detail.elementType !== 'Promise') return false;
  const { promises } = detail;
  return promises === undefined || promises.pending > promises.count / 2;
}
