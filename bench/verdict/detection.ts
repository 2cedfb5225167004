import type { Patience } from '../../src/verdict/persistence.ts';
import { cells, leakKinds, leakPlaces, livesSeconds, noiseShares } from './leaks.ts';
import { type Outcome, watchLeak } from './watch-leak.ts';

/** Every cell of the grid, so many times. */
export function watchLeaks(count: number, firstSeed: number, patience: Patience): readonly Outcome[] {
  return cells().flatMap((cell, i) =>
    Array.from({ length: count }, (_, k) => watchLeak(cell, (firstSeed + k) * 1000 + i, patience)),
  );
}

/** One row for each kind, place, life and noise, and one for all. */
export function detectionTable(outcomes: readonly Outcome[]): string {
  const rivalNames = outcomes[0]?.rivals.map(({ name }) => name) ?? [];
  return [
    `| leaks | n | called before half of the headroom is used | right space | headroom used when called: median, 95 % | when the oracle is sure: median | called: ratio to the oracle | evidence alone: ratio to the oracle | slope's 99 % interval | forecast's 90 % interval | too late | too early | wrongly said steady |`,
    '|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|',
    ...groups(outcomes).map(([name, group]) => detectionRow(name, group)),
    '',
    `| before half of the headroom is used, median headroom used | leakline | ${rivalNames.join(' | ')} |`,
    `|---|--:|${rivalNames.map(() => '--:|').join('')}`,
    ...groups(outcomes).map(([name, group]) => rivalRow(name, group, rivalNames)),
  ].join('\n');
}

function groups(outcomes: readonly Outcome[]): readonly (readonly [string, readonly Outcome[]])[] {
  const by = (
    name: string,
    belongs: (outcome: Outcome) => boolean,
  ): readonly [string, readonly Outcome[]] => [name, outcomes.filter(belongs)];
  return [
    ...leakKinds.map((kind) => by(kind, ({ leak }) => leak.kind === kind)),
    ...leakPlaces.map((where) => by(`in ${where}`, ({ leak }) => leak.where === where)),
    ...livesSeconds.map((life) => by(`full in ${duration(life)}`, ({ leak }) => leak.lifeSeconds === life)),
    ...noiseShares.map((noise) =>
      by(`noise ${noise * 100} % of the headroom`, ({ leak }) => leak.noiseShare === noise),
    ),
    by('**all**', () => true),
  ];
}

function detectionRow(name: string, group: readonly Outcome[]): string {
  const called = group.filter(({ calledSeconds }) => calledSeconds !== undefined);
  const inTime = called.filter(({ usedShare }) => usedShare <= 0.5).length;
  const right = called.filter(({ calledSpace, leak }) => calledSpace === leak.space).length;
  const used = called.map(({ usedShare }) => usedShare);
  const ratio = (secondsOf: (outcome: Outcome) => number | undefined): string =>
    quantile(
      group.map((outcome) => (secondsOf(outcome) ?? Number.NaN) / (outcome.oracleSeconds ?? Number.NaN)),
      0.5,
    ).toFixed(1);
  const share = (held: (outcome: Outcome) => boolean | undefined): string => {
    const known = called.map(held).filter((one) => one !== undefined);
    return known.length === 0 ? '–' : `${((100 * known.filter(Boolean).length) / known.length).toFixed(1)} %`;
  };
  return `| ${[
    name,
    group.length,
    `${((100 * inTime) / group.length).toFixed(1)} %`,
    `${((100 * right) / Math.max(1, called.length)).toFixed(1)} %`,
    `${quantile(used, 0.5).toFixed(2)}, ${quantile(used, 0.95).toFixed(2)}`,
    quantile(
      group.map(({ oracleUsedShare }) => oracleUsedShare ?? Number.NaN),
      0.5,
    ).toFixed(3),
    ratio((outcome) => outcome.calledSeconds),
    ratio((outcome) => outcome.evidenceSeconds),
    share(({ slopeCovered }) => slopeCovered),
    share(({ forecastCovered }) => forecastCovered),
    share(({ forecastTooLate }) => forecastTooLate),
    share(({ forecastTooEarly }) => forecastTooEarly),
    `${((100 * group.filter(({ wronglyExcluded }) => wronglyExcluded).length) / group.length).toFixed(1)} %`,
  ].join(' | ')} |`;
}

function rivalRow(name: string, group: readonly Outcome[], rivalNames: readonly string[]): string {
  const told = (useds: readonly (number | undefined)[]): string => {
    const inTime = useds.filter((used) => used !== undefined && used <= 0.5).length;
    const median = quantile(
      useds.map((used) => used ?? Infinity),
      0.5,
    );
    return `${((100 * inTime) / group.length).toFixed(0)} %, ${Number.isFinite(median) ? median.toFixed(2) : 'never'}`;
  };
  return `| ${[
    name,
    told(group.map(({ calledSeconds, usedShare }) => (calledSeconds === undefined ? undefined : usedShare))),
    ...rivalNames.map((_, i) => told(group.map(({ rivals }) => rivals[i]?.usedShare))),
  ].join(' | ')} |`;
}

function quantile(values: readonly number[], share: number): number {
  const known = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  return known[Math.min(known.length - 1, Math.floor(share * known.length))] ?? Number.NaN;
}

function duration(seconds: number): string {
  return seconds < 3600 ? `${seconds / 60} min` : `${seconds / 3600} h`;
}
