/**
 * Terminal columns a sanitized text takes. Counts wide where terminals disagree, because a line that is cut one
 * column early is fine and one that wraps breaks the picture.
 */
export function textWidth(text: string): number {
  if (PRINTABLE_ASCII.test(text)) return text.length;
  let columns = 0;
  for (const character of text) columns += characterWidth(character);
  return columns;
}

/** The text cut to `columns`, with `mark` where something is missing. */
export function cutEnd(text: string, columns: number, mark: string): string {
  if (textWidth(text) <= columns) return text;
  const kept = head(text, columns - textWidth(mark));
  return head(kept + mark, columns);
}

/** Cut at the front: of a place in source, the file's name and line must stay. */
export function cutStart(text: string, columns: number, mark: string): string {
  if (textWidth(text) <= columns) return text;
  const room = columns - textWidth(mark);
  if (room <= 0) return head(mark, columns);
  const kept: string[] = [];
  let used = 0;
  for (const character of Array.from(text).reverse()) {
    used += characterWidth(character);
    if (used > room) break;
    kept.push(character);
  }
  return mark + kept.reverse().join('');
}

/** Broken at spaces into lines of at most `columns`; a word that is longer than a line is broken anywhere. */
export function wrapText(text: string, columns: number): string[] {
  const width = Math.max(1, columns);
  const lines: string[] = [];
  let line = '';
  for (let word of text.split(' ').filter((word) => word !== '')) {
    if (line !== '' && textWidth(line) + 1 + textWidth(word) > width) {
      lines.push(line);
      line = '';
    }
    for (;;) {
      // At least one character, or a wide letter in one column would never end.
      const part = head(word, width) || String.fromCodePoint(word.codePointAt(0) ?? 0);
      if (part.length >= word.length) break;
      lines.push(part);
      word = word.slice(part.length);
    }
    if (word !== '') line = line === '' ? word : `${line} ${word}`;
  }
  if (line !== '') lines.push(line);
  return lines;
}

function head(text: string, columns: number): string {
  let used = 0;
  let end = 0;
  for (const character of text) {
    used += characterWidth(character);
    if (used > columns) break;
    end += character.length;
  }
  return text.slice(0, end);
}

function characterWidth(character: string): number {
  if (COMBINING.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;
const COMBINING = /[\p{Mn}\p{Me}]/u;
// East Asian wide and fullwidth by block (Unicode TR 11), and what is drawn as a picture.
const WIDE =
  /[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{16fe0}-\u{18dff}\u{1aff0}-\u{1b2ff}\u{1f000}-\u{1faff}\u{20000}-\u{3fffd}\p{Emoji_Presentation}]/u;
