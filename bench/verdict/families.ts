import type { Series } from '../../src/core/series.ts';
import type { Verdict } from '../../src/core/verdict.ts';
import { decide } from '../../src/verdict/decide.ts';
import { families, type Family, limitBytes, trace, until } from '../../test/verdict/traces.ts';

type Outcome = {
  readonly everLeakingMs: number | undefined;
  readonly everSteadyMs: number | undefined;
  readonly last: Verdict;
};

function outcomeOf(series: Series, family: Family): Outcome {
  let everLeakingMs: number | undefined;
  let everSteadyMs: number | undefined;
  const lookMs = Math.max(1, family.seconds / 120) * 1000;
  for (let watchedMs = lookMs; watchedMs <= family.seconds * 1000; watchedMs += lookMs) {
    const { kind } = decide(until(series, watchedMs), { limitBytes, watchedMs });
    if (kind === 'leaking') everLeakingMs ??= watchedMs;
    if (kind === 'steady') everSteadyMs ??= watchedMs;
    if (!family.healthy && kind === 'leaking') break;
  }
  return {
    everLeakingMs,
    everSteadyMs,
    last: decide(series, { limitBytes, watchedMs: family.seconds * 1000 }),
  };
}

function quantiles(values: readonly (number | undefined)[]): string {
  const seen = values.filter((value) => value !== undefined).sort((a, b) => a - b);
  const at = (share: number): string => {
    const value = seen[Math.min(seen.length - 1, Math.floor(share * seen.length))];
    return value === undefined ? '-' : (value / 1000).toFixed(0);
  };
  return `${at(0.05)} / ${at(0.5)} / ${at(0.95)} s`;
}

/**
 * Draws so many servers of every family of short watches, from the seeds `firstSeed` on, and tells what the verdict said of them: of
 * healthy ones how many were ever called leaking and when they were steady, of leaking ones when that was said. Someone
 * waits for these answers, so patience is quick.
 */
export function familiesTable(seeds: number, firstSeed: number): string {
  const rows = families.map((family) => {
    const count = family.seconds > 3_600 ? Math.ceil(seeds / 10) : seeds;
    const outcomes = Array.from({ length: count }, (_, i) => outcomeOf(trace(family, firstSeed + i), family));
    const leaking = outcomes.map((outcome) => outcome.everLeakingMs);
    const steady = outcomes.map((outcome) => outcome.everSteadyMs);
    const ends = ['leaking', 'steady', 'inconclusive'].map(
      (kind) => `${outcomes.filter((outcome) => outcome.last.kind === kind).length} ${kind}`,
    );
    const number = (values: readonly (number | undefined)[]): number =>
      values.filter((value) => value !== undefined).length;
    return `| ${family.healthy ? 'healthy' : 'LEAK'}: ${family.name} | ${number(leaking)} of ${count} | ${quantiles(leaking)} | ${number(steady)} | ${quantiles(steady)} | ${ends.join(', ')} |`;
  });
  return [
    '| family | ever leaking | leaking at | ever steady | steady at | at the end |',
    '|---|--:|--:|--:|--:|---|',
    ...rows,
  ].join('\n');
}
