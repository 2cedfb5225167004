import { formatBytes, formatRate } from '../../core/bytes.ts';
import { formatDuration } from '../../core/duration.ts';
import type { Comparison, ComparisonSide } from '../../report/schema.ts';
import { count, percent, rateInterval } from '../figures.ts';
import { flowParts, labelled } from '../flow.ts';
import { glyphsFor } from '../glyphs.ts';
import { cutLine, type Line, lineWidth, type Span } from '../line.ts';
import { sanitizeDocument } from '../sanitize.ts';
import { fateWords } from '../verdict-lines.ts';
import { spaceWords, verdictTone, verdictWord } from '../words.ts';
import { findingBlocks, joinLines, type Layout, noteLines } from './report-text.ts';
import type { TextOptions } from './text-options.ts';

/**
 * Two programs under the same load: their figures side by side (one below the other on a narrow terminal), the
 * difference, and the line of the side that leaks. Ends with a newline.
 */
export function renderComparison(comparison: Comparison, options: TextOptions): string {
  const safe = sanitizeDocument(comparison, options);
  const layout: Layout = { columns: Math.max(20, options.columns), glyphs: glyphsFor(options.unicode) };
  const blocks = [
    headLines(safe, layout),
    ...(layout.columns >= SIDE_BY_SIDE_COLUMNS ? [abreast(safe, layout)] : stacked(safe, layout)),
    differenceLines(safe, layout),
    ...safe.sides.flatMap((side) => sideBlocks(side, layout)),
  ];
  return joinLines(blocks, layout, options);
}

const SIDE_BY_SIDE_COLUMNS = 100;
const LABEL_COLUMNS = 12;

type Fact = { readonly label: string; readonly value: Line };

function headLines({ scenario, sides }: Comparison, { columns, glyphs }: Layout): Line[] {
  const words = [
    ...(scenario === null
      ? []
      : [
          scenario.name,
          `${count(scenario.clients)} clients`,
          `${count(scenario.items)} items a second each`,
        ]),
    `watched ${formatDuration(Math.max(0, ...sides.map(({ report }) => report.durationMs)))}`,
  ];
  return flowParts(
    [[{ text: 'leakline', tone: 'strong' }], ...words.map((text): Line => [{ text, tone: 'faint' }])],
    {
      columns,
      gap: { text: ` ${glyphs.dot} `, tone: 'faint' },
      indent: 2,
    },
  );
}

function abreast({ sides }: Comparison, layout: Layout): Line[] {
  const sideColumns = Math.floor((layout.columns - LABEL_COLUMNS) / Math.max(1, sides.length));
  const factsBySide = sides.map((side) => factsOf(side, layout));
  const labels = factsBySide[0]?.map(({ label }) => label) ?? [];
  const cell = (line: Line): Span[] => {
    const cut = cutLine(line, sideColumns - 2, layout.glyphs.cut);
    return [...cut, { text: ' '.repeat(sideColumns - lineWidth(cut)) }];
  };
  return [
    [labelSpan(''), ...sides.flatMap(({ name }) => cell([{ text: name, tone: 'strong' }]))],
    ...labels.map((label, row) => [
      labelSpan(label),
      ...factsBySide.flatMap((facts) => cell(facts[row]?.value ?? [])),
    ]),
  ];
}

function stacked({ sides }: Comparison, layout: Layout): Line[][] {
  return sides.map((side) => [
    [{ text: side.name, tone: 'strong' }],
    ...factsOf(side, layout).map(({ label, value }): Line => [labelSpan(label), ...value]),
  ]);
}

function labelSpan(label: string): Span {
  return { text: label.padEnd(LABEL_COLUMNS), tone: 'faint' };
}

/** The same labels for every side, so that the sides can stand in one table. */
function factsOf({ report, load }: ComparisonSide, { glyphs }: Layout): Fact[] {
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
    fact(
      'clients',
      load === null
        ? '-'
        : `${count(load.clientsOpened)} opened, ${count(load.clientsClosed)} closed, ${count(load.clientsOpen)} open`,
    ),
    fact(
      'http',
      load === null
        ? '-'
        : `${count(load.httpPerSecond)} a second, ${count(load.httpSent)} sent, ${count(load.httpFailed)} failed`,
    ),
    fact('process', `pid ${target.pid ?? '-'}, node ${target.node?.replace(/^v/, '') ?? '-'}`),
    fact('end', fateWords(report) ?? 'none forecast'),
    fact(
      'cost',
      cost.longestPauseMs === null || cost.totalOnTargetMs === null
        ? '-'
        : `longest pause ${formatDuration(cost.longestPauseMs)}, ${formatDuration(cost.totalOnTargetMs)} in all`,
    ),
  ];
}

function fact(label: string, value: string | Line): Fact {
  return { label, value: typeof value === 'string' ? [{ text: value }] : value };
}

function differenceLines({ difference, sides }: Comparison, { columns, glyphs }: Layout): Line[] {
  if (difference === null) return [];
  const [first, second] = sides;
  const whose = first === undefined || second === undefined ? '' : `${second.name} minus ${first.name}`;
  return flowParts(
    [
      [labelSpan('difference'), { text: formatRate(difference.bytesPerSecond), tone: 'strong' }],
      [{ text: `interval ${rateInterval(difference.interval, glyphs)}` }],
      [{ text: whose, tone: 'faint' }],
    ],
    { columns, gap: { text: '   ' }, indent: LABEL_COLUMNS },
  );
}

/** What one side keeps and when its line was named, or why there is nothing to name. */
function sideBlocks(side: ComparisonSide, layout: Layout): Line[][] {
  const { report } = side;
  const [first, ...rest] = findingBlocks(report, layout);
  const reason = labelled(
    { text: '' },
    { text: report.verdict.reason },
    { ...layout, indent: 2, labelColumns: 0 },
  );
  return [
    [[{ text: side.name, tone: 'strong' }], ...(first ?? reason)],
    ...rest,
    namedLines(side, layout),
    noteLines(report, layout),
  ];
}

/** How long the watch needed for the line, and how much of the process's life was left then. */
function namedLines({ name, report, load }: ComparisonSide, { columns }: Layout): Line[] {
  const { namedAtMs, target } = report;
  if (namedAtMs === null) return [];
  const since =
    load === null
      ? `${formatDuration(namedAtMs)} after the watch began`
      : `${formatDuration(Math.max(0, namedAtMs - load.startedAtMs))} after the first client`;
  const parts: Line[] = [[{ text: `  line named ${since}` }]];
  if (target.exit !== null) {
    const aheadMs = target.exit.atMs - namedAtMs;
    const order = aheadMs >= 0 ? 'before' : 'after';
    parts.push([
      { text: `${formatDuration(Math.abs(aheadMs))} ${order} the ${name} process died`, tone: 'strong' },
    ]);
  }
  return flowParts(parts, { columns, gap: { text: ', ' }, indent: 2 });
}
