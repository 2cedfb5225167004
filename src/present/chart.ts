import type { Line, Span, Tone } from './line.ts';

/**
 * Sizes over time as rows of text, the highest first, every row `columns` wide.
 *
 * Braille gives each character cell 2 × 4 dots; without Unicode a cell is one dot. Plots are drawn in their order,
 * a later one in front. A column shows the largest value of its span of time, however many samples fall into it,
 * so an hour costs the same room as a minute and a spike never disappears.
 */
export function drawChart(plots: readonly Plot[], frame: ChartFrame): Line[] {
  const { acrossCell, downCell } = dotsOfCell(frame);
  const cells = Array.from({ length: frame.rows }, () =>
    Array.from({ length: frame.columns }, (): Cell => ({ bits: 0, dotsOfArea: 0, plot: null })),
  );
  for (const plot of plots) {
    const heights = columnHeights(plot, frame);
    heights.forEach((height, x) => {
      const [from, to] = litDots(plot.style, height, heights[x - 1] ?? null, { x, acrossCell });
      for (let dot = from; dot <= to; dot += 1) {
        const y = frame.rows * downCell - 1 - dot;
        const cell = cells[Math.floor(y / downCell)]?.[Math.floor(x / acrossCell)];
        if (cell === undefined) continue;
        cell.bits |= BRAILLE_BITS[y % downCell]?.[x % acrossCell] ?? 0;
        cell.dotsOfArea += plot.style === 'area' ? 1 : 0;
        // A cell has one colour. A line that runs along the top of an area must not repaint the area's edge.
        if (plot.style === 'area' || cell.dotsOfArea < (acrossCell * downCell) / 2) cell.plot = plot;
      }
    });
  }
  return cells.map((row) => toSpans(row.map((cell) => cellSpan(cell, frame.unicode))));
}

/** One row with `mark` wherever something happened. */
export function drawMarks(timesMs: readonly number[], mark: Span, frame: ChartFrame): Line {
  const marked = new Set(timesMs.map((timeMs) => columnAt(timeMs, frame.columns, frame)));
  return toSpans(Array.from({ length: frame.columns }, (_, x) => (marked.has(x) ? mark : { text: ' ' })));
}

/**
 * The height of each dot column, counted from 0; `null` where nothing is known. Between two samples a line is
 * straight and an area keeps its height: the floor stands until the next GC moves it.
 */
export function columnHeights(plot: Plot, frame: ChartFrame): (number | null)[] {
  const { acrossCell } = dotsOfCell(frame);
  const peaks = columnPeaks(plot, frame.columns * acrossCell, frame);
  const values = plot.style === 'area' ? holdGaps(peaks, plot, frame) : bridgeGaps(peaks);
  return values.map((bytes) => (bytes === null ? null : dotAt(bytes, frame)));
}

/** The row, counted from the top, that a size is drawn in. */
export function rowAt(bytes: number, frame: ChartFrame): number {
  const { downCell } = dotsOfCell(frame);
  return frame.rows - 1 - Math.floor(dotAt(bytes, frame) / downCell);
}

export type Plot = {
  readonly timeMs: readonly number[];
  readonly bytes: readonly (number | null)[];
  /** `dashed` is what was not measured but set, `sparse` what is only foreseen. */
  readonly style: 'area' | 'line' | 'dotted' | 'dashed' | 'sparse';
  readonly tone: Tone;
};

export type ChartFrame = {
  readonly columns: number;
  readonly rows: number;
  /** The right edge. */
  readonly untilMs: number;
  /** Now: how far an area reaches. */
  readonly nowMs: number;
  /** The top edge. */
  readonly maxBytes: number;
  readonly unicode: boolean;
};

/** What stands for a plot in the chart, for its legend. */
export function legendMark(style: Plot['style'], unicode: boolean): string {
  return unicode ? UNICODE_MARK_BY_STYLE[style] : ASCII_BY_STYLE[style];
}

type Cell = { bits: number; dotsOfArea: number; plot: Plot | null };

