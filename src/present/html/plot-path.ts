/**
 * A series as the path of an SVG, in a box that is `columns` wide and `PLOT_ROWS` high.
 *
 * Of the samples that fall into one column only the smallest and the largest are drawn, in the order in which they came:
 * that is what a screen of so many pixels could show, no spike disappears, and a month is no larger than a minute. Where a
 * value is not known the line is broken.
 */
export function plotPath(points: readonly PlotPoint[], box: PlotBox): string {
  const commands: string[] = [];
  let pen = false;
  for (const run of columnsOf(points, box)) {
    if (run === null) {
      pen = false;
      continue;
    }
    for (const { x, y } of run) {
      commands.push(`${pen ? 'L' : 'M'}${x} ${y}`);
      pen = true;
    }
  }
  return commands.join('');
}

export type PlotPoint = { readonly timeMs: number; readonly bytes: number | null };

export type PlotBox = {
  readonly columns: number;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly minBytes: number;
  /** The top edge. */
  readonly maxBytes: number;
};

/** The height of the box that paths are drawn in; fine enough that no step of it shows. */
export const PLOT_ROWS = 1000;

export function plotX(timeMs: number, { columns, fromMs, untilMs }: PlotBox): number {
  return tenth((columns * (timeMs - fromMs)) / Math.max(1, untilMs - fromMs));
}

export function plotY(bytes: number, { minBytes, maxBytes }: PlotBox): number {
  return tenth(PLOT_ROWS * (1 - (bytes - minBytes) / Math.max(1, maxBytes - minBytes)));
}

type Drawn = { readonly x: number; readonly y: number };

/** For each column that has samples its lowest and highest, in time order; `null` where the line is broken. */
function columnsOf(points: readonly PlotPoint[], box: PlotBox): (readonly Drawn[] | null)[] {
  const runs: (readonly Drawn[] | null)[] = [];
  let column = NaN;
  let lowest: Drawn | null = null;
  let highest: Drawn | null = null;
  const close = (): void => {
    if (lowest === null || highest === null) return;
    runs.push(lowest === highest ? [lowest] : lowest.x <= highest.x ? [lowest, highest] : [highest, lowest]);
    lowest = null;
    highest = null;
  };
  for (const { timeMs, bytes } of points) {
    if (bytes === null) {
      close();
      runs.push(null);
      continue;
    }
    const drawn = { x: plotX(timeMs, box), y: plotY(bytes, box) };
    if (Math.floor(drawn.x) !== column) close();
    column = Math.floor(drawn.x);
    // The axis of an SVG points down.
    if (lowest === null || drawn.y > lowest.y) lowest = drawn;
    if (highest === null || drawn.y < highest.y) highest = drawn;
  }
  close();
  return runs;
}

function tenth(value: number): number {
  return Math.round(value * 10) / 10;
}
