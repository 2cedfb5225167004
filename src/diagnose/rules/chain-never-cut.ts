import { type FunctionAt, outerVariable, walkOwn } from '../source/function-at.ts';
import { isLasting } from '../source/lasting.ts';
import { type AnyNode, isFunction, keyName, type NodePath, pathTo, walk } from '../source/syntax.ts';
import { holderNamed, siteAt } from '../unseen/unseen-holder.ts';
import type { UnseenCause, UnseenFacts, UnseenRule } from './unseen-rule.ts';

/**
 * Each new object is linked to the one before it, and a variable that outlives the call holds an end of the chain: the
 * oldest where each names the next (`newest.next = change`), the newest where each names the one before
 * (`newest = { previous: newest }`).
 */
export const chainNeverCut: UnseenRule = {
  name: 'chain-never-cut',

  async causesIn(place, facts) {
    const found: UnseenCause[] = [];
    for (const { holder: path, added, property } of chainsIn(place, facts)) {
      const { holder } = await holderNamed(place, path, 'chain of objects', facts);
      const name = `\`${holder.name}\``;
      const movesOn = property !== null && isMovedOn(place, textOf(place, last(path)), property);
      const by = property === null ? '' : ` by \`${property}\``;
      found.push({
        holder,
        addedAt: siteAt(place, added, facts),
        place,
        marks: [],
        sources: [],
        keepsAll: true,
        confidence: movesOn ? 0.5 : 0.85,
        why: `Each new object is linked to the others${by}, and ${name} holds the end of that chain: so it holds all of them.`,
        shouldBeReleased: {
          words: movesOn
            ? `${name} moves on${by} less often than the chain gets longer`
            : `nothing cuts the chain: ${name} never moves on, and no link is taken away`,
          event: null,
          location: null,
        },
      });
    }
    return found;
  },
};

/** `property` leads from one to the other; `null` where a constructor sets it. */
type Chain = { readonly holder: NodePath; readonly added: AnyNode; readonly property: string | null };
type Assignment = {
  readonly left: NodePath;
  readonly right: AnyNode;
  readonly node: AnyNode;
  /** What is assigned to was there before the call. */
  readonly lasting: boolean;
};

function chainsIn(place: FunctionAt, { running }: UnseenFacts): Chain[] {
  const assignments: Assignment[] = [];
  walkOwn(place, (node, path) => {
    if (node.type !== 'AssignmentExpression' || node.operator !== '=') return;
    // `newest = newest.next = change` assigns the same to both.
    let right: AnyNode = node.right;
    while (right.type === 'AssignmentExpression') right = right.right;
    const left = [...path, node.left as AnyNode];
    const lasting =
      isLasting(place, left, running) && !isFunction(outerVariable(place, left)?.value ?? right);
    assignments.push({ left, right, node, lasting });
  });
  return assignments.flatMap(
    (link) =>
      forward(place, link, assignments) ?? intoNew(place, link, assignments) ?? asNew(place, link) ?? [],
  );
}

/** `newest.next = change` beside `newest = change`; the oldest is in the variable that began as the newest. */
function forward(place: FunctionAt, link: Assignment, assignments: readonly Assignment[]): Chain | null {
  const left = last(link.left);
  if (left.type !== 'MemberExpression' || link.right.type !== 'Identifier') return null;
  const property = keyName(left.property, left.computed);
  if (property === undefined) return null;
  const added = link.right.name;
  const head = textOf(place, left.object);
  const moves = assignments.filter(
    ({ right, lasting }) => lasting && right.type === 'Identifier' && right.name === added,
  );
  const newest = moves.find((move) => textOf(place, last(move.left)) === head);
  if (newest === undefined) return null;
  const oldest = moves.find(
    (move) => move !== link && move !== newest && textOf(place, last(move.left)) !== head,
  );
  const holder = oldest?.left ?? firstOf(place, newest.left);
  return holder === null ? null : { holder, added: link.node, property };
}

/** `let newest = oldest;`: the chain began with that one. */
function firstOf(place: FunctionAt, newest: NodePath): NodePath | null {
  const value = last(newest).type === 'Identifier' ? outerVariable(place, newest)?.value : null;
  if (value?.type !== 'Identifier' || place.script.program === null) return null;
  return pathTo(place.script.program, value);
}

/** `change.previous = newest` beside `newest = change`. */
function intoNew(place: FunctionAt, link: Assignment, assignments: readonly Assignment[]): Chain | null {
  const left = last(link.left);
  if (left.type !== 'MemberExpression' || left.object.type !== 'Identifier') return null;
  const property = keyName(left.property, left.computed);
  const { name } = left.object;
  const head = textOf(place, link.right);
  const move = assignments.find(
    (other) =>
      other.lasting &&
      other.right.type === 'Identifier' &&
      other.right.name === name &&
      textOf(place, last(other.left)) === head,
  );
  return move === undefined || property === undefined
    ? null
    : { holder: move.left, added: move.node, property };
}

/** `newest = { …, previous: newest }`, `newest = new Change(words, newest)`. */
function asNew(place: FunctionAt, { left, right, node, lasting }: Assignment): Chain | null {
  if (!lasting) return null;
  const head = textOf(place, last(left));
  if (right.type === 'ObjectExpression') {
    for (const one of right.properties) {
      if (one.type !== 'Property' || textOf(place, one.value) !== head) continue;
      return { holder: left, added: node, property: keyName(one.key, one.computed) ?? null };
    }
  }
  if (right.type === 'NewExpression' && right.arguments.some((one) => textOf(place, one) === head))
    return { holder: left, added: node, property: null };
  return null;
}

/** `oldest = oldest.next`, anywhere in the file. */
function isMovedOn({ script }: FunctionAt, holder: string, property: string): boolean {
  if (script.program === null) return false;
  let moves = false;
  walk(script.program, (node) => {
    if (node.type !== 'AssignmentExpression' || script.code.slice(node.left.start, node.left.end) !== holder)
      return;
    const { right } = node;
    if (right.type === 'MemberExpression' && keyName(right.property, right.computed) === property)
      moves = true;
  });
  return moves;
}

function last(path: NodePath): AnyNode {
  return path[path.length - 1];
}

function textOf({ script }: FunctionAt, node: AnyNode): string {
  return script.code.slice(node.start, node.end);
}
