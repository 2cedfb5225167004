import { listed, removalClause } from '../words.ts';
import type { Rule } from './rule.ts';

/** A static member of a class that every instance is entered into: it lives as long as the class, which is for ever. */
export const staticRegistry: Rule = {
  name: 'static-registry',

  matches: ({ held }) =>
    held.growsIn === null &&
    held.declared !== null &&
    held.declared.kind === 'property' &&
    held.declared.isStatic,

  explain(leak) {
    const name = leak.held.holder.name;
    return {
      confidence: leak.removalsSeen ? 0.75 : 0.92,
      why: `\`${name}\` belongs to the class itself, not to an instance, so what is entered there lives as long as the process.`,
      shouldBeReleased: {
        words: listed([removalClause(leak), `whoever enters something must also be the one to take it out`]),
        event: null,
        location: leak.removals[0]?.location ?? null,
      },
    };
  },
};
