import { calledName, type FunctionAt, walkOwn } from '../source/function-at.ts';
import { originalLocation } from '../source/original-location.ts';
import { originalName } from '../source/original-position.ts';
import { placeOf } from '../source/script.ts';
import { type Binding, findBinding } from '../source/scopes.ts';
import { type AnyNode, isFunction, type NodePath } from '../source/syntax.ts';
import { siteAt } from '../unseen/unseen-holder.ts';
import type { UnseenCause, UnseenRule } from './unseen-rule.ts';

/**
 * A loop written as a recursion: a function's promise is resolved with that of its own next call. Resolved is not settled:
 * each waits for the next one, so the promise of the last call, which is still to come, keeps those of all calls before
 * (ECMAScript, NewPromiseResolveThenableJob).
 */
export const recursivePromise: UnseenRule = {
  name: 'recursive-promise',

  causesIn(place, facts) {
    const found: UnseenCause[] = [];
    for (const { binding, node } of recursionsIn(place)) {
      const { script } = place;
      const name = originalName(script, binding.identifier.start, binding.name);
      const location = originalLocation(placeOf(script, binding.identifier), facts.workingDirectory);
      found.push({
        holder: { name, type: 'chain of promises', size: null, path: [name, 'pending promise'], location },
        addedAt: siteAt(place, node, facts),
        place,
        marks: [],
        sources: [],
        keepsAll: true,
        confidence: 0.75,
        why: `Each call of \`${name}\` resolves its promise with that of the next call, so none settles before the last one does, and the last keeps them all.`,
        shouldBeReleased: {
          words: `nothing settles the promises of \`${name}\` on the way: make it a loop (\`while\`, \`for await\`) in one async function, or do not return the next call's promise`,
          event: null,
          location: null,
        },
      });
    }
    return Promise.resolve(found);
  },
};

type Recursion = { readonly binding: Binding; readonly node: AnyNode };

const WAITING_METHODS: ReadonlySet<string> = new Set(['then', 'catch', 'finally']);

/**
 * Where the function returns a call of the function that its promise is of: itself if it is async, or one that it is a callback in.
 * `place`: the function itself, or the one in which it is a callback of the promise returned. What such a callback returns is waited for
 * too; V8's samples may show the one and never the other.
 */
function recursionsIn(fn: FunctionAt, place = fn): Recursion[] {
  const found: Recursion[] = [];
  walkOwn(fn, (node, path) => {
    if (node.type !== 'CallExpression' || !isReturned(node, path)) return;
    for (const callback of callbacksOf(node, path, place)) found.push(...recursionsIn(callback, place));
    if (node.callee.type !== 'Identifier') return;
    const binding = findBinding(path, node.callee.name);
    const called = binding?.value ?? null;
    if (binding === undefined || called === null || !isFunction(called)) return;
    const isOwn = called === place.node && (fn !== place || place.node.async);
    const isAround = called !== place.node && isCallback(fn) && place.path.includes(called);
    if (isOwn || isAround) found.push({ binding, node });
  });
  return found;
}

/** The functions that a call of `then`, `catch` or `finally` is given. */
function callbacksOf(node: AnyNode, path: NodePath, { script }: FunctionAt): FunctionAt[] {
  if (node.type !== 'CallExpression' || !WAITING_METHODS.has(calledName(node) ?? '')) return [];
  return (node.arguments as AnyNode[])
    .filter(isFunction)
    .map((callback) => ({ script, node: callback, path: [...path, callback] }));
}

/** `promise.then(callback)` */
function isCallback({ path, node }: FunctionAt): boolean {
  const parent = path[path.length - 2];
  return (
    parent?.type === 'CallExpression' &&
    WAITING_METHODS.has(calledName(parent) ?? '') &&
    (parent.arguments as AnyNode[]).includes(node)
  );
}

/** `return f()`, `return await f()`, `() => f()`; in a condition or behind `&&` too. */
function isReturned(node: AnyNode, path: NodePath): boolean {
  let value = node;
  for (const parent of [...path].reverse()) {
    if (parent === value) continue;
    if (parent.type === 'ReturnStatement') return true;
    if (isFunction(parent)) return parent.body === value;
    const passes =
      parent.type === 'AwaitExpression' ||
      (parent.type === 'ConditionalExpression' && parent.test !== value) ||
      (parent.type === 'LogicalExpression' && parent.right === value);
    if (!passes) return false;
    value = parent;
  }
  return false;
}
