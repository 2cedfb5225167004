import type { SourceLocation } from '../../core/location.ts';
import { addSitesOf } from './add-sites.ts';
import type { Declared } from './declared.ts';
import { calleeName } from './function-name.ts';
import { originalLocation } from './original-location.ts';
import { findBinding } from './scopes.ts';
import { placeOf, type Script, type Scripts } from './script.ts';
import { type AnyNode, isFunction, type NodePath, pathTo, walk } from './syntax.ts';

/** What the text files an entry under. */
export type CacheKey = {
  /** The expression the key is made by, as it stands in the script. */
  readonly words: string;
  readonly location: SourceLocation;
  /** What in it is another one each time, as `Date.now()`; `null` if nothing in the text is known to be. */
  readonly fresh: string | null;
};

/** The key under which the text adds to a container, those in functions first; `null` if it has none, or a mere name. */
export async function cacheKeyOf(
  target: Declared,
  scripts: Scripts,
  known: readonly Script[],
  workingDirectory: string,
): Promise<CacheKey | null> {
  const sites = await addSitesOf(target, scripts, known);
  const site = sites.find(({ key }) => key !== null);
  if (site?.key == null || site.script.program === null) return null;
  const { script } = site;
  const made = madeBy(site.key, pathTo(site.script.program, site.key));
  if (made.type === 'Identifier') return null;
  return {
    words: textOf(script, made),
    location: originalLocation(placeOf(script, made), workingDirectory),
    fresh: freshIn(script, made),
  };
}

const LONGEST_TEXT = 60;

/** A name is told by what it was declared as in the same function: `key` says nothing, `JSON.stringify(query)` does. */
function madeBy(key: AnyNode, path: NodePath): AnyNode {
  if (key.type !== 'Identifier') return key;
  const binding = findBinding(path, key.name);
  if (binding?.value == null || binding.kind === 'parameter') return key;
  const isLocal = path.indexOf(binding.scope) >= path.findLastIndex(isFunction);
  return isLocal && !isFunction(binding.value) ? binding.value : key;
}

function freshIn(script: Script, key: AnyNode): string | null {
  let fresh: string | null = null;
  walk(
    key,
    (node) => {
      if (fresh === null && isFresh(node)) fresh = textOf(script, node);
    },
    () => fresh === null,
  );
  return fresh;
}

/** Calls that give a value nobody had before: clocks, random numbers, identifiers made up on the spot. */
function isFresh(node: AnyNode): boolean {
  if (node.type === 'NewExpression') return calleeName(node) === 'Date' && node.arguments.length === 0;
  if (node.type !== 'CallExpression') return false;
  const name = calleeName(node) ?? '';
  if (FRESH_CALLS.has(name)) return true;
  const object = node.callee.type === 'MemberExpression' ? node.callee.object : null;
  const owner = object?.type === 'Identifier' ? object.name : null;
  return (
    (name === 'now' && (owner === 'Date' || owner === 'performance')) ||
    (name === 'random' && owner === 'Math')
  );
}

const FRESH_CALLS: ReadonlySet<string> = new Set([
  'randomUUID',
  'randomBytes',
  'hrtime',
  'nanoid',
  'uuidv4',
  'uuidv7',
]);

function textOf(script: Script, node: AnyNode): string {
  const text = script.code.slice(node.start, node.end).replace(/\s+/g, ' ');
  return text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT - 1)}…`;
}
