import type { Finding } from '../core/finding.ts';
import { confidenceOf } from './confidence.ts';
import { fingerprintOf } from './fingerprint.ts';
import { type DiagnoseContext, notGrowing } from './growing-container.ts';
import { ESTIMATES_WITHIN, explainedBy } from './growth-account.ts';
import { investigate, type LeakCase } from './leak-case.ts';
import { knownLeakOf } from './packages/known-leak.ts';
import { tooLargeToCount } from './rules/too-large-to-count.ts';
import { samePlace } from './same-place.ts';
import { addSitesOf } from './source/add-sites.ts';
import type { Scripts } from './source/script.ts';

/**
 * The findings, and beside them the program's dictionaries that are too large to be counted again, where what was measured
 * explains too little of the growth. They stand before what nothing is known to hold.
 */
export async function withUncounted(
  findings: readonly Finding[],
  context: DiagnoseContext,
  scripts: Scripts,
): Promise<Finding[]> {
  const { slopeBytesPerSecond: slope, space, uncounted = [] } = context;
  if (slope === null || slope <= 0 || space === 'external' || space === 'native') return [...findings];
  if ((explainedBy(findings) ?? 0) * ESTIMATES_WITHIN >= slope) return [...findings];
  const suspects: Finding[] = [];
  for (const detail of uncounted) {
    const leak = await investigate(notGrowing(detail), context, scripts);
    const isTold = findings.some(({ heldBy }) => samePlace(heldBy, leak.held.holder));
    if (isTold || !tooLargeToCount.matches(leak) || !(await isFilledInFunction(leak, scripts))) continue;
    suspects.push(await uncountedFinding(leak, context));
    if (suspects.length >= MOST_TOLD) break;
  }
  const index = findings.findIndex(({ heldBy }) => heldBy.location === null);
  return findings.toSpliced(index < 0 ? findings.length : index, 0, ...suspects);
}

const MOST_TOLD = 3;

/** A table that is filled while its file is loaded grows no more. */
async function isFilledInFunction({ held }: LeakCase, scripts: Scripts): Promise<boolean> {
  const { container } = held;
  if (container === null) return false;
  const sites = await addSitesOf(container, scripts, [container.script]);
  return sites.some(({ inFunction }) => inFunction);
}

async function uncountedFinding(leak: LeakCase, context: DiagnoseContext): Promise<Finding> {
  const { held, growing, added } = leak;
  const { confidence, why, shouldBeReleased } = tooLargeToCount.explain(leak);
  return {
    fingerprint: fingerprintOf(held.holder, null, added, { holder: held.declared, grows: held.container }),
    kind: tooLargeToCount.name,
    // Nothing is known of its share.
    confidence: confidenceOf(confidence, leak, { ...context, slopeBytesPerSecond: null }),
    retained: {
      type: growing.detail.elementType,
      count: growing.detail.size,
      growthPerSecond: null,
      bytesPerSecond: null,
      state: null,
    },
    heldBy: held.holder,
    grows: null,
    addedAt: added,
    allocatedAt: leak.allocated,
    shouldBeReleased,
    zombies: null,
    knownLeak: await knownLeakOf(leak, context),
    explanation: why,
  };
}
