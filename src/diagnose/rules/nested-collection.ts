import { at, listed, removalClause } from '../words.ts';
import type { Rule } from './rule.ts';

/** A container inside each element of another one: neither has a bound. */
export const nestedCollection: Rule = {
  name: 'nested-collection',

  matches: ({ held }) => held.growsIn === 'elements',

  explain(leak) {
    const { held } = leak;
    const inner = held.grows?.name ?? '?';
    return {
      confidence: 0.85,
      why: `Each element of \`${held.holder.name}\` has ${held.grows?.type ?? 'a container'} \`${inner}\`${at(
        held.grows?.location ?? null,
      )} that only grows.`,
      shouldBeReleased: {
        words: listed([`nothing bounds \`${inner}\``, removalClause(leak)]),
        event: null,
        location: leak.removals[0]?.location ?? null,
      },
    };
  },
};
