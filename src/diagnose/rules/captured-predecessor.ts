import type { Rule } from './rule.ts';

/**
 * A chain whose links are captured variables: functions of each value share a context with what still names the value before. What
 * `context-keeps-predecessor` reads off the text, a walk or a snapshot shows.
 */
export const capturedPredecessor: Rule = {
  name: 'context-keeps-predecessor',

  matches: ({ growing: { detail } }) => detail.linkIsCaptured === true,

  explain({ growing: { detail }, held: { holder } }) {
    const link = `\`${detail.link ?? '?'}\``;
    // A snapshot leads to the newest value, a walk to the variable by which that keeps the others.
    const values = holder.name === detail.link ? 'Each new value' : `Each new value of \`${holder.name}\``;
    return {
      confidence: 0.85,
      why: `${values} has a function whose context has ${link} in it, the value before: so the newest keeps them all.`,
      shouldBeReleased: {
        words: `nothing lets go of the value before: set ${link} to null when it has served, or keep it out of what those functions capture`,
        event: null,
        location: null,
      },
    };
  },
};
