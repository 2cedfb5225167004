import { calledName, type FunctionAt, isOutside, outerVariable, walkOwn } from '../source/function-at.ts';
import { bindingsOf, type Binding, findBinding } from '../source/scopes.ts';
import { type AnyNode, isFunction, isPropertyName, type NodePath, walk } from '../source/syntax.ts';
import { originalLocation } from '../source/original-location.ts';
import { originalName } from '../source/original-position.ts';
import { isOfThis } from '../source/lasting.ts';
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

/** `target` as the text names it: `active`, `this.current`. */
type Replacement = { readonly target: string; readonly node: AnyNode };

/** Where something with a closure of this function in it replaces what was there before: `active = …`, `byId.set(id, …)`. */
function replacementsIn(place: FunctionAt): Replacement[] {
  const found: Replacement[] = [];
  walkOwn(place, (node, path) => {
    const put = putIn(node);
    if (put === null) return;
    const outlives = isOfThis(put.into) || outerVariable(place, [...path, put.into]) !== undefined;
    if (!outlives || !makesClosure(place, put.value, [...path, put.value])) return;
    found.push({ target: put.words(place), node });
  });
  return found;
}

type Put = { readonly into: AnyNode; readonly value: AnyNode; words(place: FunctionAt): string };

function putIn(node: AnyNode): Put | null {
  if (node.type === 'AssignmentExpression' && node.operator === '=') {
    const left = node.left as AnyNode;
    return { into: left, value: node.right, words: (place) => textOf(place, left) };
  }
  if (node.type !== 'CallExpression' || calledName(node) !== 'set' || node.arguments.length !== 2)
    return null;
  if (node.callee.type !== 'MemberExpression') return null;
  const [key, value] = node.arguments as AnyNode[];
  const into = node.callee.object as AnyNode;
  return { into, value, words: (place) => `${textOf(place, into)}.get(${textOf(place, key)})` };
}

function makesClosure(place: FunctionAt, value: AnyNode, path: NodePath): boolean {
  if (value.type === 'Identifier') {
    const binding = findBinding(path, value.name);
    if (binding?.value == null || isOutside(place, binding)) return false;
    return binding.value.type !== 'Identifier' && makesClosure(place, binding.value, path);
  }
  let makes = false;
  walk(
    value,
    (node) => {
      if (isFunction(node)) makes = true;
    },
    (node) => !makes && !isFunction(node),
  );
  return makes;
}

/** The function's own variables that begin as the value that is replaced. */
function localsFrom(place: FunctionAt, target: string): Binding[] {
  const found: Binding[] = [];
  walkOwn(place, (node) => {
    for (const binding of bindingsOf(node).values()) {
      if (binding.value !== null && textOf(place, binding.value) === target) found.push(binding);
    }
  });
  return found;
}

function textOf({ script }: FunctionAt, node: AnyNode): string {
  return script.code.slice(node.start, node.end);
}

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
