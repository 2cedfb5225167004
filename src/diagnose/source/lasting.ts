import { type FunctionAt, outerVariable } from './function-at.ts';
import { type AnyNode, isClass, isFunction, type NodePath } from './syntax.ts';

/**
 * Whether what an expression names was there before the function was called, and is not made anew for each call of
 * something that runs all the time (`running`): a collection of a request's own object, or of the closure of its handler,
 * goes with the request.
 */
export function isLasting(fn: FunctionAt, path: NodePath, running: readonly FunctionAt[]): boolean {
  const variable = outerVariable(fn, path);
  if (variable !== undefined) {
    const around = fn.path.slice(0, fn.path.indexOf(variable.scope) + 1).findLast(isFunction);
    return !running.some(({ node }) => node === around);
  }
  if (!isOfThis(path[path.length - 1])) return false;
  const owner = fn.path.findLast(isClass);
  return owner === undefined || !running.some((other) => isConstructorOf(other, owner));
}

/** `this.tail`, `this.#open.byId`. */
export function isOfThis(node: AnyNode): boolean {
  let root = node;
  while (root.type === 'MemberExpression') root = root.object as AnyNode;
  return root.type === 'ThisExpression' && root !== node;
}

function isConstructorOf({ path }: FunctionAt, owner: AnyNode): boolean {
  const method = path[path.length - 2];
  return (
    method?.type === 'MethodDefinition' && method.kind === 'constructor' && path.findLast(isClass) === owner
  );
}
