import { formatBytes } from '../../core/bytes.ts';
import type { Finding, Site } from '../../core/finding.ts';
import { fingerprintOf } from '../fingerprint.ts';
import { keptOutOfSight } from '../rules/kept-out-of-sight.ts';
import { substringPinsParent } from '../rules/substring-pins-parent.ts';
import type { UnseenCause } from '../rules/unseen-rule.ts';
import { at, listed } from '../words.ts';
import type { Claimant, Told } from './claimants.ts';
import type { GrowingAllocation } from './growing-allocations.ts';

export function causeFinding(
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

export function keptFinding(allocation: GrowingAllocation, leastBytes: number): Finding | null {
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
export function containerFinding(
  { leak, finding }: Told,
  { claimed, pieces }: Claimant,
  slope: number,
): Finding {
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
    // Sampled bytes are all of them.
    retained: { ...finding.retained, bytesPerSecond: bytes, bytesAtLeast: false },
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

function rounded(confidence: number): number {
  return Math.round(confidence * 100) / 100;
}

/** An element may keep some times what was measured of it before it is said to keep something else. */
export const WITHIN_ESTIMATE = 3;
