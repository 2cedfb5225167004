import type { Declared } from './declared.ts';
import { removalSitesOf, type RemovalSite } from './removal-sites.ts';
import { findBinding } from './scopes.ts';
import type { Script, Scripts } from './script.ts';
import { type AnyNode, isFunction, keyName, type NodePath, walk } from './syntax.ts';

/**
 * A removal that hangs on the container's own size: `if (recent.length > 50) recent.shift()`. Such a container fills
 * up to its bound and stops; while it does, it looks like a leak.
 */
export async function findBound(
  target: Declared,
  scripts: Scripts,
  known: readonly Script[],
): Promise<Bound | undefined> {
  const removals = await removalSitesOf(target, scripts, known);
  for (const removal of removals) {
    const test = testsAround(removal.path).find((candidate) => asksForSize(candidate, target.key));
    if (test !== undefined) return { ...removal, entries: entriesIn(test, removal.path, target.key) };
  }
  return undefined;
}

export type Bound = RemovalSite & {
  /** How many entries it allows; `null` where that is no number in this file. */
  readonly entries: number | null;
};

/** `100_000` of `seen.size > REMEMBERED`, if `const REMEMBERED = 100_000`. */
function entriesIn(test: AnyNode, path: NodePath, key: string): number | null {
  let entries: number | null = null;
  walk(test, (node) => {
    if (node.type !== 'BinaryExpression' || !/[<>]/.test(node.operator)) return;
    for (const [side, other] of [
      [node.left, node.right],
      [node.right, node.left],
    ]) {
      if (asksForSizeOf(side, key)) entries ??= numberOf(other, path);
    }
  });
  return entries;
}

function numberOf(node: AnyNode, path: NodePath, depth = 0): number | null {
  if (node.type === 'Literal') return typeof node.value === 'number' ? node.value : null;
  if (node.type === 'BinaryExpression' && (node.operator === '*' || node.operator === '+')) {
    const left = numberOf(node.left, path, depth);
    const right = numberOf(node.right, path, depth);
    if (left === null || right === null) return null;
    return node.operator === '*' ? left * right : left + right;
  }
  if (node.type !== 'Identifier' || depth > 4) return null;
  const binding = findBinding(path, node.name);
  return binding?.kind === 'const' && binding.value !== null
    ? numberOf(binding.value, path, depth + 1)
    : null;
}

/** The conditions under which the last node of a path is reached, within its function. */
function testsAround(path: NodePath): AnyNode[] {
  const tests: AnyNode[] = [];
  for (let index = path.length - 2; index >= 0; index -= 1) {
    const node = path[index];
    if (isFunction(node)) break;
    const inside = path[index + 1];
    const conditional =
      node.type === 'IfStatement' || node.type === 'WhileStatement' || node.type === 'ConditionalExpression';
    if (conditional && inside !== node.test) tests.push(node.test);
    if (node.type === 'ForStatement' && node.test && inside !== node.test) tests.push(node.test);
    if (node.type === 'LogicalExpression' && inside === node.right) tests.push(node.left);
  }
  return tests;
}

function asksForSize(test: AnyNode, key: string): boolean {
  let compares = false;
  walk(test, (node) => {
    if (node.type === 'BinaryExpression' && /[<>]/.test(node.operator)) compares = true;
  });
  return compares && asksForSizeOf(test, key);
}

function asksForSizeOf(expression: AnyNode, key: string): boolean {
  let asks = false;
  walk(expression, (node) => {
    if (node.type !== 'MemberExpression') return;
    const property = keyName(node.property, node.computed);
    if (property !== 'size' && property !== 'length') return;
    if (names(node.object, key)) asks = true;
  });
  return asks;
}

/** `recent`, `this.recent`, `Object.keys(recent)`. */
function names(node: AnyNode, key: string): boolean {
  if (node.type === 'Identifier') return node.name === key;
  if (node.type === 'MemberExpression') return keyName(node.property, node.computed) === key;
  return node.type === 'CallExpression' && node.arguments.some((argument) => names(argument, key));
}
