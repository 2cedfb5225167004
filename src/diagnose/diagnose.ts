import { callOfProgram, type Finding, type Zombies } from '../core/finding.ts';
import type { SourceLocation } from '../core/location.ts';
import { isOutOfReach } from './bound-reach.ts';
import { confidenceOf } from './confidence.ts';
import { isEndless } from './endless.ts';
import { excerptsAt } from './source/excerpts.ts';
import { fingerprintOf } from './fingerprint.ts';
import {
  type DiagnoseContext,
  explainedBytesPerSecond,
  type GrowingContainer,
  keepsMoreThanSeen,
} from './growing-container.ts';
import { knownLeakOf } from './packages/known-leak.ts';
import { investigate, type LeakCase, programScripts } from './leak-case.ts';
import { packageUse } from './source/package-use.ts';
import { retainerPath } from './retainer-path.ts';
import { rules } from './rules/all.ts';
import { Scripts } from './source/script.ts';
import { mergeSameBugs } from './same-bug.ts';
import { trapFinding } from './trap-finding.ts';
import { withUncounted } from './uncounted.ts';
import { withUnseen } from './unseen/unseen-findings.ts';
import { at, counted } from './words.ts';

/**
 * From growth to named lines: who holds, what grows, who adds, what is missing. In the order of how much of the
 * growth a fix would remove; containers no source line is known of stand last. Reads each source once.
 */
export async function diagnose(
  growth: readonly GrowingContainer[],
  context: DiagnoseContext,
): Promise<Finding[]> {
  const scripts = new Scripts(context.sources);
  const told = await tell(growth, context, scripts);
  const findings = await withUncounted(await withUnseen(told, context, scripts), context, scripts);
  return Promise.all(findings.map((finding) => withSource(finding, context, scripts)));
}

/** A finding, and the containers it is about: that which explains most first. */
export type FindingOf = {
  readonly finding: Finding;
  readonly growing: readonly GrowingContainer[];
};

/** The same for what was counted in snapshots, where there is nothing that can't be seen. */
export async function diagnoseCounted(
  growth: readonly GrowingContainer[],
  context: DiagnoseContext,
): Promise<FindingOf[]> {
  const scripts = new Scripts(context.sources);
  const told = await tell(growth, context, scripts);
  return Promise.all(
    told.map(async ({ leak, finding }) => ({
      finding: await withSource(finding, context, scripts),
      growing: [leak.growing, ...(leak.alsoGrowing ?? [])],
    })),
  );
}

async function tell(
  growth: readonly GrowingContainer[],
  context: DiagnoseContext,
  scripts: Scripts,
): Promise<{ readonly leak: LeakCase; readonly finding: Finding }[]> {
  const growing = growth.filter((container) => container.growthPerSecond > 0);
  const cases = await Promise.all(growing.map((container) => investigate(container, context, scripts)));
  const bugs = mergeSameBugs(cases);
  const ranked = bugs.sort(
    (a, b) =>
      rank(b) - rank(a) || weight(b) - weight(a) || b.growing.growthPerSecond - a.growing.growthPerSecond,
  );
  return Promise.all(
    worthTelling(ranked).map(async (leak) => ({ leak, finding: await findingFrom(leak, context, scripts) })),
  );
}

/** What the sources say beside: where the program uses the package a finding is in, and the lines at all its places. */
async function withSource(finding: Finding, context: DiagnoseContext, scripts: Scripts): Promise<Finding> {
  const { addedAt, heldBy } = finding;
  const packageName = addedAt === null ? (heldBy.location?.package ?? null) : addedAt.location.package;
  if (packageName === null || (addedAt !== null && callOfProgram(addedAt) !== null)) {
    return withExcerpts(finding, context, scripts);
  }
  const usedAt = packageUse(packageName, await programScripts(context, scripts), context.workingDirectory);
  return withExcerpts({ ...finding, usedAt }, context, scripts);
}

async function withExcerpts(
  finding: Finding,
  { workingDirectory }: DiagnoseContext,
  scripts: Scripts,
): Promise<Finding> {
  const { heldBy, grows, addedAt, usedAt, shouldBeReleased } = finding;
  const call = addedAt === null ? null : callOfProgram(addedAt);
  const release = shouldBeReleased?.location ?? null;
  const places = [
    heldBy.location,
    grows?.location ?? null,
    addedAt?.location ?? null,
    call,
    usedAt ?? null,
    release,
  ];
  const known = places.filter((place) => place !== null);
  return { ...finding, excerpts: await excerptsAt(known, scripts, workingDirectory) };
}

/** A fix that removes less than this share of what the biggest one removes is not the fix that is looked for. */
const SMALLEST_SHARE = 0.05;

function worthTelling(ranked: readonly LeakCase[]): LeakCase[] {
  const biggest = Math.max(0, ...ranked.filter((leak) => rank(leak) > 0).map(weight));
  return ranked.filter(
    (leak, index) => index === 0 || weight(leak) >= biggest * SMALLEST_SHARE || mayBeAnything(leak),
  );
}

