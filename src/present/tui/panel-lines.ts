import type { LiveSide } from '../../report/live.ts';
import { count } from '../figures.ts';
import { findingLines } from '../finding-lines.ts';
import { labelled } from '../flow.ts';
import { type Glyphs, glyphsFor } from '../glyphs.ts';
import type { Line } from '../line.ts';
import { operationLines } from '../operation-lines.ts';
import { textWidth } from '../text-width.ts';
import { growingLines } from './growing-lines.ts';
import type { ScreenLayout } from './layout.ts';
import { besideSource, fittingSource, sourceColumns } from './source-beside.ts';

/** Under the charts: the lines that leak once they are known, until then what each side's verdict rests on. */
export function panelLines(sides: readonly LiveSide[], layout: ScreenLayout, unicode: boolean): Line[] {
  const glyphs = glyphsFor(unicode);
  if (sides.length === 0) return [[{ text: 'looking for a way in', tone: 'faint' }]];
  const withFinding = sides.filter(({ report }) => (report?.findings.length ?? 0) > 0);
  if (withFinding.length === 0) {
    const reasons = fitRows(reasonLines(sides, layout), layout, glyphs);
    // Only as many as there is room for: the answer has them in its document alone.
    const gap: Line[] = layout.panelRows - reasons.length > 3 ? [[]] : [];
    const room = layout.panelRows - reasons.length - gap.length;
    const growing = growingLines(sides, layout, unicode, room);
    return growing.length === 0 ? reasons : [...reasons, ...gap, ...growing];
  }
  const [only, ...others] = withFinding;
  if (only !== undefined && others.length === 0)
    return fitRows(oneLeakLines(only, sides, layout, unicode), layout, glyphs);
  // Each says which it is, and has its share of the rows.
  const labelColumns = labelColumnsOf(withFinding);
  const found = (explanation: boolean): Line[][] =>
    withFinding.map((side) => {
      const lines = foundLines(side, { columns: layout.columns, indent: labelColumns, explanation }, glyphs);
      return besideName(side.name, lines, labelColumns);
    });
  // The explanation is the first to go where rows are few: the answer at the end has it.
  const full = found(true).flat();
  if (full.length > layout.panelRows) {
    const share = { panelRows: Math.floor(layout.panelRows / withFinding.length) };
    return found(false).flatMap((lines) => fitRows(lines, share, glyphs));
  }
  return fitRows(withOthers(full, sides, layout, unicode), layout, glyphs);
}

/** The source of its first finding stands beside what is told, where the terminal is wide, else below it, as far as rows allow. */
function oneLeakLines(
  side: LiveSide,
  sides: readonly LiveSide[],
  layout: ScreenLayout,
  unicode: boolean,
): Line[] {
  const glyphs = glyphsFor(unicode);
  const { columns, panelRows } = layout;
  const told = (ownColumns: number, explanation: boolean): Line[] =>
    foundLines(side, { columns: ownColumns, indent: 0, explanation }, glyphs);
  const [finding] = side.report?.findings ?? [];
  const wide = sourceColumns(columns);
  if (finding !== undefined && wide !== null) {
    const full = told(wide.left, true);
    const source = fittingSource(finding, { columns: wide.right, rows: panelRows - 1, glyphs });
    if (source.length > 0 && full.length <= panelRows) {
      const left = withOthers(full, sides, { ...layout, columns: wide.left }, unicode);
      // From the row below the sentence that says what it is.
      return besideSource(left, [[], ...source], wide.left, glyphs);
    }
  }
  // The explanation is the first to go where rows are few: the answer at the end has it.
  for (const explanation of [true, false]) {
    const lines = told(columns, explanation);
    const rows = panelRows - lines.length;
    const source = finding === undefined ? [] : fittingSource(finding, { columns, rows, glyphs });
    if (source.length > 0) return withOthers([...lines, ...source], sides, layout, unicode);
  }
  const full = told(columns, true);
  return full.length > panelRows ? told(columns, false) : withOthers(full, sides, layout, unicode);
}

