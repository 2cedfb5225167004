import { formatRate } from '../../core/bytes.ts';
import type { Comparison, ComparisonSide } from '../../report/schema.ts';
import { accountLines } from '../account-lines.ts';
import { comparisonFacts, differenceOwner, namedWords, sideRows } from '../comparison-words.ts';
import { rateInterval } from '../figures.ts';
import { flowParts, labelled } from '../flow.ts';
import { glyphsFor } from '../glyphs.ts';
import { cutLine, type Line, lineWidth, type Span } from '../line.ts';
import { sanitizeDocument } from '../sanitize.ts';
import { findingBlocks, joinLines, type Layout, noteLines } from './report-text.ts';
import type { TextOptions } from './text-options.ts';

/**
 * Two programs side by side: their figures side by side (one below the other on a narrow terminal), the
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

function headLines(comparison: Comparison, { columns, glyphs }: Layout): Line[] {
  return flowParts(
    [
      [{ text: 'leakline', tone: 'strong' }],
      ...comparisonFacts(comparison).map((text): Line => [{ text, tone: 'faint' }]),
    ],
    {
      columns,
      gap: { text: ` ${glyphs.dot} `, tone: 'faint' },
      indent: 2,
    },
  );
}

function abreast({ sides }: Comparison, layout: Layout): Line[] {
  const sideColumns = Math.floor((layout.columns - LABEL_COLUMNS) / Math.max(1, sides.length));
  const cell = (line: Line): Span[] => {
    const cut = cutLine(line, sideColumns - 2, layout.glyphs.cut);
    return [...cut, { text: ' '.repeat(sideColumns - lineWidth(cut)) }];
  };
  return [
    [labelSpan(''), ...sides.flatMap(({ name }) => cell([{ text: name, tone: 'strong' }]))],
    ...sideRows({ sides }, layout.glyphs).map(({ label, values }) => [
      labelSpan(label),
      ...values.flatMap(cell),
    ]),
  ];
}

function stacked({ sides }: Comparison, layout: Layout): Line[][] {
  const rows = sideRows({ sides }, layout.glyphs);
  return sides.map(({ name }, index) => [
    [{ text: name, tone: 'strong' }],
    ...rows.map(({ label, values }): Line => [labelSpan(label), ...(values[index] ?? [])]),
  ]);
}

function labelSpan(label: string): Span {
  return { text: label.padEnd(LABEL_COLUMNS), tone: 'faint' };
}

function differenceLines(comparison: Comparison, { columns, glyphs }: Layout): Line[] {
  const { difference } = comparison;
  if (difference === null) return [];
  return flowParts(
    [
      [labelSpan('difference'), { text: formatRate(difference.bytesPerSecond), tone: 'strong' }],
      [{ text: `interval ${rateInterval(difference.interval, glyphs)}` }],
      [{ text: differenceOwner(comparison), tone: 'faint' }],
    ],
    { columns, gap: { text: '   ' }, indent: LABEL_COLUMNS },
  );
}

/** What one side keeps and when its line was named, or why there is nothing to name; and what of its growth that leaves open. */
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
    accountLines(report, { ...layout, indent: 2 }),
    namedLines(side, layout),
    noteLines(report, layout),
  ];
}

function namedLines(side: ComparisonSide, { columns }: Layout): Line[] {
  const named = namedWords(side);
  if (named === null) return [];
  const parts: Line[] = [[{ text: `  ${named.since}` }]];
  if (named.beforeDeath !== null) parts.push([{ text: named.beforeDeath, tone: 'strong' }]);
  return flowParts(parts, { columns, gap: { text: ', ' }, indent: 2 });
}
