import type { Holder, Site } from '../../core/finding.ts';
import type { Declared } from '../source/declared.ts';
import { declaredBy } from '../source/declarations.ts';
import type { FunctionAt } from '../source/function-at.ts';
import { originalLocation } from '../source/original-location.ts';
import { placeOf } from '../source/script.ts';
import type { AnyNode, NodePath } from '../source/syntax.ts';
import type { UnseenFacts } from '../rules/unseen-rule.ts';

/**
 * The holder an expression names in the text. No walk met it, so nothing is known of its size. Where the text does not say
 * what `stopping.promise` is, it is found by `stopping`.
 */
export async function holderNamed(
  fn: FunctionAt,
  path: NodePath,
  type: string,
  { scripts, workingDirectory }: UnseenFacts,
): Promise<{ readonly holder: Holder; readonly declared: Declared | null }> {
  const declared = await declaredBy(scripts, fn.script, path);
  const node = path[path.length - 1];
  const name = declared?.name ?? fn.script.code.slice(node.start, node.end);
  const place = declared ?? (await declaredRoot(fn, path, scripts));
  const location =
    place === null ? null : originalLocation(placeOf(place.script, place.node), workingDirectory);
  return { holder: { name, type, size: null, path: [name], location }, declared };
}

function declaredRoot(
  fn: FunctionAt,
  path: NodePath,
  scripts: UnseenFacts['scripts'],
): Promise<Declared | null> {
  const below = [...path];
  for (let node = path[path.length - 1]; node.type === 'MemberExpression'; ) {
    node = node.object as AnyNode;
    below.push(node);
  }
  const root = below[below.length - 1];
  return root.type === 'Identifier' ? declaredBy(scripts, fn.script, below) : Promise.resolve(null);
}

/** A place in the function's own text, as what adds. */
export function siteAt(fn: FunctionAt, node: AnyNode, { workingDirectory }: UnseenFacts): Site {
  const location = originalLocation(placeOf(fn.script, node), workingDirectory);
  return { location, stack: [location], words: null };
}
