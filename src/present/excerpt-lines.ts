import type { ReportFinding } from '../report/schema.ts';
import type { Glyphs } from './glyphs.ts';
import type { Line } from './line.ts';
import { cutEnd, textWidth } from './text-width.ts';

/**
 * The source lines of a finding below a blank one, each file under its name, the lines that matter marked; of those around
 * them no more than `around` on either side.
 */
export function excerptLines(
  { excerpts }: Pick<ReportFinding, 'excerpts'>,
  layout: { readonly columns: number; readonly indent: number; readonly glyphs: Glyphs },
  { around = Infinity }: { readonly around?: number } = {},
): Line[] {
  const shown = excerpts.slice(0, MAX_EXCERPTS);
  const numbers = shown.flatMap(({ firstLine, lines }) => firstLine + lines.length - 1);
  const gutterColumns = String(Math.max(0, ...numbers)).length;
  const indent = ' '.repeat(layout.indent + 2);
  let file: string | null = null;
  return shown.flatMap((excerpt): Line[] => {
    const lines = excerpt.lines.flatMap((text, index): Line[] => {
      const number = excerpt.firstLine + index;
      const isMarked = excerpt.marked.includes(number);
      if (!excerpt.marked.some((mark) => Math.abs(mark - number) <= around)) return [];
      const gutter = `${indent}${isMarked ? '>' : ' '} ${String(number).padStart(gutterColumns)} ${layout.glyphs.bar} `;
      const room = Math.max(0, layout.columns - textWidth(gutter));
      const code = { text: cutEnd(text, room, layout.glyphs.cut) };
      return [[{ text: gutter, tone: 'faint' }, isMarked ? code : { ...code, tone: 'faint' }]];
    });
    // Of two places in one file the second needs no name, but a sign that lines are left out.
    const head: Line =
      excerpt.file === file
        ? [{ text: `${indent}${' '.repeat(gutterColumns + 3)}${layout.glyphs.cut}`, tone: 'faint' }]
        : [{ text: `${indent}${excerpt.file}`, tone: 'place' }];
    const isNewFile = excerpt.file !== file;
    file = excerpt.file;
    if (isNewFile) return [[], head, ...lines];
    return around > 0 ? [head, ...lines] : lines;
  });
}

/** The places a finding can name. */
const MAX_EXCERPTS = 5;
