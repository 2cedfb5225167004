import type { ScriptLocation, SourceLocation } from '../../core/location.ts';
import { functionPathAt } from './function-place.ts';
import { originalLocation } from './original-location.ts';
import { type Binding, findBinding } from './scopes.ts';
import type { Script, Scripts } from './script.ts';
import { type AnyNode, type FunctionNode, isFunction, keyName, type NodePath, walk } from './syntax.ts';

/** A function of the text, as a stack of sampled allocations names it. */
export type FunctionAt = {
  readonly script: Script;
  readonly node: FunctionNode;
  /** From the program to the function. */
  readonly path: NodePath;
};

/** V8 says where a function's parameters begin, which is in the function. `null` at the top of a file, and without source. */
export async function functionAtFrame(frame: ScriptLocation, scripts: Scripts): Promise<FunctionAt | null> {
  const script = await scripts.find(frame.url);
  if (script === null) return null;
  const path = functionPathAt(script, frame);
  if (path === null) return null;
  const index = path.findLastIndex(isFunction);
  const node = path[index];
  return index < 0 || !isFunction(node) ? null : { script, node, path: path.slice(0, index + 1) };
}

/** Calls `visit` with every node of the function's own text, with its path from the program: functions in it run by themselves. */
export function walkOwn(fn: FunctionAt, visit: (node: AnyNode, path: NodePath) => void): void {
  const above = fn.path.slice(0, -1);
  walk(
    fn.node,
    (node, path) => {
      if (node === fn.node || !isFunction(node)) visit(node, [...above, ...path]);
    },
    (node) => node === fn.node || !isFunction(node),
  );
}

/** The variable an expression begins with, if it was there before the function was called: `stopping`, `store` of `store.byId`. */
export function outerVariable(fn: FunctionAt, path: NodePath): Binding | undefined {
  let node = path[path.length - 1];
  while (node.type === 'MemberExpression') node = node.object as AnyNode;
  if (node.type !== 'Identifier') return undefined;
  const binding = findBinding(path, node.name);
  return binding !== undefined && isOutside(fn, binding) ? binding : undefined;
}

export function isOutside(fn: FunctionAt, { scope }: Binding): boolean {
  const index = fn.path.indexOf(scope);
  return index >= 0 && index < fn.path.length - 1;
}

/** The last name of what is called: `race` of `Promise.race(…)`. */
export function calledName(node: AnyNode): string | undefined {
  if (node.type !== 'CallExpression' && node.type !== 'NewExpression') return undefined;
  if (node.callee.type === 'Identifier') return node.callee.name;
  return node.callee.type === 'MemberExpression'
    ? keyName(node.callee.property, node.callee.computed)
    : undefined;
}

/** The names of all that an expression calls, functions in it left out. */
export function calledIn(root: AnyNode): string[] {
  const names: string[] = [];
  walk(
    root,
    (node) => {
      const name = calledName(node);
      if (name !== undefined) names.push(name);
    },
    (node) => !isFunction(node),
  );
  return names;
}

/** Whether a line of what the developer wrote lies within the function. */
export function covers(fn: FunctionAt, location: SourceLocation, workingDirectory: string): boolean {
  const first = originalLocation({ script: fn.script, offset: fn.node.start }, workingDirectory);
  const last = originalLocation({ script: fn.script, offset: fn.node.end - 1 }, workingDirectory);
  return first.file === location.file && first.line <= location.line && location.line <= last.line;
}
