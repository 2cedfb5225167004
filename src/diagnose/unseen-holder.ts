import type { Holder, Site } from '../core/finding.ts';
import type { Declared } from './declared.ts';
import { declaredBy } from './declarations.ts';
import type { FunctionAt } from './function-at.ts';
import { originalLocation } from './original-location.ts';
import { placeOf } from './script.ts';
import type { AnyNode, NodePath } from './syntax.ts';
import type { UnseenFacts } from './rules/unseen-rule.ts';

/** The holder an expression names in the text. No walk met it, so nothing is known of its size. */
export async function holderNamed(
  fn: FunctionAt,
  path: NodePath,
  type: string,
  { scripts, workingDirectory }: UnseenFacts,
): Promise<{ readonly holder: Holder; readonly declared: Declared | null }> {
  const declared = await declaredBy(scripts, fn.script, path);
  const node = path[path.length - 1];
  const text = fn.script.code.slice(node.start, node.end);
  const name = declared?.name ?? text;
  const location =
    declared === null
      ? null
      : originalLocation(placeOf(declared.script, declared.node), workingDirectory);
  return { holder: { name, type, size: null, path: [name], location }, declared };
}

/** A place in the function's own text, as what adds. */
export function siteAt(fn: FunctionAt, node: AnyNode, { workingDirectory }: UnseenFacts): Site {
  const location = originalLocation(placeOf(fn.script, node), workingDirectory);
  return { location, stack: [location], words: null };
}
