import { type FunctionAt, outerVariable, walkOwn } from '../function-at.ts';
import type { Binding } from '../scopes.ts';
import { type AnyNode, isFunction, keyName, type NodePath, walk } from '../syntax.ts';
import { holderNamed, siteAt } from '../unseen-holder.ts';
import type { UnseenCause, UnseenRule } from './unseen-rule.ts';

/**
 * Each new object is linked to the one before it, and a variable that outlives the call holds an end of the chain: the
 * oldest where each names the next (`newest.next = change`), the newest where each names the one before
 * (`newest = { previous: newest }`).
 */
export const chainNeverCut: UnseenRule = {
  name: 'chain-never-cut',

  async causesIn(place, facts) {
    const found: UnseenCause[] = [];
    for (const { holder: path, added, property } of chainsIn(place)) {
      const { holder } = await holderNamed(place, path, 'chain of objects', facts);
      const name = `\`${holder.name}\``;
      const movesOn = isMovedOn(place, textOf(place, last(path)), property);
      found.push({
        holder,
        addedAt: siteAt(place, added, facts),
        place,
        marks: [],
        sources: [],
        keepsAll: true,
        confidence: movesOn ? 0.5 : 0.85,
        why: `Each new object is linked to the others by \`${property}\`, and ${name} holds the end of that chain: so it holds all of them.`,
        shouldBeReleased: {
          words: movesOn
            ? `${name} moves on along \`${property}\` less often than the chain gets longer`
            : `nothing cuts the chain: ${name} never moves on, and no \`${property}\` is taken away`,
          event: null,
          location: null,
        },
      });
    }
    return found;
  },
};

type Chain = { readonly holder: NodePath; readonly added: AnyNode; readonly property: string };
type Assignment = { readonly left: NodePath; readonly right: AnyNode; readonly node: AnyNode };

function chainsIn(place: FunctionAt): Chain[] {
  const assignments: Assignment[] = [];
  walkOwn(place, (node, path) => {
    if (node.type !== 'AssignmentExpression' || node.operator !== '=') return;
    assignments.push({ left: [...path, node.left as AnyNode], right: node.right, node });
  });
  return assignments.flatMap((link) => forward(place, link, assignments) ?? backward(place, link) ?? []);
}

/** `newest.next = change` beside `newest = change`; the oldest is in the other variable that `change` is put into. */
function forward(place: FunctionAt, link: Assignment, assignments: readonly Assignment[]): Chain | null {
  const left = last(link.left);
  if (left.type !== 'MemberExpression' || link.right.type !== 'Identifier') return null;
  const property = keyName(left.property, left.computed);
  const added = link.right.name;
  if (property === undefined) return null;
  const moves = assignments.filter(({ right }) => right.type === 'Identifier' && right.name === added);
  const head = textOf(place, left.object as AnyNode);
  const follows = moves.some((move) => isLasting(place, move.left) && textOf(place, last(move.left)) === head);
  if (!follows) return null;
  const oldest = moves.find(
    (move) => move !== link && isLasting(place, move.left) && textOf(place, last(move.left)) !== head,
  );
  return oldest === undefined ? null : { holder: oldest.left, added: link.node, property };
}

/** `newest = { …, previous: newest }`, or a call or constructor that is passed the one before. */
function backward(place: FunctionAt, { left, right, node }: Assignment): Chain | null {
  if (!isLasting(place, left)) return null;
  const head = textOf(place, last(left));
  if (right.type === 'ObjectExpression') {
    for (const one of right.properties) {
      if (one.type !== 'Property' || textOf(place, one.value as AnyNode) !== head) continue;
      return { holder: left, added: node, property: keyName(one.key, one.computed) ?? '?' };
    }
  }
  return null;
}

/** `oldest = oldest.next`, anywhere in the file. */
function isMovedOn({ script }: FunctionAt, holder: string, property: string): boolean {
  if (script.program === null) return false;
  let moves = false;
  walk(script.program, (node) => {
    if (node.type !== 'AssignmentExpression' || script.code.slice(node.left.start, node.left.end) !== holder) return;
    const { right } = node;
    if (right.type === 'MemberExpression' && keyName(right.property, right.computed) === property) moves = true;
  });
  return moves;
}

/** A variable of outside, or a property of one or of `this`. */
function isLasting(place: FunctionAt, path: NodePath): boolean {
  const variable: Binding | undefined = outerVariable(place, path);
  if (variable !== undefined) return variable.value === null || !isFunction(variable.value);
  const node = last(path);
  return node.type === 'MemberExpression' && node.object.type === 'ThisExpression';
}

function last(path: NodePath): AnyNode {
  return path[path.length - 1];
}

function textOf({ script }: FunctionAt, node: AnyNode): string {
  return script.code.slice(node.start, node.end);
}
