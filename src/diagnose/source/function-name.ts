import { originalClassName, originalName } from './original-position.ts';
import type { Script, ScriptPlace } from './script.ts';
import {
  type AnyNode,
  type FunctionNode,
  isClass,
  isFunction,
  keyName,
  type NodePath,
  pathAt,
} from './syntax.ts';

/**
 * What a person would call the function around a place: its name, `Class.method`, `POST /checkout handler`,
 * `'connection' handler`, `interval in openStream`. `null` at the top of a file.
 *
 * Callbacks without a name of their own are called by what they are passed to if that says something, else by the
 * function they stand in: nobody calls the executor of a `new Promise` anything.
 */
export function enclosingFunctionName(place: ScriptPlace): string | null {
  if (place.script.program === null) return null;
  return nameAround(place.script, pathAt(place.script.program, place.offset));
}

/** The same for the last node of a path. */
export function nameAround(script: Script, path: NodePath): string | null {
  for (let index = path.length - 1; index >= 0; index -= 1) {
    const node = path[index];
    if (!isFunction(node)) continue;
    const name = nameOf(script, node, path.slice(0, index));
    if (name !== null) return name;
  }
  return null;
}

/** The index in the path of the innermost function that is passed to a timer, and the timer's kind. */
export function findTimerCallback(
  path: NodePath,
): { readonly index: number; readonly repeat: boolean } | undefined {
  for (let index = path.length - 1; index > 0; index -= 1) {
    const node = path[index];
    if (!isFunction(node)) continue;
    const timer = timerOf(path[index - 1], node);
    if (timer !== null) return { index, repeat: timer === 'interval' };
  }
  return undefined;
}

/** Which timer a call sets: `setInterval(…)`, `timers.setTimeout(…)`; `null` for any other call. */
export function timerKind(call: AnyNode): 'interval' | 'timer' | null {
  if (call.type !== 'CallExpression') return null;
  const name = calleeName(call);
  if (name === 'setInterval') return 'interval';
  return name === 'setTimeout' ? 'timer' : null;
}

/** The last name of what is called: `on` of `bus.on(…)`, `setInterval` of `setInterval(…)`. */
export function calleeName(
  call: Extract<AnyNode, { type: 'CallExpression' | 'NewExpression' }>,
): string | undefined {
  if (call.callee.type === 'Identifier') return call.callee.name;
  if (call.callee.type === 'MemberExpression') return keyName(call.callee.property, call.callee.computed);
  return undefined;
}

function nameOf(script: Script, node: FunctionNode, path: NodePath): string | null {
  if (node.id) return originalName(script, node.id.start, node.id.name);
  const parent = path[path.length - 1];
  if (parent === undefined) return null;
  if (parent.type === 'MethodDefinition' || parent.type === 'PropertyDefinition') {
    const key = keyName(parent.key, parent.computed) ?? '[computed]';
    const owner = path.findLast(isClass);
    const ownerName =
      owner === undefined ? null : classNameOf(script, path.slice(0, path.indexOf(owner) + 1));
    if (parent.type === 'MethodDefinition' && parent.kind === 'constructor')
      return `new ${ownerName ?? 'class'}`;
    return ownerName === null ? key : `${ownerName}.${key}`;
  }
  if (parent.type === 'Property') return propertyWords(keyName(parent.key, parent.computed));
  if (parent.type === 'VariableDeclarator' && parent.id.type === 'Identifier') {
    return originalName(script, parent.id.start, parent.id.name);
  }
  if (parent.type === 'AssignmentExpression' && parent.right === node)
    return targetWords(script, parent.left);
  if (parent.type === 'CallExpression') return callbackWords(script, parent, node, path);
  return null;
}

/** The name of a class, the last node of the path: its own, or the variable it is assigned to. */
export function classNameOf(script: Script, path: NodePath): string | null {
  const node = path[path.length - 1];
  if (node === undefined || !isClass(node)) return null;
  // A minifier's `var Eo = class e {…}`: the map knows the name at either place, the text at the second only.
  if (node.id) return originalName(script, node.id.start, node.id.name);
  const parent = path[path.length - 2];
  if (parent?.type === 'VariableDeclarator' && parent.id.type === 'Identifier') {
    return originalName(script, parent.id.start, parent.id.name);
  }
  if (parent?.type === 'AssignmentExpression') return targetWords(script, parent.left);
  return originalClassName(script, node.body.start);
}

/** `'POST /objects': async () => …` in a table of routes is a handler; other keys are names. */
function propertyWords(key: string | undefined): string | null {
  if (key === undefined) return null;
  return /^[A-Z]+ \//.test(key) ? `${key} handler` : key;
}

function targetWords(script: Script, target: AnyNode): string | null {
  if (target.type === 'Identifier') return originalName(script, target.start, target.name);
  if (target.type !== 'MemberExpression') return null;
  const property = keyName(target.property, target.computed);
  if (property === undefined) return null;
  const { object } = target;
  if (object.type === 'ThisExpression' || (object.type === 'Identifier' && object.name === 'exports'))
    return property;
  if (object.type === 'Identifier') return `${originalName(script, object.start, object.name)}.${property}`;
  return property;
}

const VERBS: ReadonlySet<string> = new Set([
  'get',
  'post',
  'put',
  'patch',
  'delete',
  'head',
  'options',
  'all',
]);
const LISTENER_CALLS: ReadonlySet<string> = new Set([
  'on',
  'once',
  'addListener',
  'prependListener',
  'addEventListener',
  'addHook',
]);

function callbackWords(
  script: Script,
  call: Extract<AnyNode, { type: 'CallExpression' }>,
  callback: FunctionNode,
  path: NodePath,
): string | null {
  const timer = timerOf(call, callback);
  if (timer !== null) {
    const around = nameAround(script, path);
    return around === null ? timer : `${timer} in ${around}`;
  }
  const callee = calleeName(call);
  if (callee === 'createServer') return 'createServer handler';
  const [first] = call.arguments;
  const firstText = first?.type === 'Literal' && typeof first.value === 'string' ? first.value : null;
  if (callee === undefined || firstText === null) return null;
  if (LISTENER_CALLS.has(callee)) return `'${firstText}' handler`;
  if (VERBS.has(callee) && firstText.startsWith('/')) return `${callee.toUpperCase()} ${firstText} handler`;
  return null;
}

function timerOf(call: AnyNode, callback: AnyNode): 'interval' | 'timer' | null {
  return call.type === 'CallExpression' && call.arguments[0] === callback ? timerKind(call) : null;
}
