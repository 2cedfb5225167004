import { formatBytes } from '../../core/bytes.ts';
import { at, removalClause } from '../words.ts';
import type { Rule } from './rule.ts';

/** Functions that are kept, and with them what only another function of their scope uses. */
export const closureContext: Rule = {
  name: 'closure-context',

  matches: ({ unusedCapture }) => unusedCapture !== null,

  explain(leak) {
    const { held, unusedCapture } = leak;
    const name = unusedCapture?.name ?? '?';
    const location = unusedCapture?.location ?? null;
    const user = unusedCapture?.usedBy ?? null;
    return {
      confidence: 0.85,
      why: `Each function in \`${held.grows?.name ?? held.holder.name}\` keeps \`${name}\`${at(location)}, ${formatBytes(
        unusedCapture?.bytes ?? 0,
      )}, without using it: ${user === null ? 'another function' : user} of the same scope does, and all functions of a scope share one context.`,
      shouldBeReleased: {
        words: `nothing sets \`${name}\`${at(location)} to \`null\` when it has served, or keeps it out of that scope; and ${removalClause(leak)}`,
        event: null,
        location,
      },
    };
  },
};
