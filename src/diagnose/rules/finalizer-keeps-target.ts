import { calledName, walkOwn } from '../source/function-at.ts';
import { findBinding } from '../source/scopes.ts';
import { type AnyNode, isFunction, keyName, type NodePath, walk } from '../source/syntax.ts';
import { holderNamed, siteAt } from '../unseen/unseen-holder.ts';
import type { UnseenCause, UnseenRule } from './unseen-rule.ts';

/** `registry.register(object, () => object.close())`: what is to run when the object is collected keeps it from that. */
export const finalizerKeepsTarget: UnseenRule = {
  name: 'finalizer-keeps-target',

  async causesIn(place, facts) {
    const found: UnseenCause[] = [];
    const calls: { call: Extract<AnyNode, { type: 'CallExpression' }>; path: NodePath }[] = [];
    walkOwn(place, (node, path) => {
      if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression') return;
      if (keyName(node.callee.property, node.callee.computed) === 'register')
        calls.push({ call: node, path });
    });
    for (const { call, path } of calls) {
      const [target, held] = call.arguments as (AnyNode | undefined)[];
      if (call.callee.type !== 'MemberExpression' || target === undefined || held === undefined) continue;
      if (!keeps(held, target, path)) continue;
      const registry = [...path, call.callee, call.callee.object as AnyNode];
      const { holder, declared } = await holderNamed(place, registry, 'FinalizationRegistry', facts);
      if (!isRegistry(declared?.value?.node)) continue;
      const name = `\`${holder.name}\``;
      found.push({
        holder,
        addedAt: siteAt(place, call, facts),
        place,
        marks: ['register'],
        sources: [],
        keepsAll: true,
        confidence: 0.9,
        why: `${name} keeps what is handed over at registration until the object is collected, and that reaches the object itself: so it never is.`,
        shouldBeReleased: {
          words: `what is registered with ${name} must not use the object: hand over only what its clean-up needs`,
          event: null,
          location: null,
        },
      });
    }
    return found;
  },
};

function isRegistry(node: AnyNode | undefined): boolean {
  return (
    node?.type === 'NewExpression' &&
    node.callee.type === 'Identifier' &&
    node.callee.name === 'FinalizationRegistry'
  );
}

/**
 * Whether what is handed over is the object, has it in it, or is a function that uses it. `cursor.id` is read at once and
 * keeps nothing of the cursor.
 */
function keeps(held: AnyNode, target: AnyNode, path: NodePath): boolean {
  if (isSame(held, target)) return true;
  switch (held.type) {
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
      return uses(held, target, path);
    case 'ObjectExpression':
      return held.properties.some((one) => one.type === 'Property' && keeps(one.value, target, path));
    case 'ArrayExpression':
      return held.elements.some((one) => one !== null && keeps(one, target, path));
    case 'ConditionalExpression':
      return keeps(held.consequent, target, path) || keeps(held.alternate, target, path);
    case 'LogicalExpression':
      return keeps(held.left, target, path) || keeps(held.right, target, path);
    case 'CallExpression':
      // `cursor.close.bind(cursor)`
      return calledName(held) === 'bind' && held.arguments.some((one) => keeps(one, target, path));
    case 'Identifier': {
      const value = findBinding(path, held.name)?.value;
      return value != null && value.type !== 'Identifier' && isFunction(value) && keeps(value, target, path);
    }
    default:
      return false;
  }
}

function isSame(node: AnyNode, target: AnyNode): boolean {
  if (target.type === 'ThisExpression') return node.type === 'ThisExpression';
  return target.type === 'Identifier' && node.type === 'Identifier' && node.name === target.name;
}

function uses(held: AnyNode, target: AnyNode, path: NodePath): boolean {
  let found = false;
  walk(
    held,
    (node, inner) => {
      if (!isSame(node, target)) return;
      const parent = inner[inner.length - 2];
      if (parent?.type === 'MemberExpression' && parent.property === node && !parent.computed) return;
      if (node.type === 'Identifier') {
        const shadowed = findBinding([...path, ...inner], node.name) !== findBinding(path, node.name);
        if (shadowed) return;
      }
      found = true;
    },
    // `this` of a function that is no arrow is another one.
    (node) =>
      target.type !== 'ThisExpression' || !isFunction(node) || node.type === 'ArrowFunctionExpression',
  );
  return found;
}
