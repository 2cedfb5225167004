import { calledIn, calledName, type FunctionAt } from './function-at.ts';
import { nameAround } from './function-name.ts';
import { findBinding } from './scopes.ts';
import type { Script } from './script.ts';
import { type AnyNode, isFunction, isPropertyName, type NodePath, walk } from './syntax.ts';

/** An expression in the text of a function that calls another one. */
export type Passed = { readonly fn: FunctionAt; readonly path: NodePath };

/**
 * What callers pass for one parameter: `stopping` of `withTimeout(work(), stopping)`. Callers are told by the function's
 * name, in the scripts that are known.
 */
export function passedFor(fn: FunctionAt, parameter: string, known: readonly Script[]): Passed[] {
  const index = fn.node.params.findIndex((param) => param.type === 'Identifier' && param.name === parameter);
  const name = shortName(fn);
  if (index < 0 || name === null) return [];
  return callsOf(name, known).flatMap(({ caller, path, call }): Passed[] => {
    const argument = call.arguments[index] as AnyNode | undefined;
    return argument === undefined ? [] : [{ fn: caller, path: [...path, argument] }];
  });
}

/** The names of what callers of a function call to make its arguments: `readText` of `accept(await readText(request))`. */
export function argumentSources(fn: FunctionAt, known: readonly Script[]): string[] {
  const name = shortName(fn);
  if (name === null) return [];
  return callsOf(name, known).flatMap(({ call, path }) =>
    (call.arguments as AnyNode[]).flatMap((argument) => sourcesOf(argument, [...path, argument])),
  );
}

/**
 * The names of what is called to make a value, through the variables of the function it stands in: `parse` of `card`, where
 * `const card = { number, ...parse(text) }`.
 */
export function sourcesOf(node: AnyNode, path: NodePath, depth = 0): string[] {
  const names = calledIn(node);
  if (depth >= MOST_STEPS) return names;
  walk(
    node,
    (part, inner) => {
      if (part.type !== 'Identifier' || isPropertyName(part, inner)) return;
      const binding = findBinding(path, part.name);
      if (binding === undefined || binding.scope.type === 'Program') return;
      const made = madeOf(part, path);
      if (made !== part) names.push(...sourcesOf(made, path, depth + 1));
    },
    (part) => !isFunction(part),
  );
  return names;
}

const MOST_STEPS = 3;

/** What a name stands for, where that is a variable with a value of its own. */
function madeOf(node: AnyNode, path: NodePath): AnyNode {
  if (node.type !== 'Identifier') return node;
  const binding = findBinding(path, node.name);
  if (binding?.value != null) return binding.value;
  // `const { name, parts } = JSON.parse(body)`
  const declared = binding?.declaration;
  return declared?.type === 'VariableDeclarator' && declared.init ? declared.init : node;
}

type Call = Extract<AnyNode, { type: 'CallExpression' }>;

function callsOf(
  name: string,
  scripts: readonly Script[],
): { readonly caller: FunctionAt; readonly path: NodePath; readonly call: Call }[] {
  const calls: { caller: FunctionAt; path: NodePath; call: Call }[] = [];
  for (const script of scripts) {
    if (script.program === null) continue;
    walk(script.program, (node, path) => {
      if (node.type !== 'CallExpression' || calledName(node) !== name) return;
      const index = path.findLastIndex(isFunction);
      const around = path[index];
      if (around === undefined || !isFunction(around)) return;
      const copy = [...path];
      calls.push({
        caller: { script, node: around, path: copy.slice(0, index + 1) },
        path: copy,
        call: node,
      });
    });
  }
  return calls;
}

/** `add` of `Store.add`; `null` for a function that has no name to be called by. */
function shortName({ script, path }: FunctionAt): string | null {
  const name = nameAround(script, path);
  const last = name?.replace(/^.*\./, '') ?? null;
  return last !== null && /^[\w$]+$/.test(last) ? last : null;
}
