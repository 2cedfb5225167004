import type { Declared } from './declared.ts';
import { calledName, type FunctionAt, isOutside, outerVariable, walkOwn } from './function-at.ts';
import { isOfThis } from './lasting.ts';
import { bindingsOf, type Binding, findBinding } from './scopes.ts';
import { type AnyNode, isFunction, type NodePath, pathTo, walk } from './syntax.ts';

/**
 * Where a value that a variable of a function began as (`const before = active`) is replaced in the same function by one with closures
 * in it: the expression, or `null` if the text does not say so.
 */
export function replacementOf({ script, node }: Declared): AnyNode | null {
  if (script.program === null) return null;
  const path = pathTo(script.program, node);
  const index = path.findLastIndex(isFunction);
  const around = path[index];
  if (around === undefined || !isFunction(around)) return null;
  const fn: FunctionAt = { script, node: around, path: path.slice(0, index + 1) };
  const replaced = replacementsIn(fn).find(({ target }) =>
    localsFrom(fn, target).some(({ identifier }) => identifier === node),
  );
  return replaced?.node ?? null;
}

/** `target` as the text names it: `active`, `this.current`. */
export type Replacement = { readonly target: string; readonly node: AnyNode };

/** Where something with a closure of this function in it replaces what was there before: `active = …`, `byId.set(id, …)`. */
export function replacementsIn(place: FunctionAt): Replacement[] {
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
export function localsFrom(place: FunctionAt, target: string): Binding[] {
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
