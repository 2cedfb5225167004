import { removalClause } from '../words.ts';
import type { Rule } from './rule.ts';

/** What is left when no rule knows more: a collection that gains more than it loses. */
export const unboundedCollection: Rule = {
  name: 'unbounded-collection',

  matches: () => true,

  explain: (leak) => ({
    confidence: leak.removalsSeen ? 0.7 : 0.88,
    why: `\`${leak.held.holder.name}\` gains more than it loses.`,
    shouldBeReleased: {
      words: removalClause(leak),
      event: null,
      location: leak.removals[0]?.location ?? null,
    },
  }),
};
