import { closeClause, closingEvent, counted, removalClause } from '../words.ts';
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
      why: `\`${held.holder.name}\` still holds ${counted(
        zombies?.count ?? 0,
        zombies?.type ?? 'resource',
      )} in the state ${zombies?.state ?? '?'}.`,
      shouldBeReleased: {
        words: close === null ? removalClause(leak) : `${removalClause(leak)}: ${close}`,
        event: zombies === null ? null : closingEvent(zombies),
        location: zombies?.closeListenersAt[0] ?? null,
      },
    };
  },
};
