import type { Declared } from './declared.ts';
import { declaredBy } from './declarations.ts';
import type { Script, Scripts } from './script.ts';
import { type AnyNode, isClass, keyName, type NodePath, walk } from './syntax.ts';

/** A place where a container is named and something is done with it. */
export type Reference = {
  readonly script: Script;
  /** To the expression that names the container: `sessions`, `this.inFlight`. */
  readonly path: NodePath;
};

/**
 * Every place in the scripts that names what was declared.
 *
 * Variables are followed through scopes, imports and `require`. Properties are told apart by their name and, inside
 * classes, by their class: whose `x.history` it is nobody can know from the text, so it counts as this one.
 */
export async function referencesTo(
  target: Declared,
  scripts: Scripts,
  known: readonly Script[],
): Promise<Reference[]> {
  const found: Reference[] = [];
  for (const script of new Set([target.script, ...known])) {
    for (const path of candidatesIn(script, target)) {
      if (await names(target, scripts, script, path)) found.push({ script, path });
    }
  }
  return found;
}

function candidatesIn(script: Script, target: Declared): NodePath[] {
  const candidates: NodePath[] = [];
  if (script.program === null) return candidates;
  walk(script.program, (node, path) => {
    const parent = path[path.length - 2];
    if (node.type === 'Identifier') {
      if (target.kind === 'property' || !isUse(node, parent)) return;
      // In its own file a variable has its own name, elsewhere it may have any.
      if (script !== target.script || node.name === target.key) candidates.push([...path]);
    } else if (node.type === 'MemberExpression') {
      if (keyName(node.property, node.computed) === target.key) candidates.push([...path]);
    }
  });
  return candidates;
}

/** Names in declarations, keys and after a dot are not uses. */
function isUse(node: AnyNode, parent: AnyNode | undefined): boolean {
  if (parent === undefined) return false;
  if (parent.type === 'MemberExpression') return parent.object === node || parent.computed;
  if (parent.type === 'Property') return parent.value === node;
  if (parent.type === 'VariableDeclarator') return parent.init === node;
  return !parent.type.startsWith('Import') && !parent.type.startsWith('Export');
}

async function names(target: Declared, scripts: Scripts, script: Script, path: NodePath): Promise<boolean> {
  const node = path[path.length - 1];
  if (target.kind === 'property' && !target.moduleLevel && node.type === 'MemberExpression') {
    if (node.object.type !== 'ThisExpression') return true;
    const owner = path.findLast(isClass);
    const ownerOfTarget = target.script.program === null ? undefined : ownerClass(target);
    // `this.x` of another class in the same file is another property, unless one extends the other.
    return (
      owner === undefined ||
      ownerOfTarget === undefined ||
      owner === ownerOfTarget ||
      Boolean(owner.superClass)
    );
  }
  const declared = await declaredBy(scripts, script, path);
  return declared !== null && declared.node === target.node;
}

function ownerClass(target: Declared): AnyNode | undefined {
  let owner: AnyNode | undefined;
  if (target.script.program === null) return undefined;
  walk(target.script.program, (node, path) => {
    if (node === target.node) owner = path.findLast(isClass);
  });
  return owner;
}