/** A container of the program's whose entries could not be measured: beside the growth of the process it may be all of it. */
function mayBeAnything(leak: LeakCase): boolean {
  const unmeasured = explainedBytesPerSecond(leak.growing) === null || mayKeepMore(leak);
  return unmeasured && rank(leak) === PLACE_KNOWN;
}

/** Who waits for a promise hangs on it where no look sees them. */
function mayKeepMore({ growing, keepsWaiters }: LeakCase): boolean {
  return keepsMoreThanSeen(growing) || keepsWaiters;
}

/**
 * Whether a reader can go there: the holder's line is known, or only that of what the container is somewhere inside of, or
 * the one that adds, or none. What a bound will stop stands behind what nothing stops.
 */
function rank(leak: LeakCase): number {
  const { held, added, bound } = leak;
  if (held.holder.location === null) return added === null ? 0 : 1;
  if (bound !== null && !isOutOfReach(leak)) return 2;
  return held.growsIn === 'itself' ? 3 : PLACE_KNOWN;
}

const PLACE_KNOWN = 4;

function weight(leak: LeakCase): number {
  return explainedBytesPerSecond(leak.growing) ?? 0;
}

async function findingFrom(leak: LeakCase, context: DiagnoseContext, scripts: Scripts): Promise<Finding> {
  const rule = rules.find((candidate) => candidate.matches(leak));
  if (rule === undefined) throw new Error('the last rule matches everything');
  const { confidence, why, shouldBeReleased } = rule.explain(leak);
  const { held, growing, added } = leak;
  const trap = trapFinding(leak);
  const call = added === null ? null : callOfProgram(added);
  const zombies: Zombies | null =
    leak.zombies === null
      ? null
      : { type: leak.zombies.type, state: leak.zombies.state, count: leak.zombies.count };
  const { detail } = growing;
  const path = retainerPath({
    holder: held.holder,
    zombies: leak.zombies,
    grows: held.grows,
    retained: { type: detail.elementType, count: detail.size },
    shouldBeReleased,
  });
  return {
    fingerprint: fingerprintOf(
      held.holder,
      // What is inside an object of Node's is called otherwise in another version of Node.
      held.growsIn === 'itself' ? null : held.grows,
      added,
      { holder: held.timer ?? held.declared, grows: held.container },
    ),
    kind: rule.name,
    confidence: confidenceOf(confidence, leak, context),
    retained: {
      type: growing.detail.elementType,
      count: growing.detail.size,
      growthPerSecond: growing.growthPerSecond,
      bytesPerSecond: explainedBytesPerSecond(growing),
      bytesAtLeast: mayKeepMore(leak),
      state: zombies?.state ?? null,
    },
    heldBy: held.holder,
    grows: held.grows,
    path,
    addedAt: added,
    allocatedAt: leak.allocated,
    trap,
    shouldBeReleased,
    zombies,
    knownLeak: await knownLeakOf(leak, context),
    endless: await isEndless(leak, context, scripts),
    // What is missing is said in `shouldBeReleased`; saying it twice helps nobody.
    // Which call sets a timer is known from its callback for sure.
    explanation: [
      whatGrows(leak, call),
      why,
      growing.detail.type === 'timers' ? null : (trap?.reason ?? null),
    ]
      .filter((part) => part !== null)
      .join(' '),
  };
}

function whatGrows({ held, growing, added, zombies }: LeakCase, call: SourceLocation | null): string {
  const rate = Number(growing.growthPerSecond.toPrecision(2));
  const pace = growing.per === 'snapshot' ? 'from each snapshot to the next' : 'a second';
  const what =
    held.grows === null
      ? `\`${held.holder.name}\`${at(held.holder.location)} gains ${counted(rate, 'entry')} ${pace}`
      : `\`${held.grows.name}\`${at(held.grows.location)} ${insideWords(held)} \`${held.holder.name}\`${at(
          held.holder.location,
        )} gains ${counted(Number(held.grows.perSecondInEach.toPrecision(2)), 'entry')} ${pace}`;
  const adder = added === null ? null : (added.words ?? added.location.function);
  const where =
    added === null
      ? ''
      : `, added ${adder === null ? 'in a function without a name' : `by ${adder}`}${at(added.location)}`;
  const called = call === null ? '' : `, called from ${call.function ?? 'your code'}${at(call)}`;
  const closed =
    zombies === null
      ? ''
      : ` ${counted(zombies.count, zombies.type)} ${zombies.count === 1 ? 'is' : 'are'} ${zombies.state} and still held.`;
  return `${what}${where}${called}.${closed}`;
}

function insideWords({ grows, growsIn }: LeakCase['held']): string {
  if (growsIn === 'itself') return 'inside';
  return grows === null || grows.instances === 1
    ? 'in one element of'
    : `in each of ${grows.instances} elements of`;
}
