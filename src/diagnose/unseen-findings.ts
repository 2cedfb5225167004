import { formatBytes } from '../core/bytes.ts';
import type { Finding, Site } from '../core/finding.ts';
import { addSitesOf } from './add-sites.ts';
import { fingerprintOf } from './fingerprint.ts';
import { covers, type FunctionAt } from './function-at.ts';
import { nameAround } from './function-name.ts';
import { type DiagnoseContext, explainedBytesPerSecond } from './growing-container.ts';
import { type GrowingAllocation, growingAllocations, resumedFunctions } from './growing-allocations.ts';
import { knownLeakOf } from './known-leak.ts';
import type { LeakCase } from './leak-case.ts';
import { nameContainer } from './name-container.ts';
import { argumentSources } from './outer-arguments.ts';
import { unseenRules } from './rules/all-unseen.ts';
import { keptOutOfSight } from './rules/kept-out-of-sight.ts';
import { substringPinsParent } from './rules/substring-pins-parent.ts';
import type { UnseenCause, UnseenFacts, UnseenRule } from './rules/unseen-rule.ts';
import type { Script, Scripts } from './script.ts';
import { isFunction } from './syntax.ts';
import { at, listed } from './words.ts';

/** A case the walks found, and what is told of it. */
export type Told = { readonly leak: LeakCase; readonly finding: Finding };

/**
 * The findings of the walks, and beside them those of V8's sampled allocations where the walks explain too little.
 *
 * Each allocation that grows is given to one holder: a container whose elements show less than they keep, or something
 * the text names that no walk can see. What nothing is known to hold is told as that. So no growth is told twice; and
 * where what the walks found accounts for half of the growth nothing is added.
 */
export async function withUnseen(
  told: readonly Told[],
  context: DiagnoseContext,
  scripts: Scripts,
): Promise<Finding[]> {
  const seen = told.map(({ finding }) => finding);
  const { allocations, slopeBytesPerSecond: slope, space, workingDirectory } = context;
  if (allocations == null || allocations.durationMs < SHORTEST_MS || slope === null || slope <= 0)
    return seen;
  if (space === 'external' || space === 'native') return seen;
  const explained = told.reduce((sum, { leak }) => sum + explainedBy(leak), 0);
  if (explained >= slope * ENOUGH) return seen;

  const growing = await growingAllocations(allocations, scripts, workingDirectory);
  const left = withoutExplained(growing, told, workingDirectory);
  const running = functionsOf(left);
  const known = [...new Set(running.map(({ script }) => script))];
  const resumed = await resumedFunctions(allocations, scripts);
  const facts: UnseenFacts = { scripts, known, running, resumed, workingDirectory };
  const found = [...(await containersOf(told, facts)), ...(await causesOf(left, told, facts))];
  const claimants = await withoutSteady(found, context);
  const unclaimed: GrowingAllocation[] = [];
  for (const allocation of left)
    (nearest(claimants, allocation, left)?.claimed ?? unclaimed).push(allocation);

  const least = slope * SMALLEST_SHARE;
  const added = [
    ...claimants.flatMap((claimant) => (claimant.told === null ? [causeFinding(claimant, left, least)] : [])),
    ...unclaimed.map((allocation) => keptFinding(allocation, least)),
  ].filter((finding) => finding !== null);
  const findings = told.map((one) => {
    const claimant = claimants.find((candidate) => candidate.told === one);
    return claimant === undefined ? one.finding : containerFinding(one, claimant, slope);
  });
  return inOrder(findings, await Promise.all(added.map((finding) => withKnownLeak(finding, context))));
}

async function withKnownLeak(finding: Finding, context: DiagnoseContext): Promise<Finding> {
  const { heldBy, addedAt } = finding;
  const held = { holder: heldBy, grows: null, event: null };
  return { ...finding, knownLeak: await knownLeakOf({ held, added: addedAt }, context) };
}

function functionsOf(growing: readonly GrowingAllocation[]): FunctionAt[] {
  const functions = growing.flatMap(({ inner, through }) => [...inner, ...through]);
  return [...new Map(functions.map((fn) => [fn.node, fn])).values()];
}

/** A window beside the traps is too short to tell what stays from what is in use. */
const SHORTEST_MS = 4000;
/** Of the growth: an element's size is an estimate. */
const ENOUGH = 0.5;
/** Of the growth: what stays beside it is warm-up, or hangs on what was told. */
const SMALLEST_SHARE = 0.1;
/** An element may keep some times what was measured of it before it is said to keep something else. */
const WITHIN_ESTIMATE = 3;

