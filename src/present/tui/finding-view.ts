import { findingLines } from '../finding-lines.ts';
import { glyphsFor } from '../glyphs.ts';
import type { Line } from '../line.ts';
import { count } from '../figures.ts';
import { pathLines } from '../path-lines.ts';
import type { PlacedFinding } from './reader.ts';

/** One finding in full, explanation and source included, as far as it fits below `fromLine`. */
export function findingView(
  { finding, report }: PlacedFinding,
  fromLine: number,
  size: { readonly columns: number; readonly rows: number; readonly unicode: boolean },
): FindingView {
  const glyphs = glyphsFor(size.unicode);
  const path = finding.heldBy.path.length < 2 ? [] : pathLines(finding, glyphs, size);
  const lines = [
    ...findingLines(finding, {
      columns: size.columns,
      indent: 0,
      glyphs,
      explanation: true,
      excerpts: true,
    }),
    ...(path.length === 0 ? [] : [[], ...path]),
  ];
  const lastFromLine = Math.max(0, lines.length - size.rows);
  const from = Math.min(fromLine, lastFromLine);
  const until = Math.min(lines.length, from + size.rows);
  const at = report.findings.indexOf(finding) + 1;
  const part = lastFromLine === 0 ? '' : `, lines ${from + 1} to ${until} of ${count(lines.length)}`;
  return {
    lines: lines.slice(from, until),
    lastFromLine,
    words: `finding ${at} of ${report.findings.length}${part}`,
  };
}

export type FindingView = {
  readonly lines: readonly Line[];
  readonly lastFromLine: number;
  /** Which of them, and what of it is seen. */
  readonly words: string;
};
