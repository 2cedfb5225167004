import { findBound } from '../bounds.ts';
import { calledIn, type FunctionAt, outerVariable, walkOwn } from '../function-at.ts';
import { argumentExpressions } from '../outer-arguments.ts';
import { removalSitesOf } from '../removal-sites.ts';
import { type AnyNode, isClass, isFunction, keyName, type NodePath } from '../syntax.ts';
import { holderNamed, siteAt } from '../unseen-holder.ts';
import { at } from '../words.ts';
import { originalLocation } from '../original-location.ts';
import { placeOf } from '../script.ts';
import type { UnseenCause, UnseenFacts, UnseenRule } from './unseen-rule.ts';

/** A collection no walk came to (a private static, one behind a closure nobody holds) into which the text puts what stays. */
export const collectionOutOfSight: UnseenRule = {
  name: 'collection-out-of-sight',

  async causesIn(place, facts) {
    const puts = putsIn(place).filter(({ collection }) => outlives(place, collection, facts));
    const found = await Promise.all(puts.map((put) => causeFrom(place, put, facts)));
    return found.filter((cause) => cause !== null);
  },
};

type Put = {
  /** To the expression that names the collection. */
  readonly collection: NodePath;
  readonly type: string;
  readonly method: string;
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
      puts.push({ collection, type: TYPE_BY_METHOD[method], method, node: node.callee.property, element });
    } else if (node.type === 'AssignmentExpression' && node.left.type === 'MemberExpression') {
      const { left, right } = node;
      // `counts[key] += 1` counts, and a fixed key is written again and again.
      if (node.operator !== '=' || !left.computed || isConstant(left.property)) return;
      const collection = [...path, left, left.object as AnyNode];
      puts.push({ collection, type: 'Object', method: '', node: left, element: right });
    }
  });
  return puts.filter(({ element }) => !isNumber(element));
}

/**
 * There before the function was called, and not made anew for each call of something that runs all the time: a collection of
 * a request's own object, or of the closure of its handler, goes with the request.
 */
function outlives(place: FunctionAt, path: NodePath, { running }: UnseenFacts): boolean {
  const variable = outerVariable(place, path);
  if (variable !== undefined) {
    const around = place.path.slice(0, place.path.indexOf(variable.scope) + 1).findLast(isFunction);
    const isOfRunning = running.some(({ node }) => node === around);
    return variable.kind !== 'parameter' && !isOfRunning;
  }
  let root = path[path.length - 1];
  while (root.type === 'MemberExpression') root = root.object as AnyNode;
  if (root.type !== 'ThisExpression') return false;
  const owner = place.path.findLast(isClass);
  return owner === undefined || !running.some((fn) => isConstructorOf(fn, owner));
}

function isConstructorOf({ path }: FunctionAt, owner: AnyNode): boolean {
  const method = path[path.length - 2];
  return method?.type === 'MethodDefinition' && method.kind === 'constructor' && path.findLast(isClass) === owner;
}

function isConstant(node: AnyNode | undefined): boolean {
  return node?.type === 'Literal';
}

function isNumber(node: AnyNode): boolean {
  if (node.type === 'Literal' || node.type === 'UpdateExpression' || node.type === 'UnaryExpression') return true;
  return node.type === 'BinaryExpression' && node.operator !== '+';
}

async function causeFrom(place: FunctionAt, put: Put, facts: UnseenFacts): Promise<UnseenCause | null> {
  const { holder, declared } = await holderNamed(place, put.collection, put.type, facts);
  if (declared === null) return null;
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
    holder,
    addedAt: siteAt(place, put.node, facts),
    place,
    marks: [put.method],
    sources: [...calledIn(put.element), ...argumentExpressions(place, known).flatMap(calledIn)],
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
