import { Box, Text, Transform } from 'ink';
import type { ReactElement } from 'react';
import type { LiveView } from '../../report/live.ts';
import { type Glyphs, glyphsFor } from '../glyphs.ts';
import { cutLine, type Line, lineWidth, paintLine } from '../line.ts';
import { cutEnd, textWidth } from '../text-width.ts';
import { type FindingView, findingView } from './finding-view.ts';
import { helpLine } from './help-line.ts';
import { layoutScreen, type ScreenLayout, type ScreenSize } from './layout.ts';
import { panelLines } from './panel-lines.ts';
import { openedFinding, type PlacedFinding, type Possible, type Reader, viewFor } from './reader.ts';
import { sharedScale, sideLines, verdictSpans } from './side-lines.ts';
import { snapshotLines } from './snapshot-talk.ts';
import { elapsedText, timeTexts } from './time-texts.ts';

export type FrameProps = {
  readonly view: LiveView;
  readonly title: string;
  readonly size: ScreenSize;
  readonly color: boolean;
  readonly unicode: boolean;
  /** `false` for the picture that stays on the terminal: no findings, since the answer follows below it. */
  readonly live: boolean;
  /** Who sits in front of it; `null` where no keys are read. */
  readonly reader: Reader | null;
  /** `lastFromLine` is found out here. */
  readonly possible: Possible;
  /** The watch has ended, and the screen waits for the reader. */
  readonly over: boolean;
};

/** The whole screen for one view: title, a column (or block) for each side, under them what was found, and the keys. */
export function Frame(props: FrameProps): ReactElement {
  const { title, size, unicode, live, reader, over } = props;
  const view = reader === null ? props.view : viewFor(props.view, reader);
  const layout = layoutScreen(size, view.sides.length, { help: live && reader !== null });
  const glyphs = glyphsFor(unicode);
  const look = { columns: layout.columns, color: props.color, cut: glyphs.cut };
  const opened = reader === null || !live ? null : openedFinding(view, reader);
  const titleLine = titleWithTime(title, titleTexts(props, glyphs), layout.columns, glyphs);
  const rule: Line = [{ text: (unicode ? '─' : '-').repeat(layout.columns), tone: 'faint' }];
  const shown = opened === null ? null : openedView(opened, layout, props);
  const possible = { ...props.possible, lastFromLine: shown?.lastFromLine ?? 0 };
  return (
    // The fixed height is what keeps a frame inside the terminal, whatever a part of it does. Widths need no such
    // net, every line is cut to its column; Ink's would cut each line a second time and double the cost of a frame.
    <Box flexDirection="column" width={layout.columns} height={layout.rows} overflowY="hidden">
      <Lines lines={[titleLine]} {...look} />
      {shown === null || opened === null ? (
        <>
          <Lines lines={layout.gapRows === 0 ? [] : [[]]} {...look} />
          <Sides {...props} view={view} layout={layout} />
          {layout.compact || !live ? null : <Lines lines={[rule]} {...look} />}
          {live ? <Lines lines={underLines(props, view, layout)} {...look} /> : null}
        </>
      ) : (
        <Lines
          lines={[verdictLine(opened, shown, layout.columns), rule, ...shown.lines]}
          rows={openedRows(layout)}
          {...look}
        />
      )}
      {/* The keys stand in the last row, however little is above them. */}
      <Box flexGrow={1} />
      {layout.helpRows > 0 && reader !== null ? (
        <Lines
          lines={[helpLine(props.view, reader, possible, { columns: layout.columns, unicode, over })]}
          {...look}
        />
      ) : null}
    </Box>
  );
}

/** How far the opened finding can be scrolled in such a frame. */
export function scrollRoom({ view, size, unicode, reader }: FrameProps): Omit<Possible, 'snapshotPids'> {
  if (reader === null) return { lastFromLine: 0, pageLines: 1 };
  const shown = viewFor(view, reader);
  const layout = layoutScreen(size, shown.sides.length, { help: true });
  const opened = openedFinding(shown, reader);
  const pageLines = Math.max(1, openedRows(layout) - 2);
  if (opened === null) return { lastFromLine: 0, pageLines };
  const room = { columns: layout.columns, rows: pageLines, unicode };
  return { lastFromLine: findingView(opened, 0, room).lastFromLine, pageLines };
}

