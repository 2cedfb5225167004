import { LeaklineError } from '../../core/errors.ts';
import { adviceFor } from '../advice.ts';
import { glyphsFor } from '../glyphs.ts';
import { cutLine, type Line, paintLine } from '../line.ts';
import { sanitize } from '../sanitize.ts';
import { wrapText } from '../text-width.ts';
import type { TextOptions } from './text-options.ts';

/**
 * A failure for its reader: what happened, what to try next, where more is written. Never a stack: the reader's
 * program did not fail, and ours is found with NODE_DEBUG=leakline. Ends with a newline.
 */
export function renderError(error: unknown, options: TextOptions): string {
  const columns = Math.max(20, options.columns);
  const cut = glyphsFor(options.unicode).cut;
  return [...sentenceLines(error, options, columns), ...nextStepLines(error, columns)]
    .map((line) => `${paintLine(cutLine(line, columns, cut), options.color)}\n`)
    .join('');
}

function sentenceLines(error: unknown, options: TextOptions, columns: number): Line[] {
  const prefix = 'leakline: ';
  const message =
    error instanceof LeaklineError ? error.message : `stopped by an error of its own: ${firstLine(error)}`;
  // Of a program that ended early each line stays a line, and none of them is obeyed; a name makes none.
  const quoted = error instanceof LeaklineError ? outputIn(error) : '';
  const sentence = message.slice(0, message.length - quoted.length).trimEnd();
  const quotedLines = quoted.trim() === '' ? [] : quoted.trimEnd().split('\n');
  const lines = [sentence, ...quotedLines].map((line) => sanitize(line.trimEnd(), options));
  return lines.flatMap((line, index) => {
    if (index > 0) return [[{ text: `  ${line}`, tone: 'faint' as const }]];
    return wrapText(line, columns - prefix.length).map(
      (part, row): Line => [
        row === 0 ? { text: prefix, tone: 'bad' } : { text: ' '.repeat(prefix.length) },
        { text: part },
      ],
    );
  });
}

/** What a sentence ends with that a program printed; empty for all other failures. */
function outputIn({ code, facts }: LeaklineError): string {
  return code === 'PROGRAM_ENDED_EARLY' && 'output' in facts ? facts.output : '';
}

function nextStepLines(error: unknown, columns: number): Line[] {
  if (!(error instanceof LeaklineError)) return indented('Set NODE_DEBUG=leakline for the stack.', columns);
  const advice = adviceFor(error.code);
  const advised = advice === null ? [] : indented(advice, columns);
  return [...advised, [{ text: `  docs/errors.md#${error.code}`, tone: 'faint' }]];
}

function indented(text: string, columns: number): Line[] {
  return wrapText(text, columns - 2).map((part) => [{ text: `  ${part}` }]);
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message || error.name : String(error);
  return (text.split('\n')[0] ?? '').trim();
}
