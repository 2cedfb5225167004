import { formatBytes, formatRate } from '../core/bytes.ts';
import { formatDuration } from '../core/duration.ts';
import type { Comparison, ComparisonSide } from '../report/schema.ts';
import { count, percent, rateInterval } from './figures.ts';
import type { Glyphs } from './glyphs.ts';
import type { Line } from './line.ts';
import { scriptOf } from './script-name.ts';
import { fateWords } from './verdict-lines.ts';
import { spaceWords, verdictTone, verdictWord } from './words.ts';

/** What was played, if anything was, and for how long: the words behind `leakline` in a first line. */
export function comparisonFacts({ scenario, sides }: Comparison): string[] {
  return [
    ...(scenario === null
      ? []
      : [
          scenario.name,
          `${count(scenario.clients)} clients`,
          `${count(scenario.items)} items a second each`,
        ]),
    `watched ${formatDuration(Math.max(0, ...sides.map(({ report }) => report.durationMs)))}`,
  ];
}

/** The figures of all sides as the rows of one table. Traffic is told where leakline made it. */
export function sideRows({ sides }: Pick<Comparison, 'sides'>, glyphs: Glyphs): SideRow[] {
  const hasLoad = sides.some(({ load }) => load !== null);
  const [labels = [], ...others] = sides.map((side) => sideFacts(side, glyphs, hasLoad));
  return labels.map(({ label, value }, row) => ({
    label,
    values: [value, ...others.map((facts) => facts[row]?.value ?? [])],
  }));
}

export type SideRow = { readonly label: string; readonly values: readonly Line[] };

function sideFacts({ report, load }: ComparisonSide, glyphs: Glyphs, hasLoad: boolean): SideFact[] {
  const { verdict, growth, series, target, cost } = report;
  const tone = verdictTone(verdict.kind);
  const rate =
    growth.bytesPerSecond === null
      ? ''
      : `   ${formatRate(growth.bytesPerSecond)} ${spaceWords(verdict.space)}`;
  const floors = series.floor.map(({ bytes }) => bytes);
  const fromTo = (sizes: readonly (number | null)[]): string => {
    const [first, last] = [sizes[0], sizes.at(-1)];
    return first == null || last == null
      ? '-'
      : `${formatBytes(first)} ${glyphs.becomes} ${formatBytes(last)}`;
  };
  return [
    fact('verdict', [{ text: verdictWord(verdict.kind), tone }, { text: rate }]),
    fact(
      'interval',
      growth.interval === null ? '-' : `${percent(growth.level)} ${rateInterval(growth.interval, glyphs)}`,
    ),
    fact('after GC', fromTo(floors)),
    fact('rss', fromTo(series.rss)),
    ...(hasLoad ? loadFacts(load) : []),
    fact(
      'process',
      `pid ${target.pid ?? '-'}, node ${target.node?.replace(/^v/, '') ?? '-'}${target.command === null ? '' : `, ${scriptOf(target.command)}`}`,
    ),
    fact('end', fateWords(report) ?? 'none forecast'),
    fact(
      'cost',
      cost.longestPauseMs === null || cost.totalOnTargetMs === null
        ? '-'
        : `longest pause ${formatDuration(cost.longestPauseMs)}, ${formatDuration(cost.totalOnTargetMs)} in all`,
    ),
  ];
}

function loadFacts(load: ComparisonSide['load']): SideFact[] {
  if (load === null) return [fact('clients', '-'), fact('http', '-')];
  return [
    fact(
      'clients',
      `${count(load.clientsOpened)} opened, ${count(load.clientsClosed)} closed, ${count(load.clientsOpen)} open`,
    ),
    fact(
      'http',
      `${count(load.httpPerSecond)} a second, ${count(load.httpSent)} sent, ${count(load.httpFailed)} failed`,
    ),
  ];
}

type SideFact = { readonly label: string; readonly value: Line };

/** `leaking minus fixed`: whose growth the difference is. */
export function differenceOwner({ sides: [first, second] }: Comparison): string {
  return first === undefined || second === undefined ? '' : `${second.name} minus ${first.name}`;
}

/** How long the watch needed for the line, and how much of the process's life was left then; `null` without a line. */
export function namedWords({ name, report, load }: ComparisonSide): {
  readonly since: string;
  readonly beforeDeath: string | null;
} | null {
  const { namedAtMs, target } = report;
  // A side of the lab is called by what its server is, any other by its process.
  const died = load === null ? `${name} died` : `the ${name} process died`;
  if (namedAtMs === null) return null;
  const since =
    load === null
      ? `${formatDuration(namedAtMs)} after the watch began`
      : `${formatDuration(Math.max(0, namedAtMs - load.startedAtMs))} after the first client`;
  const aheadMs = target.exit === null ? null : target.exit.atMs - namedAtMs;
  return {
    since: `line named ${since}`,
    beforeDeath:
      aheadMs === null
        ? null
        : `${formatDuration(Math.abs(aheadMs))} ${aheadMs >= 0 ? 'before' : 'after'} ${died}`,
  };
}

function fact(label: string, value: string | Line): SideFact {
  return { label, value: typeof value === 'string' ? [{ text: value }] : value };
}
