import type { Report, ReportFinding } from '../../report/schema.ts';
import { excerptLines } from '../excerpt-lines.ts';
import { findingLines } from '../finding-lines.ts';
import { labelled } from '../flow.ts';
import { glyphsFor } from '../glyphs.ts';
import { type Line, plainText } from '../line.ts';
import { PATH_STATE_WORDS } from '../path-words.ts';
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
    ...pathLines(finding),
    ...excerptLines(finding, layout),
  ].map((line) => plainText(line).trimEnd());
}

/** The way from a root to what is kept, a node a line with its state; the names alone where a report does not tell more. */
function pathLines({ path, heldBy }: ReportFinding): Line[] {
  const told = path.map(
    ({ name, state, why }, index) =>
      `${index === 0 ? '' : '→ '}${name}: ${PATH_STATE_WORDS[state]}${why === '' ? '' : ` (${why})`}`,
  );
  const names = heldBy.path.join(' → ');
  const nodes = told.length > 0 ? told : names === '' ? [] : [names];
  return nodes.flatMap((text, index) =>
    labelled(
      { text: index === 0 ? 'path' : '' },
      { text },
      { columns: COLUMNS, indent: 2, labelColumns: PATH_LABEL_COLUMNS },
    ),
  );
}

const PATH_LABEL_COLUMNS = 11;
