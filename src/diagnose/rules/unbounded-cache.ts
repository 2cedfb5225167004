import type { LeakCase } from '../leak-case.ts';
import { at } from '../words.ts';
import type { Rule } from './rule.ts';

/** Kept by key to be found again; but the keys never end. */
export const unboundedCache: Rule = {
  name: 'unbounded-cache',

  matches: (leak) =>
    leak.held.growsIn !== 'itself' &&
    (leak.growing.detail.type === 'Object' ||
      (leak.growing.detail.type === 'Map' && leak.readBack && !removes(leak))),

  explain(leak) {
    const { held, removals, readBack, cacheKey } = leak;
    const [removal] = removals;
    const name = held.holder.name;
    const key =
      cacheKey === null
        ? ''
        : ` The key is \`${cacheKey.words}\`${at(cacheKey.location)}${neverRepeats(cacheKey.fresh)}.`;
    return {
      confidence: readBack ? 0.92 : 0.85,
      why: `\`${name}\` keeps an entry for every key it ever sees, and new keys keep coming.${key}`,
      shouldBeReleased: {
        words:
          removal === undefined
            ? `nothing bounds \`${name}\`: no entry ever leaves, and the keys do not repeat`
            : leak.removalsSeen === 0
              ? `\`${removal.words}\`${at(removal.location)} was never reached while keys were added, and nothing else bounds \`${name}\``
              : `\`${removal.words}\`${at(removal.location)} does not keep up with the new keys`,
        event: null,
        location: removal?.location ?? null,
      },
    };
  },
};

/** A cache may drop what failed: as long as nobody was seen to do so, that is no bound. */
function removes({ removals, removalsSeen }: LeakCase): boolean {
  return removals.length > 0 && removalsSeen !== 0;
}

function neverRepeats(fresh: string | null): string {
  return fresh === null ? '' : `, and \`${fresh}\` in it is another one each time`;
}
