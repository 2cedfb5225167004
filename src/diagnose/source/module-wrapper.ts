import type { Script } from './script.ts';
import { findBinding } from './scopes.ts';
import { type AnyNode, isFunction, type NodePath, pathTo } from './syntax.ts';

/** Whether a function is a bundler's wrapper of a file: its variables are that file's own. */
export function isWrapper(script: Script, scope: AnyNode): boolean {
  if (!isFunction(scope) && scope.type !== 'BlockStatement') return false;
  if (script.program === null) return false;
  const path = pathTo(script.program, scope);
  const index = path.findLastIndex(isFunction);
  // A block deeper in the function is a scope of its own.
  if (scope.type === 'BlockStatement' && path[path.length - 2] !== path[index]) return false;
  const outer = path.slice(0, index);
  if (outer.some(isFunction)) return false;
  const call = outer.findLast((node) => node.type === 'CallExpression');
  if (call === undefined) return false;
  // (function () { … })(): the whole file in a function that runs once.
  if (call.callee === path[index]) return path.length <= index + 2 && isTopStatement(script.program, call);
  if (wrapperFunction(call) !== path[index]) return false;
  return outer.some((node) => node.type === 'VariableDeclarator') && isHelper(call.callee, outer);
}

/** A bundler writes its helper into the bundle: `createServer((request, response) => …)` calls what comes from elsewhere. */
function isHelper(callee: AnyNode, path: NodePath): boolean {
  if (callee.type !== 'Identifier') return false;
  const value = findBinding(path, callee.name)?.value ?? null;
  return value !== null && isFunction(value);
}

function isTopStatement(program: AnyNode, node: AnyNode): boolean {
  return (
    program.type === 'Program' &&
    program.body.some(
      (statement) =>
        statement.type === 'ExpressionStatement' &&
        (statement.expression === node ||
          (statement.expression.type === 'UnaryExpression' && statement.expression.argument === node)),
    )
  );
}

/** The function of `__commonJS({ "src/bus.js"(exports, module) { … } })` or `f((exports, module) => { … })`. */
export function wrapperFunction(call: Extract<AnyNode, { type: 'CallExpression' }>): AnyNode | null {
  const [argument] = call.arguments;
  if (argument === undefined) return null;
  if (isFunction(argument)) return argument;
  if (argument.type !== 'ObjectExpression') return null;
  const [property] = argument.properties;
  return property?.type === 'Property' && isFunction(property.value) ? property.value : null;
}
