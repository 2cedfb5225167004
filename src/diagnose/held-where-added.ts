import type { Added } from './added-site.ts';
import type { Declared } from './source/declared.ts';
import { declaredBy } from './source/declarations.ts';
import type { Held } from './holder.ts';
import { originalLocation, packageOf } from './source/original-location.ts';
import { originalName } from './source/original-position.ts';
import { placeOf, type Script, type Scripts } from './source/script.ts';
import { type AnyNode, keyName, type NodePath, pathAt } from './source/syntax.ts';

/**
 * Who holds, by the name the program has for it where it adds: for a container that no name of the program leads to, as
 * the listeners of a socket that Node keeps by itself.
 *
 * `shutdown.signal.addEventListener(…)` adds to `shutdown`, a variable of the module, so that is the holder. In
 * `request.socket.on(…)` the name ends with the function, but a listener is on nothing else than what it was put on: the
 * place that names it is the nearest to a holder there is. Anything else stays without a place.
 */
export async function heldWhereAdded(
  held: Held,
  added: Added | null,
  scripts: Scripts,
  workingDirectory: string,
): Promise<Held> {
  const place = added?.place ?? null;
  if (held.holder.location !== null || held.timer !== null || place === null) return held;
  const { script } = place;
  if (script.program === null || packageOf(script.url) !== null) return held;
  const receiver = receiverAt(pathAt(script.program, place.offset));
  if (receiver === null) return held;
  const declared = await longLived(scripts, script, receiver.path);
  const named = (name: string, at: { script: Script; node: AnyNode }): Held => ({
    ...held,
    holder: {
      ...held.holder,
      name,
      location: originalLocation(placeOf(at.script, at.node), workingDirectory),
    },
    declared,
  });
  if (declared !== null) return named(declared.name, declared);
  const node = receiver.path[receiver.path.length - 1];
  const words = held.event !== null && LISTENING.has(receiver.method) ? dottedName(script, node) : null;
  return words === null || node === undefined ? held : named(words, { script, node });
}

const LISTENING: ReadonlySet<string> = new Set([
  'on',
  'once',
  'addListener',
  'prependListener',
  'prependOnceListener',
  'addEventListener',
]);

type Receiver = {
  /** To the expression the method is called on. */ readonly path: NodePath;
  readonly method: string;
};

/** What the method is called on at a place: V8 puts a call at the name of its method. */
function receiverAt(path: NodePath): Receiver | null {
  for (let index = path.length - 1; index > 0; index -= 1) {
    const member = path[index];
    const call = path[index - 1];
    if (member.type !== 'MemberExpression' || call.type !== 'CallExpression' || call.callee !== member)
      continue;
    if (path[index + 1] !== member.property) return null;
    const method = keyName(member.property, member.computed);
    return method === undefined ? null : { path: [...path.slice(0, index + 1), member.object], method };
  }
  return null;
}

/** The variable of the module, or the property, that the expression or what it begins with names. */
async function longLived(scripts: Scripts, script: Script, path: NodePath): Promise<Declared | null> {
  let at = path;
  for (;;) {
    const declared = await declaredBy(scripts, script, at);
    if (declared !== null && (declared.moduleLevel || declared.kind === 'property')) return declared;
    const node = at[at.length - 1];
    if (node?.type !== 'MemberExpression') return null;
    at = [...at, node.object];
  }
}

/** `request.socket`, if it is names all the way. */
function dottedName(script: Script, node: AnyNode | undefined): string | null {
  if (node?.type === 'Identifier') return originalName(script, node.start, node.name);
  if (node?.type === 'ThisExpression') return 'this';
  if (node?.type !== 'MemberExpression') return null;
  const key = keyName(node.property, node.computed);
  const object = dottedName(script, node.object);
  return key === undefined || object === null ? null : `${object}.${key}`;
}
