import { findBound } from '../source/bounds.ts';
import type { Declared } from '../source/declared.ts';
import { type FunctionAt, walkOwn } from '../source/function-at.ts';
import { isLasting } from '../source/lasting.ts';
import { sourcesOf } from '../source/outer-arguments.ts';
import { removalSitesOf } from '../source/removal-sites.ts';
import { type AnyNode, keyName, type NodePath } from '../source/syntax.ts';
import { holderNamed, siteAt } from '../unseen/unseen-holder.ts';
import { at } from '../words.ts';
import { originalLocation } from '../source/original-location.ts';
import { placeOf } from '../source/script.ts';
import type { UnseenCause, UnseenFacts, UnseenRule } from './unseen-rule.ts';

/** A collection no walk came to (a private static, one behind a closure nobody holds) into which the text puts what stays. */
export const collectionOutOfSight: UnseenRule = {
  name: 'collection-out-of-sight',

  async causesIn(place, facts) {
    const puts = putsIn(place).filter(({ collection }) => isLasting(place, collection, facts.running));
    const found = await Promise.all(puts.map((put) => causeFrom(place, put, facts)));
    return found.filter((cause) => cause !== null);
  },
};

type Put = {
  /** To the expression that names the collection. */
  readonly collection: NodePath;
  readonly type: string;
  /** Where the reader should look. */
  readonly node: AnyNode;
  readonly element: AnyNode;
};

const TYPE_BY_METHOD: Readonly<Record<string, string>> = {
  set: 'Map',
  add: 'Set',
  push: 'Array',
  unshift: 'Array',
};

function putsIn(place: FunctionAt): Put[] {
  const puts: Put[] = [];
  walkOwn(place, (node, path) => {
    if (node.type === 'CallExpression' && node.callee.type === 'MemberExpression') {
      const method = keyName(node.callee.property, node.callee.computed) ?? '';
      const element = node.arguments.at(-1) as AnyNode | undefined;
      if (!Object.hasOwn(TYPE_BY_METHOD, method) || element === undefined || isConstant(node.arguments[0]))
        return;
      const collection = [...path, node.callee, node.callee.object as AnyNode];
      puts.push({ collection, type: TYPE_BY_METHOD[method], node: node.callee.property, element });
    } else if (node.type === 'AssignmentExpression' && node.left.type === 'MemberExpression') {
      const { left, right } = node;
      // `counts[key] += 1` counts, and a fixed key is written again and again; so is a ring's.
      if (node.operator !== '=' || !left.computed || isConstant(left.property) || isRing(left.property))
        return;
      const collection = [...path, left, left.object as AnyNode];
      puts.push({ collection, type: 'Object', node: left, element: right });
    }
  });
  return puts.filter(({ element }) => !isNumber(element));
}

function isConstant(node: AnyNode | undefined): boolean {
  return node?.type === 'Literal';
}

/** `Map` of `new Map()`. */
function madeAs({ value }: Declared): string | null {
  const node = value?.node;
  return node?.type === 'NewExpression' && node.callee.type === 'Identifier' ? node.callee.name : null;
}

/** `ring[next % SIZE] = …` */
function isRing(index: AnyNode): boolean {
  return index.type === 'BinaryExpression' && (index.operator === '%' || index.operator === '&');
}

function isNumber(node: AnyNode): boolean {
  if (node.type === 'Literal' || node.type === 'UpdateExpression' || node.type === 'UnaryExpression')
    return true;
  return node.type === 'BinaryExpression' && node.operator !== '+';
}

async function causeFrom(place: FunctionAt, put: Put, facts: UnseenFacts): Promise<UnseenCause | null> {
  const { holder, declared } = await holderNamed(place, put.collection, put.type, facts);
  if (declared === null) return null;
  const made = madeAs(declared);
  // What is kept by an object goes with it.
  if (made !== null && made.startsWith('Weak')) return null;
  const known = [...new Set([place.script, declared.script, ...facts.known])];
  // What stops by itself is no leak, and a collection of the call before is none of this one.
  if ((await findBound(declared, facts.scripts, known)) !== undefined) return null;
  const [removal] = await removalSitesOf(declared, facts.scripts, known);
  const name = `\`${holder.name}\``;
  const removedAt =
    removal === undefined
      ? null
      : originalLocation(placeOf(removal.script, removal.node), facts.workingDirectory);
  return {
    holder: { ...holder, type: made ?? put.type },
    addedAt: siteAt(place, put.node, facts),
    place,
    marks: [],
    sources: sourcesOf(put.element, put.collection),
    keepsAll: false,
    confidence: declared.moduleLevel ? 0.7 : 0.55,
    why: `No walk of the heap came to what keeps it; in the source it is put into ${name}.`,
    shouldBeReleased: {
      words:
        removal === undefined
          ? `nothing deletes from ${name}`
          : `\`${removal.words}\`${at(removedAt)} is not reached for all of them`,
      event: null,
      location: removedAt,
    },
  };
}
