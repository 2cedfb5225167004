import type { Line, Span } from './line.ts';
import { lineWidth } from './line.ts';
import { textWidth, wrapText } from './text-width.ts';

/**
 * Parts set one after another with `gap` between them, a new line begun (indented) where the next part does not
 * fit: a part is never torn as long as it fits a line of its own.
 */
export function flowParts(
  parts: readonly Line[],
  layout: { readonly columns: number; readonly gap: Span; readonly indent: number },
): Line[] {
  const lines: Line[] = [];
  let line: Span[] = [];
  for (const part of parts) {
    const needed = lineWidth(line) + textWidth(layout.gap.text) + lineWidth(part);
    if (line.length > 0 && needed > layout.columns) {
      lines.push(line);
      line = [{ text: ' '.repeat(layout.indent) }, ...part];
    } else {
      line = line.length === 0 ? [...part] : [...line, layout.gap, ...part];
    }
  }
  return line.length === 0 ? lines : [...lines, line];
}

/** A label, and behind it text that wraps under itself. */
export function labelled(
  label: Span,
  text: Span,
  layout: { readonly columns: number; readonly indent: number; readonly labelColumns: number },
): Line[] {
  const hang = layout.indent + layout.labelColumns;
  return wrapText(text.text, layout.columns - hang).map((part, index) => [
    { text: ' '.repeat(layout.indent) },
    { ...label, text: (index === 0 ? label.text : '').padEnd(layout.labelColumns) },
    { ...text, text: part },
  ]);
}
