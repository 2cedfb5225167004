import type { ReportFinding } from '../../report/schema.ts';
import { excerptLines } from '../excerpt-lines.ts';
import type { Glyphs } from '../glyphs.ts';
import { cutLine, type Line, lineWidth } from '../line.ts';

/** How the columns are shared between a finding and its source beside it; `null` where there are too few for both. */
export function sourceColumns(columns: number): { readonly left: number; readonly right: number } | null {
  if (columns < WIDE_COLUMNS) return null;
  const left = Math.floor((columns - GAP_COLUMNS) / 2);
  return { left, right: columns - GAP_COLUMNS - left };
}

const WIDE_COLUMNS = 110;
const GAP_COLUMNS = 2;

/**
 * The source lines of a finding, without a blank one above: with those around them, with one on either side, or alone, as rows
 * allow, and then of as many places as there is room for.
 */
export function fittingSource(
  { excerpts }: Pick<ReportFinding, 'excerpts'>,
  { columns, rows, glyphs }: { readonly columns: number; readonly rows: number; readonly glyphs: Glyphs },
): Line[] {
  const layout = { columns, indent: 0, glyphs };
  for (const around of [Infinity, 1, 0]) {
    const lines = excerptLines({ excerpts }, layout, { around }).slice(1);
    if (lines.length <= rows) return lines;
  }
  for (let places = excerpts.length - 1; places > 0; places -= 1) {
    const lines = excerptLines({ excerpts: excerpts.slice(0, places) }, layout, { around: 0 }).slice(1);
    if (lines.length <= rows) return lines;
  }
  return [];
}

/** Both from the same row on; what is left of the source is cut at its columns. */
export function besideSource(
  left: readonly Line[],
  source: readonly Line[],
  leftColumns: number,
  { cut }: Glyphs,
): Line[] {
  return Array.from({ length: Math.max(left.length, source.length) }, (_, row): Line => {
    const line = cutLine(left[row] ?? [], leftColumns, cut);
    const room = leftColumns - lineWidth(line) + GAP_COLUMNS;
    return [...line, { text: ' '.repeat(room) }, ...(source[row] ?? [])];
  });
}
