import { at, removalClause } from '../words.ts';
import type { LeakCase } from '../leak-case.ts';
import type { Rule } from './rule.ts';

/** The store of an AsyncLocalStorage that something endless has inherited: a loop or timer begun inside a request. */
export const asyncContextKept: Rule = {
  name: 'async-context-kept',

  matches: (leak) => storeAt(leak) >= 0,

  explain(leak) {
    const { growing, held } = leak;
    // A store is reached through its AsyncLocalStorage; what inherited it was found beside.
    const armed = leak.timers.find(({ inFunction }) => inFunction);
    const timer = growing.detail.steps.find((step) => step.kind === 'timer') ?? armed;
    const keeper =
      timer === undefined ? 'what was begun in that context' : timer.repeat ? 'an interval' : 'a timer';
    const set = leak.timerOnPath ?? armed?.location ?? null;
    return {
      confidence: 0.85,
      why: `\`${held.grows?.name ?? held.holder.name}\` is in the store of an AsyncLocalStorage, and ${keeper}${at(set)} that was begun in its context keeps it for as long as it goes on.`,
      shouldBeReleased: {
        words: `nothing leaves the context before what outlives it is begun${at(set)}: begin it outside, or inside \`storage.exit(…)\`; and ${removalClause(leak)}`,
        event: null,
        location: set,
      },
    };
  },
};

/**
 * The census's step from an AsyncLocalStorage to what it would answer. Where nobody holds that: Node 20 and 22 keep the store on
 * each resource under a symbol, Node 24 and later a frame of all stores.
 */
const STORE = /^getStore\(\)$|kResourceStore|async_?context_?frame/i;

function storeAt({ growing: { detail } }: LeakCase): number {
  return detail.steps.findIndex((step) => step.kind === 'property' && STORE.test(step.name));
}
