import { type FunctionAt, outerVariable, walkOwn } from '../source/function-at.ts';
import { isLasting } from '../source/lasting.ts';
import { type Passed, passedFor, sourcesOf } from '../source/outer-arguments.ts';
import { findBinding } from '../source/scopes.ts';
import { type AnyNode, isFunction, keyName, type NodePath } from '../source/syntax.ts';
import { holderNamed, siteAt } from '../unseen/unseen-holder.ts';
import type { UnseenCause, UnseenFacts, UnseenRule } from './unseen-rule.ts';

/** `Promise.race([work(), stopping])` with a promise that outlives the call: each race leaves its reactions on it. */
export const raceAgainstEternalPromise: UnseenRule = {
  name: 'race-against-eternal-promise',

  async causesIn(place, facts) {
    const found: UnseenCause[] = [];
    for (const { call, path } of racesIn(place)) {
      const racers = racersOf(call, path);
      for (const racer of racers) {
        const eternal = eternalAt(place, [...path, racer], facts);
        if (eternal === null) continue;
        const sources = racers
          .filter((other) => other !== racer)
          .flatMap((other) => sourcesOf(other, [...path, other]));
        found.push(await causeFrom(place, call, eternal, sources, facts));
      }
    }
    return found;
  },
};

type Call = Extract<AnyNode, { type: 'CallExpression' }>;

function racesIn(place: FunctionAt): { readonly call: Call; readonly path: NodePath }[] {
  const races: { call: Call; path: NodePath }[] = [];
  walkOwn(place, (node, path) => {
    if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression') return;
    const { object, property, computed } = node.callee;
    if (object.type !== 'Identifier' || object.name !== 'Promise') return;
    if (/^(?:race|any)$/.test(keyName(property, computed) ?? '')) races.push({ call: node, path });
  });
  return races;
}

/** `Promise.race([work(), stopping])`, or of an array that was made before. */
function racersOf(call: Call, path: NodePath): AnyNode[] {
  const [given] = call.arguments as (AnyNode | undefined)[];
  const list = given?.type === 'Identifier' ? findBinding(path, given.name)?.value : given;
  return list?.type === 'ArrayExpression'
    ? (list.elements.filter((racer) => racer !== null) as AnyNode[])
    : [];
}

/** Where the promise that outlives the call is named: in the race itself, or where the function is called. */
function eternalAt(place: FunctionAt, path: NodePath, facts: UnseenFacts): Passed | null {
  const racer = path[path.length - 1];
  if (racer.type !== 'Identifier' && racer.type !== 'MemberExpression') return null;
  if (isLasting(place, path, facts.running)) {
    const value = outerVariable(place, path)?.value ?? null;
    return racer.type === 'Identifier' && value !== null && isFunction(value) ? null : { fn: place, path };
  }
  if (racer.type !== 'Identifier') return null;
  const parameter = findBinding(path, racer.name);
  if (parameter?.kind !== 'parameter' || parameter.scope !== place.node) return null;
  const passed = passedFor(place, racer.name, facts.known);
  return passed.find(({ fn, path: to }) => isNamed(to) && isLasting(fn, to, facts.running)) ?? null;
}

function isNamed(path: NodePath): boolean {
  const { type } = path[path.length - 1];
  return type === 'Identifier' || type === 'MemberExpression';
}

async function causeFrom(
  place: FunctionAt,
  call: Call,
  eternal: Passed,
  sources: readonly string[],
  facts: UnseenFacts,
): Promise<UnseenCause> {
  const { holder } = await holderNamed(eternal.fn, eternal.path, 'Promise', facts);
  const name = `\`${holder.name}\``;
  return {
    holder,
    addedAt: siteAt(place, call, facts),
    place,
    marks: ['race', 'any'],
    sources,
    keepsAll: true,
    confidence: 0.85,
    why: `Each race adds its reactions to ${name}, which has not settled, and they keep what the race ended with for as long as it does not.`,
    shouldBeReleased: {
      words: `nothing takes a race's reactions off ${name}: race against a promise of its own, which is settled when the race is over`,
      event: null,
      location: null,
    },
  };
}
