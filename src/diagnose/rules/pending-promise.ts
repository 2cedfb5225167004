import { type FunctionAt, walkOwn } from '../function-at.ts';
import { isLasting } from '../lasting.ts';
import { type AnyNode, isFunction, keyName, type NodePath } from '../syntax.ts';
import { holderNamed, siteAt } from '../unseen-holder.ts';
import type { UnseenCause, UnseenFacts, UnseenRule } from './unseen-rule.ts';

/** Calls wait, by `await` or `then`, for a promise that outlives them and does not settle: it keeps all who wait. */
export const pendingPromise: UnseenRule = {
  name: 'pending-promise',

  async causesIn(place, facts) {
    const found: UnseenCause[] = [];
    for (const { path, node, marks } of waitsIn(place, facts)) {
      // It went on behind some `await`; which of several that was, nothing tells.
      if (marks.length === 0 && facts.resumed.has(place.node)) continue;
      const { holder, declared } = await holderNamed(place, path, 'Promise', facts);
      if (declared === null || !mayBePromise(declared.value?.node)) continue;
      const name = `\`${holder.name}\``;
      found.push({
        holder,
        addedAt: siteAt(place, node, facts),
        place,
        marks,
        sources: [],
        keepsAll: true,
        confidence: marks.length > 0 ? 0.75 : 0.6,
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

type Wait = { readonly path: NodePath; readonly node: AnyNode; readonly marks: readonly string[] };

const WAITING_METHODS: ReadonlySet<string> = new Set(['then', 'catch', 'finally']);

function waitsIn(place: FunctionAt, { running }: UnseenFacts): Wait[] {
  const waits: Wait[] = [];
  walkOwn(place, (node, path) => {
    if (node.type === 'AwaitExpression') waits.push({ path: [...path, node.argument], node, marks: [] });
    if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression') return;
    const method = keyName(node.callee.property, node.callee.computed) ?? '';
    if (!WAITING_METHODS.has(method)) return;
    waits.push({ path: [...path, node.callee, node.callee.object as AnyNode], node, marks: ['then', method] });
  });
  return waits.filter(({ path }) => {
    const node = path[path.length - 1];
    const named = node.type === 'Identifier' || node.type === 'MemberExpression';
    return named && isLasting(place, path, running);
  });
}

/** `new Promise(…)`, what a call gave, or what is assigned later; no literal, no function. */
function mayBePromise(value: AnyNode | undefined): boolean {
  if (value === undefined) return true;
  if (value.type === 'NewExpression') return value.callee.type === 'Identifier' && value.callee.name === 'Promise';
  return !isFunction(value) && (value.type === 'CallExpression' || value.type === 'MemberExpression');
}
