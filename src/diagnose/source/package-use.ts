import type { SourceLocation } from '../../core/location.ts';
import { originalLocation, packageOf } from './original-location.ts';
import { findBinding } from './scopes.ts';
import { placeOf, type Script } from './script.ts';
import { type AnyNode, isFunction, type NodePath, walk } from './syntax.ts';

/**
 * Where the program's own text uses a package: the first call of what it imports from it, in a function if there is one, else
 * the import itself. For findings of which no stack shows how the program came into the package. `null` if none of the
 * scripts imports it, as where another package does.
 */
export function packageUse(
  packageName: string,
  scripts: readonly Script[],
  workingDirectory: string,
): SourceLocation | null {
  let best: { readonly script: Script; readonly node: AnyNode; readonly worth: number } | null = null;
  for (const script of scripts) {
    if (script.program === null || packageOf(script.url) !== null) continue;
    walk(script.program, (node, path) => {
      const worth = worthOf(node, path, packageName);
      if (worth > (best?.worth ?? 0)) best = { script, node, worth };
    });
  }
  return best === null ? null : locationOf(best, workingDirectory);
}

function locationOf(
  { script, node }: { readonly script: Script; readonly node: AnyNode },
  workingDirectory: string,
): SourceLocation {
  return originalLocation(placeOf(script, node), workingDirectory);
}

/** 0 for what has nothing to do with the package. */
function worthOf(node: AnyNode, path: NodePath, packageName: string): number {
  if (imported(node) !== null) return isOf(packageName, imported(node)) ? 1 : 0;
  if (node.type !== 'CallExpression' && node.type !== 'NewExpression') return 0;
  if (!isImportedFrom(packageName, baseOf(node.callee), path)) return 0;
  return path.slice(0, -1).some(isFunction) ? 3 : 2;
}

/** `store` of `store.memory.create`. */
function baseOf(callee: AnyNode): AnyNode {
  let node = callee;
  while (node.type === 'MemberExpression') node = node.object as AnyNode;
  return node;
}

function isImportedFrom(packageName: string, node: AnyNode, path: NodePath): boolean {
  if (node.type === 'CallExpression') return isOf(packageName, imported(node));
  if (node.type !== 'Identifier') return false;
  const binding = findBinding(path, node.name);
  if (binding === undefined) return false;
  const { declaration } = binding;
  if (binding.kind === 'import') {
    const program = path[0];
    const statement =
      program.type === 'Program'
        ? program.body.find(
            (one) => one.type === 'ImportDeclaration' && one.specifiers.includes(declaration as never),
          )
        : undefined;
    return statement !== undefined && isOf(packageName, imported(statement));
  }
  if (declaration.type !== 'VariableDeclarator' || !declaration.init) return false;
  // `require('memo')`, `require('memo').create`, `require('memo')({ … })`.
  let made: AnyNode = declaration.init;
  while (made.type === 'MemberExpression' || (made.type === 'CallExpression' && imported(made) === null)) {
    made = (made.type === 'MemberExpression' ? made.object : made.callee) as AnyNode;
  }
  return isOf(packageName, imported(made));
}

/** What is imported or required; `null` for anything else. */
function imported(node: AnyNode): string | null {
  const source =
    node.type === 'ImportDeclaration'
      ? node.source
      : node.type === 'CallExpression' && node.callee.type === 'Identifier' && node.callee.name === 'require'
        ? node.arguments[0]
        : undefined;
  return source?.type === 'Literal' && typeof source.value === 'string' ? source.value : null;
}

function isOf(packageName: string, specifier: string | null): boolean {
  return specifier === packageName || specifier?.startsWith(`${packageName}/`) === true;
}
