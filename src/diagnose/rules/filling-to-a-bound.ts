import { formatDuration } from '../../core/duration.ts';
import { isOutOfReach, secondsToBound } from '../bound-reach.ts';
import { at } from '../words.ts';
import type { Rule } from './rule.ts';

/** A container with a bound of its own that is not reached yet: most likely no leak, so hardly believed. */
export const fillingToABound: Rule = {
  name: 'filling-to-a-bound',

  matches: (leak) => leak.bound !== null && !isOutOfReach(leak),

  explain(leak) {
    const { held, bound } = leak;
    const seconds = secondsToBound(leak);
    const when = seconds === null ? '' : `, in ${formatDuration(seconds * 1000)} at this pace`;
    return {
      confidence: 0.3,
      why: `\`${bound?.words ?? ''}\`${at(bound?.location ?? null)} bounds \`${held.grows?.name ?? held.holder.name}\` by its size, so it fills up and then stops${when}.`,
      shouldBeReleased: {
        words: `nothing, unless the bound is too large for what each entry keeps`,
        event: null,
        location: bound?.location ?? null,
      },
    };
  },
};
