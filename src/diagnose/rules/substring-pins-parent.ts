import { type AddSite, addSitesOf } from '../source/add-sites.ts';
import type { LeakCase } from '../leak-case.ts';
import { findBinding } from '../source/scopes.ts';
import { calledName } from '../source/function-at.ts';
import { passedFor } from '../source/outer-arguments.ts';
import type { Script, Scripts } from '../source/script.ts';
import { type AnyNode, isFunction, type NodePath, walk } from '../source/syntax.ts';
import type { Explanation } from './rule.ts';

/**
 * Short texts in a container that were cut out of long ones. V8 (11 to 14) makes no copy of 13 characters or more: the
 * piece refers to the whole. No walk can tell such a string from another, so this is asked only where the walks find a
 * container small and V8's samples find that text of another size stays.
 */
export const substringPinsParent: {
  readonly name: string;
  matches(leak: LeakCase, scripts: Scripts, known: readonly Script[]): Promise<boolean>;
  explain(leak: LeakCase): Explanation;
} = {
  name: 'substring-pins-parent',

  async matches({ held }: LeakCase, scripts: Scripts, known: readonly Script[]): Promise<boolean> {
    if (held.container === null) return false;
    return (await addSitesOf(held.container, scripts, known)).some((site) => putsPieces(site, known));
  },

  explain({ held }: LeakCase): Explanation {
    const name = `\`${held.grows?.name ?? held.holder.name}\``;
    return {
      confidence: 0.85,
      why: `What ${name} keeps was cut out of longer text, and V8 makes no copy of a piece: each keeps the whole text it comes from.`,
      shouldBeReleased: {
        words: `a copy of the piece is missing: \`Buffer.from(piece).toString()\` is one, \`structuredClone(piece)\` another`,
        event: null,
        location: null,
      },
    };
  },
};

function putsPieces({ script, path, element }: AddSite, known: readonly Script[]): boolean {
  const call = path[path.length - 1];
  const key = call?.type === 'CallExpression' ? (call.arguments[0] as AnyNode | undefined) : undefined;
  const index =
    call?.type === 'AssignmentExpression' && call.left.type === 'MemberExpression'
      ? call.left.property
      : undefined;
  return [element, key, index].some((node) => {
    if (node == null) return false;
    if (hasPiece(node, path)) return true;
    return node.type === 'Identifier' && isPassedAPiece(script, path, node.name, known);
  });
}

/** `remember(line.slice(0, 36))`: the callers of the function cut. */
function isPassedAPiece(script: Script, path: NodePath, name: string, known: readonly Script[]): boolean {
  const index = path.findLastIndex(isFunction);
  const node = path[index];
  if (node === undefined || !isFunction(node) || findBinding(path, name)?.scope !== node) return false;
  const scripts = [...new Set([script, ...known])];
  return passedFor({ script, node, path: path.slice(0, index + 1) }, name, scripts).some(({ path: to }) =>
    isPiece(to[to.length - 1], to.slice(0, -1)),
  );
}

/** The piece itself, or a literal with one in it. */
function hasPiece(node: AnyNode, path: NodePath): boolean {
  if (isPiece(node, path)) return true;
  if (node.type === 'ObjectExpression') {
    return node.properties.some((one) => one.type === 'Property' && isPiece(one.value, [...path, node, one]));
  }
  return node.type === 'ArrayExpression' && node.elements.some((one) => one !== null && isPiece(one, path));
}

const CUTTING: ReadonlySet<string> = new Set([
  'slice',
  'substring',
  'substr',
  'trim',
  'trimStart',
  'trimEnd',
]);
const CUTTING_INTO_SOME: ReadonlySet<string> = new Set(['split', 'match', 'matchAll', 'exec']);

function isPiece(node: AnyNode, path: NodePath, depth = 0): boolean {
  if (node.type === 'CallExpression') return CUTTING.has(calledName(node) ?? '');
  if (node.type === 'MemberExpression') return cutsIntoSome(node.object, path);
  if (node.type !== 'Identifier' || depth > 3) return false;
  const binding = findBinding(path, node.name);
  if (binding?.value != null) return isPiece(binding.value, path, depth + 1);
  // `const [id, kind] = line.split(' ')`
  const made = binding?.declaration.type === 'VariableDeclarator' ? binding.declaration.init : null;
  return made != null && cutsIntoSome(made, path);
}

function cutsIntoSome(root: AnyNode, path: NodePath): boolean {
  if (root.type === 'Identifier') {
    const value = findBinding(path, root.name)?.value;
    return value != null && value.type !== 'Identifier' && cutsIntoSome(value, path);
  }
  let cuts = false;
  walk(root, (node) => {
    if (CUTTING_INTO_SOME.has(calledName(node) ?? '')) cuts = true;
  });
  return cuts;
}