function foundLines(
  { report }: LiveSide,
  look: { readonly columns: number; readonly indent: number; readonly explanation: boolean },
  glyphs: Glyphs,
): Line[] {
  return (report?.findings ?? []).flatMap((finding) =>
    findingLines(finding, { ...look, glyphs, excerpts: false }),
  );
}

/** What grows and what else there is to know, below what was found, as far as there is room. */
function withOthers(
  found: readonly Line[],
  sides: readonly LiveSide[],
  layout: ScreenLayout,
  unicode: boolean,
): Line[] {
  const growing = growingLines(sides, layout, unicode, layout.panelRows - found.length - 1);
  const told = growing.length === 0 ? [...found] : [...found, [], ...growing];
  return [...told, ...restLines(sides, layout, glyphsFor(unicode), told.length)];
}

function labelColumnsOf(sides: readonly LiveSide[]): number {
  return Math.max(...sides.map(({ name }) => textWidth(name))) + 2;
}

/** The name in the place of the blanks that the first line begins with. */
function besideName(name: string, [first = [], ...others]: readonly Line[], columns: number): Line[] {
  const label = { text: name + ' '.repeat(columns - textWidth(name)), tone: 'strong' as const };
  return [[label, ...first.slice(1)], ...others];
}

/** What the verdict of each side says, beside its name, and as long as there is none what its reader must know. */
function reasonLines(sides: readonly LiveSide[], layout: ScreenLayout): Line[] {
  const labelColumns = labelColumnsOf(sides);
  return sides.flatMap(({ name, report }) => {
    const reason = report === null ? 'starting' : report.verdict.reason;
    const label = { text: name + ' '.repeat(labelColumns - textWidth(name)), tone: 'strong' as const };
    const notes = report?.verdict.kind === 'inconclusive' ? report.notes : [];
    return [reason, ...notes].flatMap((text, index) =>
      labelled(
        index === 0 ? label : { ...label, text: '' },
        { text, tone: 'faint' },
        { columns: layout.columns, indent: 0, labelColumns },
      ),
    );
  });
}

/** Where rows are left: which traffic does it, what the sides without a finding rest on, and what was found innocent. */
function restLines(sides: readonly LiveSide[], layout: ScreenLayout, glyphs: Glyphs, used: number): Line[] {
  const others = sides.filter(({ report }) => report !== null && report.findings.length === 0);
  const lines = [
    ...sides.flatMap(({ report }) =>
      report === null || report.findings.length === 0
        ? []
        : operationLines(report, { columns: layout.columns, indent: 0, glyphs, sureOnly: true }),
    ),
    ...(others.length === 0 ? [] : reasonLines(others, layout)),
    ...steadyLines(sides, layout),
  ];
  return lines.length > 0 && used + 1 + lines.length <= layout.panelRows ? [[], ...lines] : [];
}

function steadyLines(sides: readonly LiveSide[], layout: ScreenLayout): Line[] {
  const innocent = sides.flatMap(({ report }) => report?.steadyContainers ?? []).slice(0, 3);
  const names = new Set(innocent.map(({ name, size }) => `${count(size)} entries in ${name}`));
  if (names.size === 0) return [];
  const label = 'not a leak: ';
  return labelled(
    { text: label, tone: 'faint' },
    { text: [...names].join(', '), tone: 'faint' },
    {
      columns: layout.columns,
      indent: 0,
      labelColumns: label.length,
    },
  );
}

function fitRows(
  lines: readonly Line[],
  { panelRows }: Pick<ScreenLayout, 'panelRows'>,
  glyphs: Glyphs,
): Line[] {
  if (lines.length <= panelRows) return [...lines];
  if (panelRows < 2) return lines.slice(0, panelRows);
  const hidden = lines.length - panelRows + 1;
  return [
    ...lines.slice(0, panelRows - 1),
    [{ text: `${glyphs.cut} ${count(hidden)} more lines in the answer at the end`, tone: 'faint' }],
  ];
}