const UNICODE_MARK_BY_STYLE = { area: '⣿', line: '⠒', dotted: '⠂', dashed: '⠒', sparse: '⠐' } as const;
const ASCII_BY_STYLE = { area: '#', line: '*', dotted: '.', dashed: '-', sparse: ':' } as const;

// Bits of U+2800 by row and column of the dot (Unicode 16, "Braille Patterns").
const BRAILLE_BITS = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const;

function dotsOfCell({ unicode }: ChartFrame): { acrossCell: number; downCell: number } {
  return unicode ? { acrossCell: 2, downCell: 4 } : { acrossCell: 1, downCell: 1 };
}

function dotAt(bytes: number, frame: ChartFrame): number {
  const top = frame.rows * dotsOfCell(frame).downCell - 1;
  return Math.min(top, Math.max(0, Math.round((bytes / frame.maxBytes) * top)));
}

function columnAt(timeMs: number, width: number, { untilMs }: ChartFrame): number {
  return Math.min(width - 1, Math.max(0, Math.floor((timeMs / untilMs) * width)));
}

function columnPeaks(plot: Plot, width: number, frame: ChartFrame): (number | null)[] {
  const peaks: (number | null)[] = Array.from({ length: width }, () => null);
  plot.timeMs.forEach((timeMs, index) => {
    const bytes = plot.bytes[index] ?? null;
    if (bytes === null) return;
    const x = columnAt(timeMs, width, frame);
    peaks[x] = Math.max(peaks[x] ?? 0, bytes);
  });
  return peaks;
}

function holdGaps(peaks: readonly (number | null)[], plot: Plot, frame: ChartFrame): (number | null)[] {
  const now = columnAt(Math.max(frame.nowMs, plot.timeMs.at(-1) ?? 0), peaks.length, frame);
  let held: number | null = null;
  return peaks.map((peak, x) => {
    held = peak ?? held;
    return x <= now ? held : null;
  });
}

function bridgeGaps(peaks: readonly (number | null)[]): (number | null)[] {
  const bridged = [...peaks];
  let last: { readonly x: number; readonly bytes: number } | null = null;
  for (const [x, bytes] of peaks.entries()) {
    if (bytes === null) continue;
    if (last !== null) {
      const { x: from, bytes: start } = last;
      for (let gap = from + 1; gap < x; gap += 1) {
        bridged[gap] = start + ((bytes - start) * (gap - from)) / (x - from);
      }
    }
    last = { x, bytes };
  }
  return bridged;
}

/** The dots of one column from lowest to highest; an empty range where nothing is known. */
function litDots(
  style: Plot['style'],
  height: number | null,
  before: number | null,
  { x, acrossCell }: { readonly x: number; readonly acrossCell: number },
): readonly [number, number] {
  if (height === null) return [0, -1];
  if (style === 'area') return [0, height];
  // What is left out tells the lines apart where there is no colour.
  if (style === 'dotted') return x % acrossCell === 0 ? [height, height] : [0, -1];
  if (style === 'dashed') return x % (3 * acrossCell) < 2 * acrossCell ? [height, height] : [0, -1];
  if (style === 'sparse') return x % (2 * acrossCell) === 0 ? [height, height] : [0, -1];
  // A steep line is joined, or a jump would look like two lines.
  return before === null || Math.abs(before - height) <= 1
    ? [height, height]
    : [Math.min(before + 1, height), Math.max(before - 1, height)];
}

function cellSpan({ bits, plot }: Cell, unicode: boolean): Span {
  if (plot === null) return { text: ' ' };
  return {
    text: unicode ? String.fromCodePoint(0x2800 + bits) : ASCII_BY_STYLE[plot.style],
    tone: plot.tone,
  };
}

/** Neighbours of one tone as one piece: fewer escape sequences for a slow line. */
function toSpans(cells: readonly Span[]): Span[] {
  const spans: { text: string; tone?: Tone }[] = [];
  for (const cell of cells) {
    const last = spans.at(-1);
    if (last !== undefined && last.tone === cell.tone) last.text += cell.text;
    else spans.push({ ...cell });
  }
  return spans;
}
