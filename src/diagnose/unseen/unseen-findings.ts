import type { Finding } from '../../core/finding.ts';
import { type DiagnoseContext, explainedBytesPerSecond } from '../growing-container.ts';
import type { LeakCase } from '../leak-case.ts';
import { knownLeakOf } from '../packages/known-leak.ts';
import type { UnseenFacts } from '../rules/unseen-rule.ts';
import { covers, type FunctionAt } from '../source/function-at.ts';
import type { Scripts } from '../source/script.ts';
import { claimantsOf, type Told } from './claimants.ts';
import { type GrowingAllocation, growingAllocations, resumedFunctions } from './growing-allocations.ts';
import { nearest } from './nearest-claimant.ts';
import { causeFinding, containerFinding, keptFinding, WITHIN_ESTIMATE } from './claimed-finding.ts';

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
  const claimants = await claimantsOf(left, told, facts, context);
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
