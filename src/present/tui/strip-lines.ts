import type { LiveSide, LiveView } from '../../report/live.ts';
import { type Glyphs, glyphsFor } from '../glyphs.ts';
import { cutLine, type Line, lineWidth, plainText } from '../line.ts';
import { cutEnd, textWidth } from '../text-width.ts';
import { findingView } from './finding-view.ts';
import { growingLines } from './growing-lines.ts';
import { costWords, keysLine } from './help-line.ts';
import type { ScreenLayout } from './layout.ts';
import { newReader, openedFinding, type Possible, type Reader, viewFor } from './reader.ts';
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
import { snapshotLines } from './snapshot-talk.ts';
import { stripFinding } from './strip-finding.ts';
import { elapsedText, timeTexts } from './time-texts.ts';

/**
 * A watch of one program in few rows, below the program's own: always as many as the layout has, each within its columns.
 * `keys` are those of who sits in front of it, while they are not the program's.
 */
export function stripLines(
  all: LiveView,
  layout: ScreenLayout,
  unicode: boolean,
  keys: StripKeys | null = null,
): Line[] {
  const reader = keys?.reader ?? newReader;
  const view = viewFor(all, reader);
  const [side] = view.sides;
  const { columns, rows, helpRows } = layout;
  const { cut } = glyphsFor(unicode);
  const lines = [
    ruleLine(all, reader, columns, unicode),
    ...(side === undefined ? [] : bodyLines(view, side, reader, layout, unicode)),
  ];
  const help =
    keys === null || helpRows === 0
      ? []
      : [
          keysLine(all, reader, possibleOf(keys, all, layout, unicode), {
            unicode,
            over: false,
            quits: QUITS,
          }),
        ];
  return [...Array.from({ length: rows - help.length }, (_, row) => lines[row] ?? []), ...help].map((line) =>
    cutLine(line, columns, cut),
  );
}

export type StripKeys = { readonly reader: Reader; readonly snapshotPids: ReadonlySet<number> };

/** The program goes on, and so does the watch. */
const QUITS = 'strip away';

/** What can be done in such a strip. */
export function possibleOf(
  { reader, snapshotPids }: StripKeys,
  all: LiveView,
  layout: ScreenLayout,
  unicode: boolean,
): Possible {
  const opened = openedFinding(viewFor(all, reader), reader);
  const size = { columns: layout.columns, rows: openedRows(layout), unicode };
  const lastFromLine = opened === null ? 0 : findingView(opened, 0, size).lastFromLine;
  return { snapshotPids, lastFromLine, pageLines: size.rows };
}

function bodyLines(
  view: LiveView,
  side: LiveSide,
  reader: Reader,
  layout: ScreenLayout,
  unicode: boolean,
): Line[] {
  const glyphs = glyphsFor(unicode);
  const { columns, panelRows } = layout;
  const opened = openedFinding(view, reader);
  if (opened !== null) {
    const size = { columns, rows: openedRows(layout), unicode };
    const shown = findingView(opened, reader.opened?.fromLine ?? 0, size);
    const words = { text: shown.words, tone: 'faint' as const };
    return [spread(verdictSpans(side), words, columns, glyphs), ...shown.lines];
  }
  const activity = activitySpan(side);
  const verdict = spread(
    verdictRow(side, columns - textWidth(activity.text) - 2, glyphs),
    activity,
    columns,
    glyphs,
  );
  const { snapshot } = reader;
  if (snapshot !== null && panelRows < TALK_ROWS) {
    return [verdict, ...snapshotLines(snapshot, columns, openedRows(layout))];
  }
  return [
    verdict,
    ...chartLines(side.report, sharedScale(view), layout, unicode),
    ...(snapshot === null ? foundLines(side, layout, unicode) : snapshotLines(snapshot, columns, panelRows)),
  ];
}

/** Below the rule and the verdict. */
function openedRows({ rows, helpRows }: ScreenLayout): number {
  return rows - 2 - helpRows;
}

/** With fewer the question about a snapshot is not seen whole, and the chart makes room for it. */
const TALK_ROWS = 5;

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
function ruleLine(view: LiveView, reader: Reader, columns: number, unicode: boolean): Line {
  const { dot, cut } = glyphsFor(unicode);
  const dash = unicode ? '─' : '-';
  const ends = `${dash}${dash}`;
  const times = timeTexts(view, reader, false, dot);
  const time =
    times.find((text) => NAME_COLUMNS + textWidth(text) + RULE_COLUMNS <= columns) ?? elapsedText(view);
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
