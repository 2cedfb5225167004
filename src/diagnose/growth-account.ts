import type { Finding } from '../core/finding.ts';
import type { GrowthAccount } from '../core/growth-account.ts';
import type { Growth, MemorySpace } from '../core/verdict.ts';
import { keptOutOfSight } from './rules/kept-out-of-sight.ts';
import { tooLargeToCount } from './rules/too-large-to-count.ts';

/**
 * Which findings are worth telling, and what of the growth stays unexplained.
 *
 * A container that grows is no culprit for that: something small grows in most servers. What explains less than a
 * twentieth of the least growth that the verdict leaves possible is held back. Bytes are estimated from a few elements
 * and are right within a factor of three, so even at its worst that is less than a sixth of the leak.
 *
 * What could not be measured, or only in part, may be all of it: it is held back only where the others are enough. Nothing is
 * while memory grows outside of V8, of which an element's estimate knows nothing.
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
  const smallest = leastGrowth * SMALLEST_SHARE;
  const isSmall = ({ retained }: Finding): boolean => (retained.bytesPerSecond ?? 0) < smallest;
  const isEnough = (some: readonly Finding[]): boolean =>
    (explainedBy(some) ?? 0) * ESTIMATES_WITHIN >= leastGrowth;
  const enough = isEnough(findings.filter((finding) => !isSmall(finding)));
  const isHeldBack = (finding: Finding): boolean =>
    isSmall(finding) && (enough || !(isOpen(finding) || finding.kind === tooLargeToCount.name));
  const told = findings.filter((finding) => !isHeldBack(finding));
  const open = told.some(isOpen);
  const explained = explainedBy(findings);
  return {
    told,
    heldBack: findings.filter(isHeldBack),
    explainedBytesPerSecond: explained,
    unexplainedBytesPerSecond: open ? null : Math.max(0, growth.bytesPerSecond - (explained ?? 0)),
    sufficient: isEnough(told) ? true : open ? null : false,
  };
}

/**
 * What the findings account for, as far as it was measured; `null` if nothing was. Who makes it without who keeps it
 * explains nothing, nor what may not grow at all.
 */
export function explainedBy(findings: readonly Finding[]): number | null {
  const explaining = findings.filter(({ kind }) => !UNEXPLAINING.has(kind));
  const measured = explaining.flatMap(({ retained }) => retained.bytesPerSecond ?? []);
  return measured.length === 0 && explaining.length > 0
    ? null
    : measured.reduce((sum, bytes) => sum + bytes, 0);
}

/**
 * Whether nothing in sight ends the growth: what is found endless may be all of it, within what estimates are right, and is
 * at least as much as all else that was found.
 */
export function isEndlessGrowth(findings: readonly Finding[], growth: Growth | null): boolean {
  const endless = explainedBy(findings.filter((finding) => finding.endless === true)) ?? 0;
  if (growth === null || endless <= 0) return false;
  return (
    endless * ESTIMATES_WITHIN >= growth.bytesPerSecond && endless * 2 >= (explainedBy(findings) ?? Infinity)
  );
}

const UNEXPLAINING: ReadonlySet<string> = new Set([keptOutOfSight.name, tooLargeToCount.name]);
const SMALLEST_SHARE = 0.05;
/** An element's size is an estimate from a few. */
export const ESTIMATES_WITHIN = 3;

/** What it keeps is not known, or may be more than is known. */
function isOpen({ kind, retained }: Finding): boolean {
  // A guess is no reason to look no further.
  if (kind === tooLargeToCount.name) return false;
  return retained.bytesPerSecond === null || retained.bytesAtLeast === true;
}
