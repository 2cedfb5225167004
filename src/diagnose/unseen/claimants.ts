import type { Finding } from '../../core/finding.ts';
import type { SourceLocation } from '../../core/location.ts';
import type { DiagnoseContext } from '../growing-container.ts';
import type { LeakCase } from '../leak-case.ts';
import { nameContainer } from '../name-container.ts';
import { unseenRules } from '../rules/all-unseen.ts';
import { samePlace } from '../same-place.ts';
import { substringPinsParent } from '../rules/substring-pins-parent.ts';
import type { UnseenCause, UnseenFacts, UnseenRule } from '../rules/unseen-rule.ts';
import { addSitesOf } from '../source/add-sites.ts';
import { covers, type FunctionAt } from '../source/function-at.ts';
import { argumentSources } from '../source/outer-arguments.ts';
import type { Script } from '../source/script.ts';
import { isFunction } from '../source/syntax.ts';
import type { GrowingAllocation } from './growing-allocations.ts';

/**
 * All that may keep what V8's samples saw to stay: the containers that the walks found, and what the text of the functions on
 * the growing stacks names. Not what the walks met and found as large as before.
 */
export async function claimantsOf(
  growing: readonly GrowingAllocation[],
  told: readonly Told[],
  facts: UnseenFacts,
  context: DiagnoseContext,
): Promise<readonly Claimant[]> {
  const found = [...(await containersOf(told, facts)), ...(await causesOf(growing, told, facts))];
  return withoutSteady(found, context);
}

/** A case the walks found, and what is told of it. */
export type Told = { readonly leak: LeakCase; readonly finding: Finding };

/** Something that may keep what grows. */
export type Claimant = {
  readonly told: Told | null;
  readonly cause: UnseenCause | null;
  readonly rule: string;
  /** The functions that put something into it. */
  readonly places: readonly FunctionAt[];
  readonly sources: ReadonlySet<string>;
  /** Its own machinery was seen to grow; true where it has none that could be seen. */
  readonly marked: boolean;
  /** It keeps whatever hangs on what is put in. */
  readonly keepsAll: boolean;
  readonly pieces: boolean;
  readonly claimed: GrowingAllocation[];
};

async function containersOf(told: readonly Told[], facts: UnseenFacts): Promise<Claimant[]> {
  const claimants = await Promise.all(
    told.map(async (one): Promise<Claimant | null> => {
      const { held, growing, added } = one.leak;
      if (held.container === null || held.holder.location === null) return null;
      const sites = await addSitesOf(held.container, facts.scripts, facts.known);
      const places = sites.flatMap(({ script, path }): FunctionAt[] => {
        const index = path.findLastIndex(isFunction);
        const node = path[index];
        return node === undefined || !isFunction(node)
          ? []
          : [{ script, node, path: path.slice(0, index + 1) }];
      });
      const pieces = await substringPinsParent.matches(one.leak, facts.scripts, facts.known);
      const { elementBytes, elementType } = growing.detail;
      const adding =
        added === null ? [] : places.filter((fn) => covers(fn, added.location, facts.workingDirectory));
      // Where a package adds on a function's behalf, the text of neither names the container.
      const onBehalf = adding.length > 0 || added === null ? null : innermostAt(added.location, facts);
      return {
        told: one,
        cause: null,
        rule: one.finding.kind,
        places: adding.length > 0 ? adding : onBehalf === null ? places : [...places, onBehalf],
        sources: new Set(places.flatMap((fn) => argumentSources(fn, scriptsFor(fn, facts)))),
        marked: true,
        // Of these a walk sees the object and not what hangs on it: of a `resolve` not who waits for its promise.
        keepsAll:
          pieces ||
          elementBytes === null ||
          one.leak.keepsWaiters ||
          /^(?:Promise|WeakRef)$/.test(elementType),
        pieces,
        claimed: [],
      };
    }),
  );
  return claimants.filter((claimant) => claimant !== null);
}

/** The function on the growing stacks in which a line stands, and no other of them in between. */
function innermostAt(
  location: SourceLocation,
  { running, workingDirectory }: UnseenFacts,
): FunctionAt | null {
  const around = running.filter((fn) => covers(fn, location, workingDirectory));
  return around.toSorted((a, b) => a.node.end - a.node.start - (b.node.end - b.node.start))[0] ?? null;
}

/** What the text of the functions on the growing stacks names; once each, and not what the walks found. */
async function causesOf(
  growing: readonly GrowingAllocation[],
  told: readonly Told[],
  facts: UnseenFacts,
): Promise<Claimant[]> {
  const found: Claimant[] = [];
  for (const rule of unseenRules) {
    for (const fn of facts.running) {
      for (const cause of await rule.causesIn(fn, facts)) {
        if (told.some(({ finding }) => samePlace(finding.heldBy, cause.holder))) continue;
        const claimant = claimantOf(rule, cause, growing, facts);
        if (cause.needsMark && !claimant.marked) continue;
        const known = found.findIndex(
          (other) => other.cause !== null && samePlace(other.cause.holder, cause.holder),
        );
        if (known < 0) found.push(claimant);
        else if (found[known].rule === rule.name) found[known] = merged(found[known], claimant);
      }
    }
  }
  return found;
}

/** Without collections that the walks met and found as large as before. */
async function withoutSteady(
  claimants: readonly Claimant[],
  context: DiagnoseContext,
): Promise<readonly Claimant[]> {
  const details = claimants.some(({ cause }) => cause !== null) ? (context.steady ?? []) : [];
  const named = await Promise.all(details.map((detail) => nameContainer(detail, context)));
  return claimants.filter(({ cause, keepsAll }) => {
    // What holds more than its elements may grow at any size.
    if (cause === null || keepsAll) return true;
    return !named.some(
      (steady) =>
        steady !== null &&
        samePlace({ ...cause.holder, ...steady.words, location: steady.location }, cause.holder),
    );
  });
}

function claimantOf(
  rule: UnseenRule,
  cause: UnseenCause,
  growing: readonly GrowingAllocation[],
  facts: UnseenFacts,
): Claimant {
  const isSeen = growing.some(({ callsByFunction }) => {
    const calls = callsByFunction.get(cause.place.node);
    return cause.marks.some((mark) => calls?.has(mark));
  });
  return {
    told: null,
    cause,
    rule: rule.name,
    places: [cause.place],
    sources: new Set([...cause.sources, ...argumentSources(cause.place, scriptsFor(cause.place, facts))]),
    marked: cause.marks.length === 0 || isSeen,
    keepsAll: cause.keepsAll,
    pieces: false,
    claimed: [],
  };
}

/** The same holder in the text of two functions: where it was seen at work is where a reader looks. */
function merged(one: Claimant, other: Claimant): Claimant {
  const main = one.marked || !other.marked ? one : other;
  return {
    ...main,
    places: [...one.places, ...other.places],
    sources: new Set([...one.sources, ...other.sources]),
  };
}

function scriptsFor({ script }: FunctionAt, { known }: UnseenFacts): Script[] {
  return [...new Set([script, ...known])];
}
