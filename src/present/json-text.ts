import { EVERY_UNSAFE } from './sanitize.ts';

/**
 * A document as JSON that reads back as it was, and ends with a newline. What a terminal would obey or not show stands in it as
 * `\u…`: JSON itself escapes only the controls below U+0020, and `--json -` may print to a terminal.
 */
export function jsonText(document: object): string {
  return `${JSON.stringify(document, null, 2).replace(EVERY_UNSAFE, (character) => (character === '\n' ? character : escaped(character)))}\n`;
}

/** One escape for each half of what lies beyond U+FFFF. */
function escaped(character: string): string {
  return character
    .split('')
    .map((half) => `\\u${half.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}
