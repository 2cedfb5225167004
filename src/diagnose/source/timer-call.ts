import type { ScriptLocation } from '../../core/location.ts';
import { calleeName, timerKind } from './function-name.ts';
import type { Declared } from './declared.ts';
import { functionPathAt } from './function-place.ts';
import { originalName } from './original-position.ts';
import type { Script, Scripts } from './script.ts';
import { findBinding } from './scopes.ts';
import { type AnyNode, isFunction, keyName, type NodePath, pathTo, walk } from './syntax.ts';

/** The call that set a timer, and what its handle is kept in. */
export type TimerCall = {
  readonly script: Script;
  readonly node: AnyNode;
  /** To the call. */
  readonly path: NodePath;
  readonly callee: string;
  /** The variable or property the handle is assigned to; `null` if it is thrown away, and the timer can't be cleared. */
  readonly handle: Declared | null;
};

/**
 * The `setInterval` or `setTimeout` call behind a timer's callback: the call the function is written in, or the one
 * its name is passed to. `null` where the callback is a library's or bound.
 */
export async function timerCallOf(scripts: Scripts, callback: ScriptLocation): Promise<TimerCall | null> {
  const script = await scripts.find(callback.url);
  const path = script === null ? null : functionPathAt(script, callback);
  if (script === null || path === null) return null;
  const index = path.findLastIndex(isFunction);
  if (index < 0) return null;
  const written = path[index - 1];
  if (written !== undefined && timerKind(written) !== null) return callFrom(script, path.slice(0, index));
  const name = nameOfFunction(path, index);
  return name === null ? null : callWithName(script, path[index], name);
}

function nameOfFunction(path: NodePath, index: number): string | null {
  const node = path[index];
  if (isFunction(node) && node.id) return node.id.name;
  const parent = path[index - 1];
  if (parent?.type === 'VariableDeclarator' && parent.id.type === 'Identifier') return parent.id.name;
  return null;
}

function callWithName(script: Script, callback: AnyNode, name: string): TimerCall | null {
  let found: NodePath | null = null;
  if (script.program === null) return null;
  walk(
    script.program,
    (node, path) => {
      if (found !== null || node.type !== 'CallExpression' || timerKind(node) === null) return;
      const [first] = node.arguments;
      if (first?.type !== 'Identifier' || first.name !== name) return;
      if (findBinding(path, name)?.value === callback) found = [...path];
    },
    () => found === null,
  );
  return found === null ? null : callFrom(script, found);
}

function callFrom(script: Script, path: NodePath): TimerCall {
  const node = path[path.length - 1] as Extract<AnyNode, { type: 'CallExpression' }>;
  return { script, node, path, callee: calleeName(node) ?? 'setTimeout', handle: handleOf(script, path) };
}

/** `const heartbeat = setInterval(…)`, `this.timer = setInterval(…).unref()`, `{ timer: setInterval(…) }`. */
function handleOf(script: Script, path: NodePath): Declared | null {
  let index = path.length - 1;
  // `.unref()` gives the handle back.
  while (path[index - 1]?.type === 'MemberExpression' && path[index - 2]?.type === 'CallExpression')
    index -= 2;
  const value = { script, node: path[index], module: false };
  const parent = path[index - 1];
  const declared = (node: AnyNode, kind: Declared['kind'], key: string): Declared => ({
    kind,
    key,
    name: kind === 'variable' ? originalName(script, node.start, key) : key,
    script,
    node,
    value,
    moduleLevel: false,
    isStatic: false,
    guessed: false,
  });
  if (parent?.type === 'VariableDeclarator' && parent.id.type === 'Identifier') {
    return declared(parent.id, 'variable', parent.id.name);
  }
  if (parent?.type === 'Property' || parent?.type === 'PropertyDefinition') {
    const key = keyName(parent.key, parent.computed);
    return key === undefined ? null : declared(parent.key, 'property', key);
  }
  if (parent?.type !== 'AssignmentExpression' || parent.right !== path[index]) return null;
  if (parent.left.type === 'Identifier' && script.program !== null) {
    const binding = findBinding(pathTo(script.program, parent), parent.left.name);
    return declared(binding?.identifier ?? parent.left, 'variable', parent.left.name);
  }
  if (parent.left.type !== 'MemberExpression') return null;
  const key = keyName(parent.left.property, parent.left.computed);
  return key === undefined ? null : declared(parent.left, 'property', key);
}
