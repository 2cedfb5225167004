import type { LiveSide } from '../../report/live.ts';
import type { ReportFinding } from '../../report/schema.ts';
import {
  findingBodyLines,
  findingHeadLines,
  findingRows,
  headNotes,
  headWords,
  missingWords,
} from '../finding-lines.ts';
import { flowParts } from '../flow.ts';
import { glyphsFor } from '../glyphs.ts';
import type { Line } from '../line.ts';
import { growingLines } from './growing-lines.ts';
import type { ScreenLayout } from './layout.ts';
import { besideSource, fittingSource, sourceColumns } from './source-beside.ts';

/**
 * A finding in the rows that the strip has for it: in full, with its source and what grows as far as there is room, or what is kept
 * and the places alone. Where the terminal is wide the source stands beside it.
 */
export function stripFinding(
  finding: ReportFinding,
  side: LiveSide,
  { columns, panelRows }: Pick<ScreenLayout, 'columns' | 'panelRows'>,
  unicode: boolean,
): Line[] {
  const glyphs = glyphsFor(unicode);
  const head = findingHeadLines(finding, { columns, indent: 0 });
  const rows = panelRows - head.length;
  const bodyIn = (bodyColumns: number, explanation: boolean): Line[] =>
    findingBodyLines(finding, { columns: bodyColumns, indent: 0, glyphs, explanation, excerpts: false });
  const growing = (growingColumns: number, used: number): Line[] =>
    growingLines([side], { columns: growingColumns }, unicode, rows - used);

  const wide = sourceColumns(columns);
  if (wide !== null) {
    const source = fittingSource(finding, { columns: wide.right, rows, glyphs });
    const narrow = bodyIn(wide.left, false);
    if (source.length > 0 && narrow.length <= rows) {
      const grown = growing(wide.left, narrow.length);
      const explained = bodyIn(wide.left, true);
      const body = explained.length + grown.length <= rows ? explained : narrow;
      return [...head, ...besideSource([...body, ...grown], source, wide.left, glyphs)];
    }
  }
  const body = bodyIn(columns, false);
  if (body.length > rows) return shortFinding(finding, columns).slice(0, panelRows);
  const below = fittingSource(finding, { columns, rows: rows - body.length, glyphs });
  return [...head, ...body, ...below, ...growing(columns, body.length + below.length)];
}

/** What is kept in one line, and the places in the next: they are what the reader came for. */
function shortFinding(finding: ReportFinding, columns: number): Line[] {
  const { rate, doubt } = headNotes(finding);
  const head: Line[] = [
    [{ text: headWords(finding), tone: 'strong' }],
    ...(rate === null ? [] : [[{ text: rate, tone: 'faint' as const }]]),
    ...(doubt === null ? [] : [[{ text: doubt, tone: 'unsure' as const }]]),
  ];
  const [held, ...others] = findingRows(finding);
  const added = others.filter(({ label }) => label === 'added at');
  const rest = others.filter(({ label }) => label !== 'added at');
  const places = [held, ...added, ...rest].flatMap((row): Line[] => {
    if (row === undefined) return [];
    // Only who holds it needs a name: the others are lines to go to.
    const name = row === held || row.place === '' ? `${row.name} ` : '';
    return [[{ text: `${row.label} `, tone: 'faint' }, { text: name }, { text: row.place, tone: 'place' }]];
  });
  const missing = missingWords(finding);
  const gap = { text: '   ' };
  return [
    ...flowParts(head, { columns, gap, indent: 2 }).slice(0, 1),
    ...flowParts(places, { columns: columns - 2, gap, indent: 0 }).map(
      (line): Line => [{ text: '  ' }, ...line],
    ),
    ...(missing === null ? [] : [[{ text: '  missing ', tone: 'faint' as const }, { text: missing }]]),
  ];
}
