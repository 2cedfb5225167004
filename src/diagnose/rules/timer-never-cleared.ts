import type { ArmedTimer, LeakCase } from '../leak-case.ts';
import { at, closeClause, closingEvent, counted, listed, removalClause, timerClause } from '../words.ts';
import type { Rule } from './rule.ts';

/** A timer per connection or request that nothing clears: it keeps its closure, and what that adds to. */
export const timerNeverCleared: Rule = {
  name: 'timer-never-cleared',

  matches: (leak) => leak.growing.detail.type === 'timers' || keepers(leak).length > 0,

  explain(leak) {
    const { zombies, held, growing } = leak;
    const isTimer = growing.detail.type === 'timers';
    const timer = keepers(leak)[0] ?? leak.timers[0];
    const noun = (timer?.repeat ?? true) ? 'interval' : 'timer';
    const clauses = [timerClause(leak) ?? `nothing clears that ${noun}`];
    if (!isTimer && held.timer === null) clauses.push(removalClause(leak));
    const close = closeClause(leak);
    const setBy = timer?.setBy == null ? '' : ` in ${timer.setBy}`;
    const count = timer?.count ?? growing.detail.size;
    return {
      confidence: zombies !== null ? 0.97 : isTimer ? 0.9 : 0.85,
      why: `${counted(count, noun)} set${setBy}${at(timer?.location ?? held.holder.location)} ${
        count === 1 ? 'is' : 'are'
      } still armed, and what their callback uses can't be collected.`,
      shouldBeReleased: {
        words: close === null ? listed(clauses) : `${listed(clauses)}: ${close}`,
        event: zombies === null ? null : closingEvent(zombies),
        location: zombies?.closeListenersAt[0] ?? null,
      },
    };
  },
};

/**
 * The timers that keep the elements. A single one beside many elements is the sweeper that is to clean them up, or
 * some other work of the program on its own collection.
 */
function keepers(leak: LeakCase): ArmedTimer[] {
  const closed = leak.zombies?.count ?? 0;
  return leak.timers.filter(
    (timer) =>
      timer.repeat && (timer.count >= 2 || (timer.inFunction && closed > 0 && closed <= timer.count)),
  );
}
