import type { Finding } from '../core/finding.ts';
import type { GrowthAccount } from '../core/growth-account.ts';
import type { Growth, MemorySpace } from '../core/verdict.ts';

/**
 * Which findings are worth telling, and what of the growth stays unexplained.
 *
 * A container that grows is no culprit for that: something small grows in most servers. What explains less than a
 * twentieth of the least growth that the verdict leaves possible is held back. Bytes are estimated from a few elements
 * and are right within a factor of three, so even at its worst that is less than a sixth of the leak. Held back is
 * nothing whose bytes could not be measured, or only in part: it may be all of it. Nor is anything while memory grows
 * outside of V8, of which an element's estimate knows nothing.
 */
export function accountFor(
  findings: readonly Finding[],
  growth: Growth | null,
  space: MemorySpace | null,
): GrowthAccount {
  if (growth === null || space === null || space === 'native') {
    return {
      told: findings,
      heldBack: [],
      explainedBytesPerSecond: null,
      unexplainedBytesPerSecond: null,
      sufficient: null,
    };
  }
  const leastGrowth = Math.max(0, growth.interval[0]);
  const told = findings.filter((finding) => !isTooSmall(finding, leastGrowth));
  const heldBack = findings.filter((finding) => isTooSmall(finding, leastGrowth));
  const open = told.some(({ retained }) => retained.bytesPerSecond === null || retained.bytesAtLeast);
  const explained = sumOf(findings);
  return {
    told,
    heldBack,
    explainedBytesPerSecond: explained,
    unexplainedBytesPerSecond: open ? null : Math.max(0, growth.bytesPerSecond - (explained ?? 0)),
    sufficient: (sumOf(told) ?? 0) * ESTIMATES_WITHIN >= leastGrowth ? true : open ? null : false,
  };
}

const SMALLEST_SHARE = 0.05;
const ESTIMATES_WITHIN = 3;

function isTooSmall({ retained }: Finding, leastGrowth: number): boolean {
  const { bytesPerSecond, bytesAtLeast } = retained;
  return bytesPerSecond !== null && !bytesAtLeast && bytesPerSecond < SMALLEST_SHARE * leastGrowth;
}

function sumOf(findings: readonly Finding[]): number | null {
  const measured = findings.flatMap(({ retained }) => retained.bytesPerSecond ?? []);
  return measured.length === 0 && findings.length > 0
    ? null
    : measured.reduce((sum, bytes) => sum + bytes, 0);
}
