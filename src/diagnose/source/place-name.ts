import { calleeName, classNameOf, nameAround, timerKind } from './function-name.ts';
import type { Script } from './script.ts';
import { type AnyNode, isClass, type NodePath, pathTo, walk } from './syntax.ts';

/**
 * A name for a place in the text that stays when something else in the file is edited: the classes and the function around
 * it, and which one it is of those that look like it in there. A line number changes with every edit above it.
 */
export function placeName(script: Script, node: AnyNode): string {
  if (script.program === null) return '';
  const path = pathTo(script.program, node);
  const around = aroundOf(script, path);
  return `${around}#${earlierOf(script, node, around)}`;
}

function aroundOf(script: Script, path: NodePath): string {
  const classes = path.flatMap((node, index) =>
    isClass(node) ? [classNameOf(script, path.slice(0, index + 1)) ?? 'class'] : [],
  );
  return [...classes, nameAround(script, path) ?? ''].join('/');
}

/** How many before it in the same surroundings declare the same name, or set a timer by the same call. */
function earlierOf(script: Script, node: AnyNode, around: string): number {
  const wanted = likenessOf(node, script);
  let earlier = 0;
  if (script.program === null || wanted === null) return earlier;
  walk(script.program, (candidate, path) => {
    if (candidate.start >= node.start || candidate.type !== node.type) return;
    if (!isDeclaring(candidate, path) || likenessOf(candidate, script) !== wanted) return;
    if (aroundOf(script, path) === around) earlier += 1;
  });
  return earlier;
}

function likenessOf(node: AnyNode, script: Script): string | null {
  if (node.type === 'CallExpression') return timerKind(node) === null ? null : (calleeName(node) ?? null);
  return script.code.slice(node.start, node.end);
}

function isDeclaring(node: AnyNode, path: NodePath): boolean {
  const parent = path[path.length - 2];
  if (node.type === 'CallExpression') return true;
  if (parent?.type === 'VariableDeclarator') return parent.id === node;
  if (parent?.type === 'Property' || parent?.type === 'PropertyDefinition') return parent.key === node;
  return parent?.type === 'AssignmentExpression' && parent.left === node;
}
