import { formatRate } from '../../core/bytes.ts';
import type { Comparison, ComparisonSide, Report, Reports } from '../../report/schema.ts';
import { comparisonFacts, differenceOwner, namedWords, sideRows } from '../comparison-words.ts';
import { rateInterval } from '../figures.ts';
import { glyphsFor } from '../glyphs.ts';
import { plainText } from '../line.ts';
import { sanitizeDocument } from '../sanitize.ts';
import { withoutSource } from '../without-source.ts';
import { verdictWord } from '../words.ts';
import { fitBlocks, type Block } from './fit.ts';
import { findingBlocks } from './finding-blocks.ts';
import { inline, tableRow } from './inline.ts';
import { measuredBlocks } from './measured-tables.ts';
import { accountBlock, notesBlock, reportBlocks, verdictHeading } from './report-blocks.ts';

export type MarkdownOptions = {
  /** Lines of the program's source are quoted; without it there are only names and places. */
  readonly withSource: boolean;
};

/**
 * The whole answer for an issue, a pull request or an assistant: one paste of less than 8 KB, whatever the report holds.
 * What does not fit is named at the end. Names that the watched program chose stand in code, where nothing is read.
 */
export function renderMarkdown(document: Report | Reports | Comparison, options: MarkdownOptions): string {
  const told = sanitizeDocument(options.withSource ? document : withoutSource(document), { unicode: true });
  return fitBlocks(blocksOf(told), MAX_BYTES);
}

/** 8 KB, whichever kind of kilobyte is meant. */
const MAX_BYTES = 8000;
const NAME_LONGEST = 120;
/** Heavier than all that stands under one. */
const HEADING = 1000;

function blocksOf(document: Report | Reports | Comparison): Block[] {
  switch (document.schema) {
    case 'leakline/report@1':
      return [
        { name: null, weight: 0, lines: [`## leakline: ${verdictHeading(document)}`] },
        ...reportBlocks(document),
      ];
    case 'leakline/reports@1':
      return document.reports.flatMap((report, index) => {
        const name = `report ${index + 1}`;
        return [
          { name, weight: HEADING, lines: [`## leakline: ${verdictHeading(report)}`] },
          ...reportBlocks(report).map((block) => ({ ...block, under: name })),
        ];
      });
    case 'leakline/comparison@1':
      return comparisonBlocks(document);
  }
}

function comparisonBlocks(comparison: Comparison): Block[] {
  const { sides } = comparison;
  const words = sides.map(
    ({ name, report }) => `${inline(name, NAME_LONGEST)} ${verdictWord(report.verdict.kind)}`,
  );
  return [
    { name: null, weight: 0, lines: [`## leakline: ${words.join(', ')}`] },
    {
      name: null,
      weight: 0,
      lines: [
        comparisonFacts(comparison)
          .map((fact) => inline(fact, NAME_LONGEST))
          .join(' · '),
      ],
    },
    { name: 'the figures side by side', weight: 100, lines: factRows(sides) },
    { name: 'the difference', weight: 95, lines: differenceLines(comparison) },
    ...sides.flatMap(sideBlocks),
  ];
}

function factRows(sides: readonly ComparisonSide[]): string[] {
  return [
    tableRow(['', ...sides.map(({ name }) => name)]),
    `| --- |${' --- |'.repeat(sides.length)}`,
    ...sideRows({ sides }, glyphsFor(true)).map(({ label, values }) =>
      tableRow([label, ...values.map((value) => plainText(value).replace(/ {2,}/g, ' ').trim())]),
    ),
  ];
}

function differenceLines(comparison: Comparison): string[] {
  const { difference } = comparison;
  if (difference === null) return [];
  const interval = rateInterval(difference.interval, glyphsFor(true));
  return [
    `Difference: **${formatRate(difference.bytesPerSecond)}**, interval ${interval} (${inline(differenceOwner(comparison))})`,
  ];
}

function sideBlocks(side: ComparisonSide): Block[] {
  const { report } = side;
  const found = findingBlocks(report);
  if (found.length === 0) {
    const words = `**${inline(side.name, NAME_LONGEST)}**: ${inline(report.verdict.reason)}`;
    return [
      { name: 'a reason', weight: 70, lines: [words] },
      accountBlock(report),
      ...measuredBlocks(report, side.name),
      notesBlock(report),
    ];
  }
  const named = namedWords(side);
  const words = named === null ? [] : [named.since, named.beforeDeath].filter((one) => one !== null);
  return [
    { name: null, weight: 0, lines: [`**${inline(side.name, NAME_LONGEST)}** keeps:`] },
    ...found,
    accountBlock(report),
    {
      name: 'when the line was named',
      weight: 40,
      lines: words.length === 0 ? [] : [inline(words.join(', '))],
    },
    ...measuredBlocks(report, side.name),
    notesBlock(report),
  ];
}
