import type { Declared } from './declared.ts';
import { removalSitesOf, type RemovalSite } from './removal-sites.ts';
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
): Promise<RemovalSite | undefined> {
  const removals = await removalSitesOf(target, scripts, known);
  return removals.find(({ path }) => testsAround(path).some((test) => asksForSize(test, target.key)));
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
  let asks = false;
  walk(test, (node) => {
    if (node.type === 'BinaryExpression' && /[<>]/.test(node.operator)) compares = true;
    if (node.type !== 'MemberExpression') return;
    const property = keyName(node.property, node.computed);
    if (property !== 'size' && property !== 'length') return;
    if (names(node.object, key)) asks = true;
  });
  return compares && asks;
}

/** `recent`, `this.recent`, `Object.keys(recent)`. */
function names(node: AnyNode, key: string): boolean {
  if (node.type === 'Identifier') return node.name === key;
  if (node.type === 'MemberExpression') return keyName(node.property, node.computed) === key;
  return node.type === 'CallExpression' && node.arguments.some((argument) => names(argument, key));
}
