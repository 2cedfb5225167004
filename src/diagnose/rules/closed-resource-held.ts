import { closeClause, closingEvent, removalClause } from '../words.ts';
import type { Rule } from './rule.ts';

/** Connections, streams and the like that are over, and still in a collection. */
export const closedResourceHeld: Rule = {
  name: 'closed-resource-held',

  // A few closed ones among many open are on their way out.
  matches: ({ zombies }) => zombies !== null && zombies.count / Math.max(1, zombies.of) >= 0.2,

  explain(leak) {
    const { zombies, held } = leak;
    const share = zombies === null ? 0 : zombies.count / Math.max(1, zombies.of);
    const close = closeClause(leak);
    return {
      confidence: 0.8 + 0.15 * share,
      // How many there are and in which state stands before it.
      why: `What is over stays in \`${held.holder.name}\`, with all that hangs on it.`,
      shouldBeReleased: {
        words: close === null ? removalClause(leak) : `${removalClause(leak)}: ${close}`,
        event: zombies === null ? null : closingEvent(zombies),
        location: zombies?.closeListenersAt[0] ?? null,
      },
    };
  },
};
