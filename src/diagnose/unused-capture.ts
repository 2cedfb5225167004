import type { ContainerDetail } from '../core/census.ts';
import type { SourceLocation } from '../core/location.ts';
import { nameAround } from './function-name.ts';
import { originalLocation } from './original-location.ts';
import { originalName } from './original-position.ts';
import { findBinding } from './scopes.ts';
import { offsetAt, placeOf, type Script, type Scripts } from './script.ts';
import {
  type AnyNode,
  type FunctionNode,
  isFunction,
  keyName,
  type NodePath,
  pathAt,
  walk,
} from './syntax.ts';

/** A variable that functions keep and do not use: another function of the same scope does. */
export type UnusedCapture = {
  readonly name: string;
  readonly bytes: number;
  /** Where the variable is declared. */
  readonly location: SourceLocation;
  /** What uses it, and so puts it into the context that all share; `null` if that has no name. */
  readonly usedBy: string | null;
};

/**
 * V8 has one context for all functions of a scope, with every variable that any of them uses. A function that lives long keeps
 * that context, and so what only its siblings used. The largest such variable, if it is most of what an element keeps.
 */
export async function unusedCaptureOf(
  { captures, elementBytes }: ContainerDetail,
  scripts: Scripts,
  workingDirectory: string,
): Promise<UnusedCapture | null> {
  if (captures === undefined) return null;
  const { by } = captures;
  const script = await scripts.find(by.url);
  if (script?.program == null) return null;
  const path = pathAt(script.program, offsetAt(script, by.line, by.column));
  const index = path.findLastIndex(isFunction);
  const captor = path[index];
  if (captor === undefined || !isFunction(captor)) return null;
  const largest = [...captures.variables].sort((a, b) => b.bytes - a.bytes);
  for (const { name, bytes } of largest) {
    if (bytes < (elementBytes ?? 0) * MOST) break;
    const binding = findBinding(path.slice(0, index), name);
    if (binding === undefined || uses(captor, name)) continue;
    return {
      name: originalName(script, binding.identifier.start, name),
      bytes,
      location: originalLocation(placeOf(script, binding.identifier), workingDirectory),
      usedBy: userOf(script, binding.scope, name),
    };
  }
  return null;
}

const MOST = 0.5;

/** Whether the name is read or written anywhere in the function, those within it included. `eval` may use anything. */
function uses(fn: FunctionNode, name: string): boolean {
  let used = false;
  walk(
    fn,
    (node, path) => {
      if (node.type !== 'Identifier' || (node.name !== name && node.name !== 'eval')) return;
      if (!isKey(node, path)) used = true;
    },
    () => !used,
  );
  return used;
}

/** A name after a dot or in front of a colon is no variable. */
function isKey(node: AnyNode, path: NodePath): boolean {
  const parent = path[path.length - 2];
  if (parent?.type === 'MemberExpression') return parent.property === node && !parent.computed;
  if (
    parent?.type === 'Property' ||
    parent?.type === 'MethodDefinition' ||
    parent?.type === 'PropertyDefinition'
  ) {
    return (
      parent.key === node && !parent.computed && parent.value !== node && keyName(node, false) !== undefined
    );
  }
  return false;
}

/** The first function within a scope that uses a variable of it. */
function userOf(script: Script, scope: AnyNode, name: string): string | null {
  let user: string | null = null;
  if (script.program === null) return null;
  walk(
    scope,
    (node, path) => {
      if (user !== null || node === scope || !isFunction(node) || !uses(node, name)) return;
      user = nameAround(script, path);
    },
    () => user === null,
  );
  return user;
}
