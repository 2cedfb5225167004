import { type FunctionAt, walkOwn } from '../source/function-at.ts';
import { isLasting } from '../source/lasting.ts';
import { findBinding } from '../source/scopes.ts';
import { type AnyNode, isFunction, keyName, type NodePath } from '../source/syntax.ts';
import { holderNamed, siteAt } from '../unseen/unseen-holder.ts';
import type { UnseenCause, UnseenFacts, UnseenRule } from './unseen-rule.ts';

/** Calls wait, by `await` or `then`, for a promise that outlives them and does not settle: it keeps all who wait. */
export const pendingPromise: UnseenRule = {
  name: 'pending-promise',

  async causesIn(place, facts) {
    const found: UnseenCause[] = [];
    for (const { path, node, marks, lasts } of waitsIn(place, facts)) {
      // It went on behind some `await`; which of several that was, nothing tells.
      if (marks.length === 0 && facts.resumed.has(place.node)) continue;
      const { holder, declared } = await holderNamed(place, path, 'Promise', facts);
      if (lasts && (declared === null || !mayBePromise(declared.value?.node))) continue;
      const name = `\`${holder.name}\``;
      found.push({
        holder,
        addedAt: siteAt(place, node, facts),
        place,
        marks,
        needsMark: !lasts,
        sources: [],
        keepsAll: true,
        confidence: !lasts ? 0.65 : marks.length > 0 ? 0.75 : 0.6,
        why: `Whoever waits for ${name} is kept by it, with all it still needs, until it settles; and it seems never to.`,
        shouldBeReleased: {
          words: `nothing settles ${name} for those who wait: give the waiting an end of its own`,
          event: null,
          location: null,
        },
      });
    }
    return found;
  },
};

type Wait = {
  readonly path: NodePath;
  readonly node: AnyNode;
  readonly marks: readonly string[];
  /** It was there before the call. What is handed over, as `options.token.promise`, may have been: then who waits must be seen to stay. */
  readonly lasts: boolean;
};

const WAITING_METHODS: ReadonlySet<string> = new Set(['then', 'catch', 'finally']);

function waitsIn(place: FunctionAt, { running }: UnseenFacts): Wait[] {
  const waits: Omit<Wait, 'lasts'>[] = [];
  walkOwn(place, (node, path) => {
    if (node.type === 'AwaitExpression') waits.push({ path: [...path, node.argument], node, marks: [] });
    if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression') return;
    const method = keyName(node.callee.property, node.callee.computed) ?? '';
    if (!WAITING_METHODS.has(method)) return;
    waits.push({
      path: [...path, node.callee, node.callee.object],
      node,
      marks: ['then', method],
    });
  });
  return waits.flatMap((wait): Wait[] => {
    const { path, marks } = wait;
    const node = path[path.length - 1];
    if (node.type !== 'Identifier' && node.type !== 'MemberExpression') return [];
    if (isLasting(place, path, running)) return [{ ...wait, lasts: true }];
    return marks.length > 0 && isHandedOver(path) ? [{ ...wait, lasts: false }] : [];
  });
}

/** A parameter, of this function or of one around it, or a member of one. */
function isHandedOver(path: NodePath): boolean {
  let root = path[path.length - 1];
  while (root.type === 'MemberExpression') root = root.object as AnyNode;
  return root.type === 'Identifier' && findBinding(path, root.name)?.kind === 'parameter';
}

/** `new Promise(…)`, what a call gave, or what is assigned later; no literal, no function. */
function mayBePromise(value: AnyNode | undefined): boolean {
  if (value === undefined) return true;
  if (value.type === 'NewExpression')
    return value.callee.type === 'Identifier' && value.callee.name === 'Promise';
  return !isFunction(value) && (value.type === 'CallExpression' || value.type === 'MemberExpression');
}
