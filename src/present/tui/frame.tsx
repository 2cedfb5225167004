import { Box, Text, Transform } from 'ink';
import type { ReactElement } from 'react';
import { formatDuration } from '../../core/duration.ts';
import type { LiveView } from '../../report/live.ts';
import { type Glyphs, glyphsFor } from '../glyphs.ts';
import { cutLine, type Line, paintLine } from '../line.ts';
import { roundBytesAbove, roundTimeAbove } from '../scale.ts';
import { layoutScreen, type ScreenSize } from './layout.ts';
import { cutEnd, textWidth } from '../text-width.ts';
import { panelLines } from './panel-lines.ts';
import { type SharedScale, sideLines } from './side-lines.ts';

export type FrameProps = {
  readonly view: LiveView;
  readonly title: string;
  readonly size: ScreenSize;
  readonly color: boolean;
  readonly unicode: boolean;
  /** `false` for the picture that stays on the terminal: no findings, since the answer follows below it. */
  readonly live: boolean;
};

/** The whole screen for one view: title, a column (or block) for each side, and under them what was found. */
export function Frame({ view, title, size, color, unicode, live }: FrameProps): ReactElement {
  const layout = layoutScreen(size, view.sides.length);
  const glyphs = glyphsFor(unicode);
  const scale = sharedScale(view);
  const look = { color, cut: glyphs.cut };
  const elapsed = formatDuration(Math.floor(view.elapsedMs / 1000) * 1000);
  const titleLine = titleWithTime(
    title,
    live ? [`${elapsed} ${glyphs.dot} Ctrl-C stops`, elapsed] : [elapsed],
    layout.columns,
    glyphs,
  );
  const rule: Line = [{ text: (unicode ? '─' : '-').repeat(layout.columns), tone: 'faint' }];
  return (
    // The fixed height is what keeps a frame inside the terminal, whatever a part of it does. Widths need no such
    // net, every line is cut to its column; Ink's would cut each line a second time and double the cost of a frame.
    <Box flexDirection="column" width={layout.columns} height={layout.rows} overflowY="hidden">
      <Lines lines={layout.compact ? [titleLine] : [titleLine, []]} columns={layout.columns} {...look} />
      <Box flexDirection={layout.abreast ? 'row' : 'column'} columnGap={layout.gapColumns} flexShrink={0}>
        {view.sides.map((side) => (
          <Lines
            key={side.name}
            lines={sideLines(side, scale, layout, unicode)}
            columns={layout.sideColumns}
            {...look}
          />
        ))}
      </Box>
      {layout.compact || !live ? null : <Lines lines={[rule]} columns={layout.columns} {...look} />}
      {live ? (
        <Lines lines={panelLines(view.sides, layout, unicode)} columns={layout.columns} {...look} />
      ) : null}
    </Box>
  );
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
  readonly columns: number;
  readonly color: boolean;
  readonly cut: string;
};

/**
 * Lines as they are. Ink 6.8 keeps every text it ever measured (`measure-text.js` and `wrap-text.js` have caches that
 * nothing empties): with figures that change, 9 KB of heap a frame, measured. So it gets blanks to lay out, and what
 * stands there is put in when it writes.
 */
function Lines({ lines, columns, color, cut }: LinesProps): ReactElement | null {
  if (lines.length === 0) return null;
  return (
    <Box width={columns} height={lines.length} flexShrink={0}>
      <Transform transform={(_blank, row) => paintLine(cutLine(lines[row] ?? [], columns, cut), color)}>
        <Text>{Array.from(lines, () => ' ').join('\n')}</Text>
      </Transform>
    </Box>
  );
}

function sharedScale({ sides, elapsedMs }: LiveView): SharedScale {
  const peaks = sides.map(({ report }) => {
    if (report === null) return 0;
    const { rss, heapUsed, floor } = report.series;
    return Math.max(peakOf(rss), peakOf(heapUsed), peakOf(floor.map(({ bytes }) => bytes)));
  });
  return {
    nowMs: elapsedMs,
    untilMs: roundTimeAbove(elapsedMs),
    maxBytes: roundBytesAbove(Math.max(0, ...peaks)),
  };
}

// Not Math.max(...bytes): a day at one sample a second is more arguments than a call can take.
function peakOf(bytes: readonly (number | null)[]): number {
  return bytes.reduce<number>((peak, size) => Math.max(peak, size ?? 0), 0);
}
