import { at } from '../words.ts';
import type { Rule } from './rule.ts';

/** Kept by key to be found again; but the keys never end. */
export const unboundedCache: Rule = {
  name: 'unbounded-cache',

  matches: ({ growing, readBack, removals }) =>
    growing.detail.type === 'Object' || (growing.detail.type === 'Map' && readBack && removals.length === 0),

  explain(leak) {
    const { held, removals, readBack } = leak;
    const [removal] = removals;
    return {
      confidence: readBack ? 0.92 : 0.85,
      why: `\`${held.holder.name}\` keeps an entry for every key it ever sees, and new keys keep coming.`,
      shouldBeReleased: {
        words:
          removal === undefined
            ? `nothing bounds \`${held.holder.name}\`: no entry ever leaves, and the keys do not repeat`
            : `\`${removal.words}\`${at(removal.location)} does not keep up with the new keys`,
        event: null,
        location: removal?.location ?? null,
      },
    };
  },
};
