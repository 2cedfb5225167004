import { formatDuration } from '../../core/duration.ts';
import type { LiveSide, LiveView } from '../../report/live.ts';
import { type Glyphs, glyphsFor } from '../glyphs.ts';
import { cutLine, type Line, lineWidth, plainText } from '../line.ts';
import { cutEnd, textWidth } from '../text-width.ts';
import { growingLines } from './growing-lines.ts';
import { costWords } from './help-line.ts';
import type { ScreenLayout } from './layout.ts';
import {
  activitySpan,
  chartLines,
  fateLine,
  intervalLine,
  loadLine,
  sharedScale,
  spread,
  verdictSpans,
} from './side-lines.ts';
import { stripFinding } from './strip-finding.ts';

/** A watch of one program in few rows, below the program's own: always as many as the layout has, each within its columns. */
export function stripLines(view: LiveView, layout: ScreenLayout, unicode: boolean): Line[] {
  const [side] = view.sides;
  const { columns, rows } = layout;
  const { cut } = glyphsFor(unicode);
  const lines = [
    ruleLine(view, columns, unicode),
    ...(side === undefined ? [] : bodyLines(view, side, layout, unicode)),
  ];
  return Array.from({ length: rows }, (_, row) => cutLine(lines[row] ?? [], columns, cut));
}

function bodyLines(view: LiveView, side: LiveSide, layout: ScreenLayout, unicode: boolean): Line[] {
  const glyphs = glyphsFor(unicode);
  const activity = activitySpan(side);
  return [
    spread(
      verdictRow(side, layout.columns - textWidth(activity.text) - 2, glyphs),
      activity,
      layout.columns,
      glyphs,
    ),
    ...chartLines(side.report, sharedScale(view), layout, unicode),
    ...foundLines(side, layout, unicode),
  ];
}

/** The verdict, and of when memory ends, the interval and the load what fits beside it whole. */
function verdictRow(side: LiveSide, columns: number, glyphs: Glyphs): Line {
  const isOver = side.report?.target.exit != null;
  const load = isOver ? [] : loadLine(side, glyphs);
  const parts = [fateLine(side), intervalLine(side.report, glyphs), load];
  return parts.reduce<Line>((row, part, index) => {
    const longer = [...row, { text: '   ' }, ...part];
    // When memory ends is cut rather than left out.
    const isTold = plainText(part) !== '' && (index === 0 || lineWidth(longer) <= columns);
    return isTold ? longer : row;
  }, verdictSpans(side));
}

/** The first finding as far as it fits; until there is one what the verdict rests on, and what grows. */
function foundLines(side: LiveSide, layout: ScreenLayout, unicode: boolean): Line[] {
  const [finding] = side.report?.findings ?? [];
  if (finding !== undefined) return stripFinding(finding, side, layout, unicode);
  const reason = side.report?.verdict.reason ?? '';
  return [[{ text: reason, tone: 'faint' }], ...growingLines([side], layout, unicode, layout.panelRows - 1)];
}

/** `── node server.js ──────── cost so far: longest pause 9 ms · 310 ms in all ── 23 s ──`. */
function ruleLine(view: LiveView, columns: number, unicode: boolean): Line {
  const { dot, cut } = glyphsFor(unicode);
  const dash = unicode ? '─' : '-';
  const ends = `${dash}${dash}`;
  const time = formatDuration(Math.floor(view.elapsedMs / 1000) * 1000);
  const command = view.sides[0]?.name ?? '';
  // The folders of a command are what one knows.
  const name = `leakline ${dot} ${command.replaceAll(/(?<=^| )[^ ]*\/(?=[^ /])/g, '')}`;
  const costs = costWords(view, ` ${dot} `);
  const leaves = (nameColumns: number, words: string): boolean =>
    nameColumns + textWidth(words) + textWidth(time) + RULE_COLUMNS <= columns;
  const cost =
    costs.find((words) => leaves(textWidth(name), words)) ??
    costs.toReversed().find((words) => leaves(NAME_COLUMNS, words));
  const right = cost === undefined ? [time] : [cost, time];
  const rightColumns = right.reduce((sum, text) => sum + textWidth(text) + 4, 0);
  const shown = cutEnd(name, columns - rightColumns - 4, cut);
  const room = Math.max(0, columns - textWidth(shown) - rightColumns - 4);
  return [
    { text: `${ends} `, tone: 'faint' },
    { text: shown, tone: 'strong' },
    { text: ` ${dash.repeat(room)}`, tone: 'faint' },
    { text: right.map((text) => ` ${text} ${ends}`).join(''), tone: 'faint' },
  ];
}

/** Of a long command so much is shown rather than what the watch cost. */
const NAME_COLUMNS = 24;
/** Dashes and blanks around name, cost and time. */
const RULE_COLUMNS = 12;