/** Something that may keep what grows. */
type Claimant = {
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

function explainedBy(leak: LeakCase): number {
  const isNamed = leak.held.holder.location !== null || leak.added !== null;
  return isNamed ? (explainedBytesPerSecond(leak.growing) ?? 0) : 0;
}

/** Without what is made by the functions that add to a container of about that growth. */
function withoutExplained(
  growing: readonly GrowingAllocation[],
  told: readonly Told[],
  workingDirectory: string,
): GrowingAllocation[] {
  let left = [...growing];
  for (const { leak } of told) {
    const { added } = leak;
    if (added === null) continue;
    const joined = left.filter(({ through }) =>
      through.some((fn) => covers(fn, added.location, workingDirectory)),
    );
    const bytes = joined.reduce((sum, { bytesPerSecond }) => sum + bytesPerSecond, 0);
    if (bytes <= explainedBy(leak) * WITHIN_ESTIMATE) left = left.filter((one) => !joined.includes(one));
  }
  return left;
}

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
      return {
        told: one,
        cause: null,
        rule: one.finding.kind,
        places: adding.length > 0 ? adding : places,
        sources: new Set(places.flatMap((fn) => argumentSources(fn, scriptsFor(fn, facts)))),
        marked: true,
        // Of these a walk sees the object and not what hangs on it.
        keepsAll: pieces || elementBytes === null || /^(?:Promise|WeakRef)$/.test(elementType),
        pieces,
        claimed: [],
      };
    }),
  );
  return claimants.filter((claimant) => claimant !== null);
}

