import type { Rule } from './rule.ts';

/** An array of the module that is only ever appended to: a log, a history, a queue nobody empties. */
export const moduleLevelLog: Rule = {
  name: 'module-level-log',

  matches: ({ growing, held, removals }) =>
    growing.detail.type === 'Array' &&
    held.grows === null &&
    held.declared !== null &&
    held.declared.moduleLevel &&
    removals.length === 0,

  explain: ({ held }) => ({
    confidence: 0.93,
    why: `\`${held.holder.name}\` lives as long as the process and is only ever appended to.`,
    shouldBeReleased: {
      words: `nothing bounds \`${held.holder.name}\`: old entries are never dropped`,
      event: null,
      location: null,
    },
  }),
};
