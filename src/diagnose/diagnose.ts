import type { Finding, Zombies } from '../core/finding.ts';
import { confidenceOf } from './confidence.ts';
import { fingerprintOf } from './fingerprint.ts';
import { type DiagnoseContext, explainedBytesPerSecond, type GrowingContainer } from './growing-container.ts';
import { knownLeakOf } from './known-leak.ts';
import { investigate, type LeakCase } from './leak-case.ts';
import { rules } from './rules/all.ts';
import { Scripts } from './script.ts';
import { mergeSameBugs } from './same-bug.ts';
import { withUnseen } from './unseen-findings.ts';
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
  const growing = growth.filter((container) => container.growthPerSecond > 0);
  const cases = await Promise.all(growing.map((container) => investigate(container, context, scripts)));
  const bugs = mergeSameBugs(cases);
  const ranked = bugs.sort(
    (a, b) =>
      rank(b) - rank(a) || weight(b) - weight(a) || b.growing.growthPerSecond - a.growing.growthPerSecond,
  );
  const told = worthTelling(ranked).map(async (leak) => ({
    leak,
    finding: await findingFrom(leak, context),
  }));
  return withUnseen(await Promise.all(told), context, scripts);
}

/** A fix that removes less than this share of what the biggest one removes is not the fix that is looked for. */
const SMALLEST_SHARE = 0.05;

function worthTelling(ranked: readonly LeakCase[]): LeakCase[] {
  const biggest = Math.max(0, ...ranked.filter((leak) => rank(leak) > 0).map(weight));
  return ranked.filter((leak, index) => index === 0 || weight(leak) >= biggest * SMALLEST_SHARE);
}

/**
 * Whether a reader can go there: the holder's line is known, or only the one that adds, or none. What a bound will
 * stop stands behind what nothing stops.
 */
function rank({ held, added, bound }: LeakCase): number {
  if (held.holder.location !== null) return bound === null ? 3 : 2;
  return added === null ? 0 : 1;
}

function weight(leak: LeakCase): number {
  return explainedBytesPerSecond(leak.growing) ?? 0;
}

async function findingFrom(leak: LeakCase, context: DiagnoseContext): Promise<Finding> {
  const rule = rules.find((candidate) => candidate.matches(leak));
  if (rule === undefined) throw new Error('the last rule matches everything');
  const { confidence, why, shouldBeReleased } = rule.explain(leak);
  const { held, growing, added } = leak;
  const zombies: Zombies | null =
    leak.zombies === null
      ? null
      : { type: leak.zombies.type, state: leak.zombies.state, count: leak.zombies.count };
  return {
    fingerprint: fingerprintOf(held.holder, held.grows, added),
    kind: rule.name,
    confidence: confidenceOf(confidence, leak, context),
    retained: {
      type: growing.detail.elementType,
      count: growing.detail.size,
      growthPerSecond: growing.growthPerSecond,
      bytesPerSecond: explainedBytesPerSecond(growing),
      state: zombies?.state ?? null,
    },
    heldBy: held.holder,
    grows: held.grows,
    addedAt: added,
    allocatedAt: leak.allocated,
    shouldBeReleased,
    zombies,
    knownLeak: await knownLeakOf(leak, context),
    // What is missing is said in `shouldBeReleased`; saying it twice helps nobody.
    explanation: `${whatGrows(leak)} ${why}`,
  };
}

function whatGrows({ held, growing, added, zombies }: LeakCase): string {
  const rate = Number(growing.growthPerSecond.toPrecision(2));
  const what =
    held.grows === null
      ? `\`${held.holder.name}\`${at(held.holder.location)} gains ${counted(rate, 'entry')} a second`
      : `\`${held.grows.name}\`${at(held.grows.location)} in ${
          held.grows.instances === 1 ? 'one element' : `each of ${held.grows.instances} elements`
        } of \`${held.holder.name}\`${at(held.holder.location)} gains ${counted(
          Number(held.grows.perSecondInEach.toPrecision(2)),
          'entry',
        )} a second`;
  const where =
    added === null
      ? ''
      : `, added by ${added.words ?? added.location.function ?? 'the top of the file'}${at(added.location)}`;
  const closed =
    zombies === null
      ? ''
      : ` ${counted(zombies.count, zombies.type)} ${zombies.count === 1 ? 'is' : 'are'} ${zombies.state} and still held.`;
  return `${what}${where}.${closed}`;
}