function scriptsFor({ script }: FunctionAt, { known }: UnseenFacts): Script[] {
  return [...new Set([script, ...known])];
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

function samePlace(a: Finding['heldBy'], b: Finding['heldBy']): boolean {
  if (a.location === null || b.location === null) return false;
  return a.location.file === b.location.file && a.location.line === b.location.line && a.name === b.name;
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

/** The one that most speaks for; of two alike the first. `undefined` where nothing does. */
function nearest(
  claimants: readonly Claimant[],
  allocation: GrowingAllocation,
  all: readonly GrowingAllocation[],
): Claimant | undefined {
  let best: Claimant | undefined;
  let most = 0;
  for (const claimant of claimants) {
    const score = nearness(claimant, allocation, all);
    if (score > most) {
      most = score;
      best = claimant;
    }
  }
  return best;
}

/**
 * How much speaks for it, in steps: the function that allocates also puts in; what it makes is handed to one that does; one
 * further out on the stack does; it calls one. What keeps all that hangs on it may keep what was made anywhere. Of a
 * collection that no walk met, a function further out says nothing: most functions put something somewhere.
 */
function nearness(
  { told, places, sources, marked, keepsAll }: Claimant,
  { place, through, inner }: GrowingAllocation,
  all: readonly GrowingAllocation[],
): number {
  const puts = (fn: FunctionAt): boolean => places.some(({ node }) => node === fn.node);
  // What a package does on behalf of a function is that function's.
  const distance = inner.some(puts) ? 0 : through.findIndex(puts);
  const isSource = [...inner, ...through].some((fn) => sources.has(calledAs(fn) ?? ''));
  const isNear = distance === 0 || keepsAll || told !== null;
  const onStack = distance < 0 || !isNear ? 0 : Math.max(2, 7 - distance);
  const calls = all.some(({ through: other }) => {
    const called = other.findIndex(puts);
    return called >= 0 && other[called + 1]?.node === place.node;
  });
  const linked = Math.max(onStack, isSource ? 6 : 0, calls ? 4 : 0);
  if (keepsAll && marked) return Math.max(linked, 2) + 1;
  return marked ? linked : linked * 0.5;
}

/** `begin` of `Upload.begin`, `Upload` of `new Upload`. */
function calledAs({ script, path }: FunctionAt): string | null {
  return nameAround(script, path)?.replace(/^new |^.*\./, '') ?? null;
}

function causeFinding(
  { cause, rule, claimed, marked }: Claimant,
  growing: readonly GrowingAllocation[],
  leastBytes: number,
): Finding | null {
  if (cause === null || bytesOf(claimed) < leastBytes) return null;
  const { holder, shouldBeReleased, why } = cause;
  const addedAt = withCallers(cause, growing);
  const confidence = cause.confidence * (marked ? 1 : 0.7) * (holder.location === null ? 0.7 : 1);
  return unseenFinding(claimed, {
    kind: rule,
    confidence: rounded(confidence),
    holder,
    addedAt,
    shouldBeReleased,
    why,
  });
}

/** Who called the function that adds, as far as a stack that stays tells. */
function withCallers({ addedAt, place }: UnseenCause, growing: readonly GrowingAllocation[]): Site {
  const { location } = addedAt;
  for (const { inner, through, site } of growing) {
    if (![...inner, ...through].some(({ node }) => node === place.node)) continue;
    const own = site.stack.findIndex(
      (frame) => frame.file === location.file && frame.function === location.function,
    );
    if (own >= 0) return { ...addedAt, stack: [location, ...site.stack.slice(own + 1)] };
  }
  return addedAt;
}

function keptFinding(allocation: GrowingAllocation, leastBytes: number): Finding | null {
  if (allocation.bytesPerSecond < leastBytes) return null;
  const { name: kind, holder, confidence, why } = keptOutOfSight;
  const parts = { kind, confidence, holder, addedAt: allocation.site, shouldBeReleased: null, why };
  return unseenFinding([allocation], parts);
}

type Parts = Pick<UnseenCause, 'holder' | 'addedAt' | 'shouldBeReleased' | 'why' | 'confidence'> & {
  readonly kind: string;
};

/** The sampler counts bytes: of what kind they are, and in how many objects, it does not say. */
function unseenFinding(claimed: readonly GrowingAllocation[], parts: Parts): Finding {
  const [heaviest] = claimed;
  const { kind, confidence, holder, addedAt, shouldBeReleased, why } = parts;
  return {
    fingerprint: fingerprintOf(holder, null, addedAt),
    kind,
    confidence,
    retained: {
      type: 'unknown',
      count: null,
      growthPerSecond: null,
      bytesPerSecond: bytesOf(claimed),
      state: null,
    },
    heldBy: holder,
    grows: null,
    addedAt,
    allocatedAt: heaviest.within ?? heaviest.site,
    shouldBeReleased,
    zombies: null,
    knownLeak: null,
    explanation: `${whatStays(claimed)} ${why}`,
  };
}

/** What the samples add to a container's finding: what its elements keep beyond what a walk sees of them. */
function containerFinding({ leak, finding }: Told, { claimed, pieces }: Claimant, slope: number): Finding {
  const bytes = bytesOf(claimed);
  const before = finding.retained.bytesPerSecond ?? 0;
  if (bytes <= before) return finding;
  const [heaviest] = claimed;
  const isPieces = pieces && bytes > before * WITHIN_ESTIMATE;
  const said = isPieces ? substringPinsParent.explain(leak) : null;
  const share = bytes / slope;
  return {
    ...finding,
    kind: said === null ? finding.kind : substringPinsParent.name,
    confidence: share < 1 / 3 ? finding.confidence : Math.max(finding.confidence, said?.confidence ?? 0.8),
    retained: { ...finding.retained, bytesPerSecond: bytes },
    allocatedAt: heaviest.within ?? heaviest.site,
    shouldBeReleased: said === null ? finding.shouldBeReleased : said.shouldBeReleased,
    explanation: `${finding.explanation} ${whatStays(claimed)}${said === null ? '' : ` ${said.why}`}`,
  };
}

function whatStays(allocations: readonly GrowingAllocation[]): string {
  const bytesByWords = new Map<string, number>();
  for (const { site, bytesPerSecond } of allocations) {
    const words = `${site.location.function ?? 'a function without a name'}${at(site.location)}`;
    bytesByWords.set(words, (bytesByWords.get(words) ?? 0) + bytesPerSecond);
  }
  const clauses = [...bytesByWords]
    .slice(0, MOST_NAMED)
    .map(([words, bytes]) => `${formatBytes(bytes)}/s of what ${words} allocates`);
  return `By V8's samples ${listed(clauses)} ${clauses.length === 1 ? 'stays' : 'stay'}.`;
}

const MOST_NAMED = 3;

function bytesOf(allocations: readonly GrowingAllocation[]): number {
  return allocations.reduce((sum, { bytesPerSecond }) => sum + bytesPerSecond, 0);
}

/** Each added one before the first that explains less, or has no line to go to; what the walks found keeps its order. */
function inOrder(seen: readonly Finding[], added: readonly Finding[]): Finding[] {
  const findings = [...seen];
  for (const finding of [...added].sort((a, b) => explainedIn(b) - explainedIn(a))) {
    const index = findings.findIndex(
      (other) =>
        explainedIn(other) < explainedIn(finding) ||
        (other.heldBy.location === null && other.addedAt === null),
    );
    findings.splice(index < 0 ? findings.length : index, 0, finding);
  }
  return findings;
}

function explainedIn(finding: Finding): number {
  return finding.retained.bytesPerSecond ?? 0;
}

function rounded(confidence: number): number {
  return Math.round(confidence * 100) / 100;
}
