import { styleText } from 'node:util';
import { cutEnd, textWidth } from './text-width.ts';

/**
 * One line of a terminal, not yet coloured: pieces of text and what each of them means. Widths are measured and cut
 * on this form, so an escape sequence is never counted and never cut in two.
 */
export type Line = readonly Span[];
export type Span = { readonly text: string; readonly tone?: Tone };

/** What a piece of text means; the only place that knows how it looks is below. */
export type Tone = 'strong' | 'faint' | 'bad' | 'good' | 'unsure' | 'place' | 'rss' | 'heapUsed' | 'outlook';

// Only the sixteen colours every terminal has, in the shades its owner chose for them.
const STYLE_BY_TONE: Readonly<Record<Tone, readonly Style[]>> = {
  strong: ['bold'],
  faint: ['dim'],
  bad: ['bold', 'red'],
  good: ['bold', 'green'],
  unsure: ['bold', 'yellow'],
  place: ['cyan'],
  rss: ['dim'],
  heapUsed: ['cyan'],
  outlook: ['red'],
};

type Style = Parameters<typeof styleText>[0];

export function lineWidth(line: Line): number {
  return line.reduce((columns, span) => columns + textWidth(span.text), 0);
}

/** The words alone, for presenters that have no lines. */
export function plainText(line: Line): string {
  return line.map(({ text }) => text).join('');
}

/** The line, at most `columns` wide. */
export function cutLine(line: Line, columns: number, mark: string): Line {
  if (lineWidth(line) <= columns) return line;
  if (columns <= 0) return [];
  const kept: Span[] = [];
  let room = columns - textWidth(mark);
  for (const span of line) {
    const width = textWidth(span.text);
    if (width > room) return [...kept, { ...span, text: cutEnd(span.text, room, '') + mark }];
    kept.push(span);
    room -= width;
  }
  return kept;
}

/** The line as the terminal gets it. Without colour not a single escape sequence is in it. */
export function paintLine(line: Line, color: boolean): string {
  return line
    .map(({ text, tone }) => (color && tone !== undefined && text !== '' ? styled(text, tone) : text))
    .join('')
    .replace(/ +$/, '');
}

function styled(text: string, tone: Tone): string {
  let painted = text;
  for (const style of STYLE_BY_TONE[tone]) {
    // Whether to colour was decided by the door (flags, NO_COLOR, terminal); styleText must not decide again.
    painted = styleText(style, painted, { validateStream: false });
  }
  return painted;
}
