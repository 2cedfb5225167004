import { addSitesOf } from './add-sites.ts';
import type { Declared } from './declared.ts';
import { referencesTo } from './references.ts';
import type { Script, Scripts } from './script.ts';
import { type AnyNode, isFunction, keyName } from './syntax.ts';

/**
 * Whether the function that adds to a container also looks into it: "get it, or make it and keep it", the sign of
 * a cache. Callbacks inside that function count as it.
 */
export async function readBackWhereAdded(
  target: Declared,
  scripts: Scripts,
  known: readonly Script[],
): Promise<boolean> {
  const adding = new Set<AnyNode>();
  for (const site of await addSitesOf(target, scripts, known)) {
    const outermost = site.path.find(isFunction);
    if (outermost !== undefined) adding.add(outermost);
  }
  const references = await referencesTo(target, scripts, known);
  return references.some(({ path }) => {
    const outermost = path.find(isFunction);
    return outermost !== undefined && adding.has(outermost) && isLookup(path);
  });
}

function isLookup(path: readonly AnyNode[]): boolean {
  const member = path[path.length - 2];
  const use = path[path.length - 3];
  if (member?.type !== 'MemberExpression' || member.object !== path[path.length - 1]) return false;
  const key = keyName(member.property, member.computed);
  if (use?.type === 'CallExpression' && use.callee === member) return key === 'get' || key === 'has';
  // `pages[key]` that is neither assigned to nor deleted.
  if (!member.computed || member.property.type === 'Literal') return false;
  return !(use?.type === 'AssignmentExpression' && use.left === member) && use?.type !== 'UnaryExpression';
}
