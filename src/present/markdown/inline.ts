import { cutEnd } from '../text-width.ts';

/**
 * Words in a line of Markdown. What holds no character that any reader of Markdown makes something of stands as it is; all
 * else is put into a code span, in which nothing is read: no link, no mention, no HTML, no emphasis.
 */
export function inline(text: string, longest: number = SENTENCE_LONGEST): string {
  const short = cutEnd(text, longest, '…');
  return isPlain(short) ? short : codeSpan(short);
}

/** Between two fences, longer than any run of backticks inside. */
export function fenced(lines: readonly string[]): string[] {
  const fence = '`'.repeat(Math.max(3, longestRun(lines.join('\n')) + 1));
  return [`${fence}text`, ...lines, fence];
}

/** A row of a table. A bar ends a cell even inside of a code span, so there it is escaped. */
export function tableRow(cells: readonly string[]): string {
  return `| ${cells.map((cell) => inline(cell, CELL_LONGEST).replaceAll('|', '\\|')).join(' | ')} |`;
}

/** Room for the longest of our own sentences. */
const SENTENCE_LONGEST = 600;
const CELL_LONGEST = 120;

/** Letters and figures of our sentences, and no beginning of a list, an address or a reference in them. */
function isPlain(text: string): boolean {
  return (
    /^[A-Za-z0-9 .,:;%+()/='…→·×–-]*$/.test(text) &&
    !/:\/\/|\/\/|www\.|^\s|\s$|^(?:[-+=]+|\d+[.)])(?:\s|$)/i.test(text)
  );
}

/** Fenced by one backtick more than it holds in a row; the spaces are taken away again by the reader. */
function codeSpan(text: string): string {
  const fence = '`'.repeat(longestRun(text) + 1);
  const needsSpaces = /^[` ]|[` ]$/.test(text);
  return needsSpaces ? `${fence} ${text} ${fence}` : `${fence}${text}${fence}`;
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}
