import { at } from '../words.ts';
import type { Rule } from './rule.ts';

/** Listeners put on a long-lived emitter once a request or connection, and never taken off. */
export const listenerPileUp: Rule = {
  name: 'listener-pile-up',

  matches: (leak) =>
    leak.growing.detail.type === 'listeners' || (leak.held.event !== null && leak.held.grows !== null),

  explain(leak) {
    const { held, removals, added } = leak;
    const event = held.event ?? '…';
    const step = leak.growing.detail.steps.findLast(({ kind }) => kind === 'listeners');
    const isTarget = step?.kind === 'listeners' && step.ofTarget === true;
    // Of a target it may be the signal of what is named.
    const method = isTarget ? 'removeEventListener' : 'off';
    const removal = removals.find(({ words }) => /\.(?:off|remove\w*)$/.test(words));
    return {
      confidence: added === null ? 0.8 : 0.95,
      why: `Every listener for '${event}' on \`${held.holder.name}\` stays, with all that its function uses.`,
      shouldBeReleased: {
        words:
          removal === undefined
            ? `nothing takes the listener off again: no \`${isTarget ? '' : `${held.holder.name}.`}${method}('${event}', …)\``
            : `\`${removal.words}\`${at(removal.location)} is not reached for all of them`,
        event: null,
        location: removal?.location ?? null,
      },
    };
  },
};
