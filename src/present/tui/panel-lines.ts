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
  // Where several sides leak, each says which it is, and has its share of the rows.
  const labelColumns = withFinding.length === 1 ? 0 : labelColumnsOf(withFinding);
  const found = (explanation: boolean): Line[][] =>
    withFinding.map(({ name, report }) => {
      const look = { columns: layout.columns, indent: labelColumns, glyphs, explanation, excerpts: false };
      const lines = (report?.findings ?? []).flatMap((finding) => findingLines(finding, look));
      return labelColumns === 0 ? lines : besideName(name, lines, labelColumns);
    });
  // The explanation is the first to go where rows are few: the answer at the end has it.
  const full = found(true).flat();
  if (full.length > layout.panelRows) {
    const share = { panelRows: Math.floor(layout.panelRows / withFinding.length) };
    return found(false).flatMap((lines) => fitRows(lines, share, glyphs));
  }
  const growing = growingLines(sides, layout, unicode, layout.panelRows - full.length - 1);
  const told = growing.length === 0 ? full : [...full, [], ...growing];
  return fitRows([...told, ...restLines(sides, layout, glyphs, told.length)], layout, glyphs);
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
