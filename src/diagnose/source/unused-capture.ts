import type { ContainerDetail } from '../../core/census.ts';
import type { SourceLocation } from '../../core/location.ts';
import { functionAtFrame } from './function-at.ts';
import { nameAround } from './function-name.ts';
import { originalLocation } from './original-location.ts';
import { originalName } from './original-position.ts';
import { findBinding } from './scopes.ts';
import { placeOf, type Script, type Scripts } from './script.ts';
import { type AnyNode, type FunctionNode, isFunction, isPropertyName, walk } from './syntax.ts';

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
  const captor = await functionAtFrame(by, scripts);
  if (captor === null) return null;
  const { script } = captor;
  const largest = [...captures.variables].sort((a, b) => b.bytes - a.bytes);
  for (const { name, bytes } of largest) {
    if (bytes < (elementBytes ?? 0) * MOST) break;
    const binding = findBinding(captor.path.slice(0, -1), name);
    if (binding === undefined || uses(captor.node, name)) continue;
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
      if (!isPropertyName(node, path)) used = true;
    },
    () => !used,
  );
  return used;
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
