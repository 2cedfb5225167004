import type { FunctionAt } from '../source/function-at.ts';
import { localsFrom, replacementsIn } from '../source/replacements.ts';
import { type Binding, findBinding } from '../source/scopes.ts';
import { isFunction, isPropertyName, type NodePath, walk } from '../source/syntax.ts';
import { originalLocation } from '../source/original-location.ts';
import { originalName } from '../source/original-position.ts';
import { nameAround } from '../source/function-name.ts';
import { placeOf } from '../source/script.ts';
import { siteAt } from '../unseen/unseen-holder.ts';
import type { UnseenCause, UnseenRule } from './unseen-rule.ts';

/**
 * A function replaces a long-lived value by one with closures in it, and a variable of the same function that some closure
 * uses still names the old value. All closures of a function share one context, so each value keeps the one before it.
 */
export const contextKeepsPredecessor: UnseenRule = {
  name: 'context-keeps-predecessor',

  causesIn(place, facts) {
    const found: UnseenCause[] = [];
    for (const { target, node } of replacementsIn(place)) {
      for (const local of localsFrom(place, target)) {
        const users = closuresUsing(place, local);
        if (users.length === 0) continue;
        const { script } = place;
        const name = originalName(script, local.identifier.start, local.name);
        const location = originalLocation(placeOf(script, local.identifier), facts.workingDirectory);
        const around = location.function ?? 'a function';
        const user = users.map((path) => nameAround(script, path)).find((words) => words !== around) ?? null;
        const value = `\`${target}\``;
        found.push({
          holder: {
            name,
            type: `closure variable (context of ${around})`,
            size: null,
            path: [target, `context of ${around}`, name],
            location,
          },
          addedAt: siteAt(place, node, facts),
          place,
          marks: [],
          sources: [],
          keepsAll: true,
          confidence: 0.85,
          why: `The closures of ${around} share one context, and ${
            user === null ? 'one of them' : `\`${user}\``
          } uses \`${name}\`: so each new value of ${value} keeps the one before it.`,
          shouldBeReleased: {
            words: `nothing lets go of the old ${value}: set \`${name}\` to null at the end of ${around}, or pass it to what uses it`,
            event: null,
            location: null,
          },
        });
      }
    }
    return Promise.resolve(found);
  },
};

/** Paths, from the program, of the closures that use a variable of the function. */
function closuresUsing(place: FunctionAt, local: Binding): NodePath[] {
  const users: NodePath[] = [];
  const above = place.path.slice(0, -1);
  walk(place.node, (node, path) => {
    if (node.type !== 'Identifier' || node.name !== local.name) return;
    const whole = [...above, ...path];
    const closure = whole.findLastIndex(isFunction);
    if (isPropertyName(node, path)) return;
    if (whole[closure] === place.node || findBinding(whole, node.name) !== local) return;
    users.push(whole.slice(0, closure + 1));
  });
  return users;
}
