import { formatBytes } from '../../core/bytes.ts';
import { formatDuration } from '../../core/duration.ts';
import { bytesAnEntryIfAll, isOutOfReach, secondsToBound } from '../bound-reach.ts';
import type { LeakCase } from '../leak-case.ts';
import { at } from '../words.ts';
import type { Rule } from './rule.ts';

/** A bound that counts entries and was chosen for small ones, or for a slower day: growth meets the memory's end first, or nearly. */
export const boundOutOfReach: Rule = {
  name: 'bound-out-of-reach',

  matches: isOutOfReach,

  explain(leak) {
    const { held, bound } = leak;
    const name = held.grows?.name ?? held.holder.name;
    const entries = (bound?.entries ?? 0).toLocaleString('en-US');
    const seconds = secondsToBound(leak) ?? 0;
    return {
      confidence: 0.85,
      why: `\`${bound?.words ?? ''}\`${at(bound?.location ?? null)} bounds \`${name}\` at ${entries} entries, which it meets in ${formatDuration(
        seconds * 1000,
      )} at this pace; until then it only grows.${sizeThen(leak)}`,
      shouldBeReleased: {
        words: `a bound for \`${name}\` that fits what an entry keeps: ${entries} of them are too many`,
        event: null,
        location: bound?.location ?? null,
      },
    };
  },
};

/** By the growth of the process, which sees what an entry keeps even where no look into it can. */
function sizeThen(leak: LeakCase): string {
  const bytes = bytesAnEntryIfAll(leak);
  const entries = leak.bound?.entries ?? null;
  if (bytes === null || entries === null) return '';
  const seen = leak.growing.detail.elementBytes;
  const hidden =
    seen !== null && seen * MUCH_MORE >= bytes
      ? ''
      : ' That may be far more than an entry looks like: a short piece of a long text or buffer keeps all of it.';
  return ` If it is all of the growth, each entry keeps ${formatBytes(bytes)}, and ${entries.toLocaleString('en-US')} of them ${formatBytes(
    bytes * entries,
  )}.${hidden}`;
}

const MUCH_MORE = 10;
