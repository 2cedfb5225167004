import type { Report, ReportFinding } from '../../report/schema.ts';
import { excerptLines } from '../excerpt-lines.ts';
import { findingLines } from '../finding-lines.ts';
import { glyphsFor } from '../glyphs.ts';
import { plainText } from '../line.ts';
import { pathLines } from '../path-lines.ts';
import { cutLines, type Block } from './fit.ts';
import { fenced } from './inline.ts';

/** Each finding as the terminal has it, in a block of code; the first weighs the most. */
export function findingBlocks({ findings }: Report): Block[] {
  return findings.map((finding, index) => ({
    name: `finding ${index + 1}`,
    weight: index === 0 ? 98 : 60 - index,
    lines: fenced(cutLines(linesOf(finding), index === 0 ? FIRST_MAX_BYTES : OTHER_MAX_BYTES)),
  }));
}

// The first may take half of the paste, source included; the others must leave room for each other.
const FIRST_MAX_BYTES = 4000;
const OTHER_MAX_BYTES = 1500;
const COLUMNS = 100;

function linesOf(finding: ReportFinding): string[] {
  const layout = { columns: COLUMNS, indent: 0, glyphs: glyphsFor(true) };
  return [
    ...findingLines(finding, { ...layout, explanation: true, excerpts: false }),
    ...pathLines(finding, layout.glyphs, layout),
    ...excerptLines(finding, layout),
  ].map((line) => plainText(line).trimEnd());
}