function Sides({
  view,
  layout,
  unicode,
  color,
}: FrameProps & { readonly layout: ScreenLayout }): ReactElement {
  const scale = sharedScale(view);
  const look = { columns: layout.sideColumns, color, cut: glyphsFor(unicode).cut };
  return (
    <Box flexDirection={layout.abreast ? 'row' : 'column'} columnGap={layout.gapColumns} flexShrink={0}>
      {view.sides.map((side) => (
        <Lines key={side.name} lines={sideLines(side, scale, layout, unicode)} {...look} />
      ))}
    </Box>
  );
}

/** What is said of a snapshot, as long as there is something to say, else what was found. */
function underLines({ reader, unicode }: FrameProps, view: LiveView, layout: ScreenLayout): Line[] {
  const talk = reader?.snapshot ?? null;
  if (talk !== null) return snapshotLines(talk, layout.columns, layout.panelRows);
  return panelLines(view.sides, layout, unicode);
}

function openedRows(layout: ScreenLayout): number {
  return Math.max(2, layout.rows - 1 - layout.helpRows);
}

function openedView(
  opened: PlacedFinding,
  layout: ScreenLayout,
  { reader, unicode }: FrameProps,
): FindingView {
  return findingView(opened, reader?.opened?.fromLine ?? 0, {
    columns: layout.columns,
    rows: Math.max(1, openedRows(layout) - 2),
    unicode,
  });
}

/** Whose finding it is, with the verdict as it stands, since the chart is not in sight. */
function verdictLine({ side }: PlacedFinding, { words }: FindingView, columns: number): Line {
  const left: Line = [{ text: `${side.name}  `, tone: 'strong' }, ...verdictSpans(side)];
  const room = columns - lineWidth(left) - textWidth(words);
  return room < 2 ? left : [...left, { text: ' '.repeat(room) }, { text: words, tone: 'faint' }];
}

/** The fullest first. */
function titleTexts({ live, reader, over, view }: FrameProps, { dot }: Glyphs): string[] {
  const elapsed = elapsedText(view);
  if (!live) return [elapsed];
  return reader === null ? [`${elapsed} ${dot} Ctrl-C stops`, elapsed] : timeTexts(view, reader, over, dot);
}

/** The title, and at the right edge the fullest of the texts that fits beside it; the last, the time, always does. */
function titleWithTime(title: string, texts: readonly string[], columns: number, { cut }: Glyphs): Line {
  const fits = (text: string): boolean => textWidth(title) + 2 + textWidth(text) <= columns;
  const right = texts.find(fits) ?? texts.at(-1) ?? '';
  const left = cutEnd(title, Math.max(0, columns - textWidth(right) - 2), cut);
  const room = Math.max(1, columns - textWidth(left) - textWidth(right));
  return [{ text: left, tone: 'strong' }, { text: ' '.repeat(room) }, { text: right, tone: 'faint' }];
}

type LinesProps = {
  readonly lines: readonly Line[];
  /** How high it is; as high as there are lines if it is left out. */
  readonly rows?: number;
  readonly columns: number;
  readonly color: boolean;
  readonly cut: string;
};

/**
 * Lines as they are. Ink 6.8 keeps every text it ever measured (`measure-text.js` and `wrap-text.js` have caches that
 * nothing empties): with figures that change, 9 KB of heap a frame, measured. So it gets blanks to lay out, and what
 * stands there is put in when it writes.
 */
function Lines({ lines, rows = lines.length, columns, color, cut }: LinesProps): ReactElement | null {
  if (rows === 0) return null;
  return (
    <Box width={columns} height={rows} flexShrink={0}>
      <Transform transform={(_blank, row) => paintLine(cutLine(lines[row] ?? [], columns, cut), color)}>
        <Text>{Array.from({ length: rows }, () => ' ').join('\n')}</Text>
      </Transform>
    </Box>
  );
}
