import { formatDuration } from '../../core/duration.ts';
import type { Report } from '../../report/schema.ts';
import { accountLines } from '../account-lines.ts';
import { count } from '../figures.ts';
import { findingLines } from '../finding-lines.ts';
import { flowParts, labelled } from '../flow.ts';
import { type Glyphs, glyphsFor } from '../glyphs.ts';
import { cutLine, type Line, paintLine } from '../line.ts';
import { operationLines } from '../operation-lines.ts';
import { alsoWatchedWords, costWords, headFacts } from '../report-words.ts';
import { residentSentences } from '../resident-lines.ts';
import { sanitizeDocument } from '../sanitize.ts';
import { verdictParts } from '../verdict-lines.ts';
import type { TextOptions } from './text-options.ts';

export type { TextOptions } from './text-options.ts';

/** The answer on standard output: read from top to bottom, it ends on the line to change. Ends with a newline. */
export function renderReport(report: Report, options: TextOptions): string {
  const safe = sanitizeDocument(report, options);
  const layout: Layout = {
    columns: Math.max(MIN_COLUMNS, options.columns),
    glyphs: glyphsFor(options.unicode),
  };
  return joinLines([headLines(safe, layout), ...reportBlocks(safe, layout)], layout, options);
}

/** Blocks with an empty line between them, as text. */
export function joinLines(
  blocks: readonly (readonly Line[])[],
  layout: Layout,
  options: TextOptions,
): string {
  const lines = blocks
    .filter((block) => block.length > 0)
    .flatMap((block, index) => (index === 0 ? block : [[], ...block]));
  // Every line passes here, whatever laid it out: none is wider than the terminal.
  return lines
    .map((line) => `${paintLine(cutLine(line, layout.columns, layout.glyphs.cut), options.color)}\n`)
    .join('');
}

/** Findings, or why there are none. */
export function findingBlocks(report: Report, layout: Layout): Line[][] {
  const blocks = report.findings
    .slice(0, MAX_FINDINGS)
    .map((finding) => findingLines(finding, { ...layout, indent: 2, explanation: true, excerpts: true }));
  const hidden = report.findings.length - MAX_FINDINGS;
  if (hidden > 0)
    blocks.push([
      [{ text: `  ${count(hidden)} more findings not shown; --json FILE has them all`, tone: 'faint' }],
    ]);
  return blocks;
}

export type Layout = { readonly columns: number; readonly glyphs: Glyphs };

// Narrower than this no layout holds; the terminal may wrap such lines as it likes.
const MIN_COLUMNS = 20;
const MAX_FINDINGS = 5;
const MAX_STEADY = 5;
const VERDICT_INDENT = 10;

function reportBlocks(report: Report, layout: Layout): Line[][] {
  return [
    verdictLines(report, layout),
    ...findingBlocks(report, layout),
    accountLines(report, { ...layout, indent: 2 }),
    operationLines(report, { ...layout, indent: 2 }),
    residentLines(report, layout),
    steadyLines(report, layout),
    isolateLines(report, layout),
    noteLines(report, layout),
    // Reading a log costs the server nothing.
    ...(report.source === null ? [costLines(report, layout)] : []),
  ];
}

function headLines(report: Report, layout: Layout): Line[] {
  return flowParts(
    [
      [{ text: 'leakline', tone: 'strong' }],
      ...headFacts(report, { withFolders: true }).map((text) => [{ text, tone: 'faint' as const }]),
    ],
    {
      columns: layout.columns,
      gap: { text: ` ${layout.glyphs.dot} `, tone: 'faint' },
      indent: 2,
    },
  );
}

function verdictLines(report: Report, layout: Layout): Line[] {
  const lines = flowParts(verdictParts(report, layout.glyphs), {
    columns: layout.columns,
    gap: { text: '   ' },
    indent: VERDICT_INDENT,
  });
  // A leak whose line is named speaks for itself; every other verdict owes its reason.
  if (report.findings.length > 0 && report.verdict.kind === 'leaking') return lines;
  return [
    ...lines,
    ...labelled({ text: '' }, { text: report.verdict.reason }, { ...layout, indent: 2, labelColumns: 0 }),
  ];
}

function residentLines(report: Report, layout: Layout): Line[] {
  const label = 'native: ';
  return residentSentences(report).flatMap((text, index) =>
    labelled(
      { text: index === 0 ? label : '', tone: 'faint' },
      { text },
      { ...layout, indent: 2, labelColumns: label.length },
    ),
  );
}

function steadyLines(report: Report, layout: Layout): Line[] {
  const words = report.steadyContainers
    .slice(0, MAX_STEADY)
    .map(
      ({ name, size, watchedMs }) =>
        `${count(size)} entries in ${name} (steady for ${formatDuration(watchedMs)})`,
    );
  const hidden = report.steadyContainers.length - MAX_STEADY;
  if (hidden > 0) words.push(`${count(hidden)} more containers; --json FILE has them all`);
  const label = 'not a leak: ';
  return words.flatMap((text, index) =>
    labelled(
      { text: index === 0 ? label : '', tone: 'faint' },
      { text, tone: 'faint' },
      { ...layout, indent: 2, labelColumns: label.length },
    ),
  );
}

/** What the reader must know to trust the answer. */
export function noteLines(report: Report, layout: Layout): Line[] {
  return report.notes.flatMap((text) =>
    labelled(
      { text: 'note: ', tone: 'unsure' },
      { text },
      { ...layout, indent: 2, labelColumns: 'note: '.length },
    ),
  );
}

function isolateLines({ isolates, target: { pid } }: Report, layout: Layout): Line[] {
  if (isolates.length === 0) return [];
  const words = isolates.map((isolate) => alsoWatchedWords(isolate, pid));
  return labelled(
    { text: 'also watched: ', tone: 'faint' },
    { text: words.join(', '), tone: 'faint' },
    { ...layout, indent: 2, labelColumns: 'also watched: '.length },
  );
}

function costLines(report: Report, layout: Layout): Line[] {
  return labelled(
    { text: 'cost: ', tone: 'faint' },
    { text: costWords(report).join(', '), tone: 'faint' },
    {
      ...layout,
      indent: 2,
      labelColumns: 'cost: '.length,
    },
  );
}
