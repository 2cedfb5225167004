import type { FunctionExcerpt } from '../core/function-excerpt.ts';

/**
 * The text of a file, or of one of Node's modules, that may be a script that V8 has loaded.
 *
 * Of TypeScript what Node runs has blanks where the types were, and everything else at its place (`module.stripTypeScriptTypes`).
 */
export class ScriptText {
  readonly url: string;
  readonly code: string;
  readonly #isTyped: boolean;
  #lineStarts: Uint32Array | null = null;

  constructor(url: string, code: string) {
    this.url = url;
    this.#isTyped = /\.[cm]?ts$/.test(url);
    // Node compiles it without.
    this.code = code.startsWith('\uFEFF') ? code.slice(1) : code;
  }

  /**
   * Whether this text has that function around that place. The first question costs a pass over the text, 3 ms a megabyte;
   * those after it next to nothing.
   */
  has({ line, column, head, tail, length }: FunctionExcerpt): boolean {
    this.#lineStarts ??= lineStartsOf(this.code);
    const lineStart = this.#lineStarts[line];
    if (lineStart === undefined) return false;
    const place = lineStart + column;
    // A class has its place at its constructor, which may stand anywhere in it.
    const first = Math.max(0, place - length + 1);
    for (let at = this.#next(head, first, place); at !== -1; at = this.#next(head, at + 1, place)) {
      if (this.#stands(tail, at + length - tail.length)) return true;
    }
    return false;
  }

  /** The first place from `from` to `last` at which the text stands; -1 if it does not. */
  #next(text: string, from: number, last: number): number {
    if (!this.#isTyped) {
      // What is behind the last place is none of its business: a file may be long.
      const at = this.code.slice(from, last + text.length).indexOf(text);
      return at === -1 ? -1 : from + at;
    }
    for (let at = from; at <= last; at += 1) if (this.#stands(text, at)) return at;
    return -1;
  }

  #stands(text: string, at: number): boolean {
    if (!this.#isTyped) return this.code.startsWith(text, at);
    for (let index = 0; index < text.length; index += 1) {
      const letter = text[index];
      if (letter !== this.code[at + index] && letter !== ' ') return false;
    }
    return at + text.length <= this.code.length;
  }
}

/** Lines as V8 counts them: it also ends one at U+2028 and U+2029. */
function lineStartsOf(code: string): Uint32Array {
  const starts = [0];
  if (/\r(?!\n)|[\u2028\u2029]/.test(code)) {
    for (const { index, 0: end } of code.matchAll(/\r\n|[\n\r\u2028\u2029]/g))
      starts.push(index + end.length);
  } else {
    for (let at = code.indexOf('\n'); at !== -1; at = code.indexOf('\n', at + 1)) starts.push(at + 1);
  }
  return Uint32Array.from(starts);
}
