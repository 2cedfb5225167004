import { addSitesOf } from './add-sites.ts';
import type { Declared } from './declared.ts';
import { findBinding } from './scopes.ts';
import type { Script, Scripts } from './script.ts';
import { type AnyNode, isFunction, type NodePath, pathTo, walk } from './syntax.ts';

/**
 * Whether what is added to a container can settle a promise: the `resolve` or `reject` that a `new Promise` hands to
 * its executor, alone or in an object. Whoever waits for it waits as long as it stays in there.
 */
export async function keepsWaiters(
  target: Declared,
  scripts: Scripts,
  known: readonly Script[],
): Promise<boolean> {
  const sites = await addSitesOf(target, scripts, known);
  return sites.some(({ script, element }) => {
    if (element === null || script.program === null) return false;
    let settles = false;
    const above = pathTo(script.program, element).slice(0, -1);
    walk(
      element,
      (node, path) => {
        if (node.type === 'Identifier' && isSettler([...above, ...path], node.name)) settles = true;
      },
      () => !settles,
    );
    return settles;
  });
}

function isSettler(path: NodePath, name: string): boolean {
  const parent = path[path.length - 2];
  if (parent?.type === 'MemberExpression' && parent.property === path[path.length - 1] && !parent.computed) {
    return false;
  }
  const binding = findBinding(path, name);
  if (binding?.kind !== 'parameter' || !isFunction(binding.scope)) return false;
  const executor = path.indexOf(binding.scope);
  const call = path[executor - 1];
  return call?.type === 'NewExpression' && isPromise(call.callee) && call.arguments[0] === binding.scope;
}

function isPromise(callee: AnyNode): boolean {
  return callee.type === 'Identifier' && callee.name === 'Promise';
}
