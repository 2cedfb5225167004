import { formatDuration } from '../../core/duration.ts';
import { at, counted } from '../words.ts';
import type { Rule } from './rule.ts';

/**
 * A dictionary of the program's with so many keys that listing them again would stop it. Whether it grows is not known; that
 * the heap does, that a function adds to it and nothing bounds it, and that what was in it stays, is.
 */
export const tooLargeToCount: Rule = {
  name: 'too-large-to-count',

  matches: ({ held, added, bound }) =>
    held.holder.location !== null &&
    held.holder.location.package === null &&
    held.grows === null &&
    added !== null &&
    added.location.package === null &&
    bound === null,

  explain(leak) {
    const { held, growing, added, removals } = leak;
    const [removal] = removals;
    const name = `\`${held.holder.name}\``;
    const { size } = growing.detail;
    const adder = added?.words ?? added?.location.function ?? 'the code';
    const leaves =
      removal === undefined
        ? 'and nothing in the source takes any out'
        : `though \`${removal.words}\`${at(removal.location)} may take some out`;
    return {
      confidence: removal === undefined ? 0.5 : 0.3,
      why: `${name}${at(held.holder.location)} had ${counted(size, 'entry')} when it was listed. Listing it again would stop the program for some ${formatDuration(size * MS_A_KEY)}, so whether it grows is not known. What could be measured explains less than a third of the growth; the keys that were looked at are still there, ${adder}${at(added?.location ?? null)} adds to it, ${leaves}.`,
      shouldBeReleased: {
        words:
          removal === undefined
            ? `nothing deletes from ${name}`
            : `\`${removal.words}\`${at(removal.location)} is not reached for what stays`,
        event: null,
        location: removal?.location ?? null,
      },
    };
  },
};

/** 0.3 s a million, measured: to list them is one step. */
const MS_A_KEY = 0.0003;
