export type ScreenSize = { readonly columns: number; readonly rows: number };

/** How the rows and columns of the terminal are shared out. Their sum never exceeds the terminal. */
export type ScreenLayout = ScreenSize & {
  /** Sides stand beside each other, else below each other. */
  readonly abreast: boolean;
  readonly gapColumns: number;
  readonly sideColumns: number;
  readonly chartRows: number;
  /** One line of verdict: for small terminals. */
  readonly compact: boolean;
  /** Below a chart a row for the collections, and one for the times. */
  readonly collections: boolean;
  readonly times: boolean;
  /** Between the title and the sides. */
  readonly gapRows: number;
  /** Findings, or what is awaited, under the sides. */
  readonly panelRows: number;
  /** The keys, in the last row. */
  readonly helpRows: number;
};

/**
 * The panel keeps its rows from the first frame on, so that nothing jumps when the finding arrives; the charts take
 * what remains.
 */
export function layoutScreen(
  size: ScreenSize,
  sides: number,
  { help = false }: { readonly help?: boolean } = {},
): ScreenLayout {
  const columns = Math.max(1, size.columns);
  const rows = Math.max(1, size.rows);
  const abreast = sides <= 1 || columns >= ABREAST_COLUMNS;
  const compact = rows < ROOMY_ROWS || (!abreast && rows < 2 * ROOMY_ROWS);
  const inRow = abreast ? Math.max(1, sides) : 1;
  const inColumn = abreast ? 1 : sides;
  const sideFixedRows = compact ? COMPACT_SIDE_ROWS : ROOMY_SIDE_ROWS;
  const helpRows = help && rows >= HELP_ROWS ? 1 : 0;
  // Where rows are few, the keys take the place of the gap.
  const gapRows = compact || (helpRows > 0 && rows < SPACIOUS_ROWS) ? 0 : 1;
  const fixedRows = (compact ? 1 : 2) + gapRows + helpRows + inColumn * sideFixedRows;
  const free = Math.max(0, rows - fixedRows);
  const wantedPanel = compact
    ? Math.min(5, Math.floor(free / 2))
    : Math.min(18, Math.max(6, Math.round(rows * 0.27)));
  const mostRows = Math.floor(Math.max(0, free - wantedPanel) / inColumn);
  // An odd number has a middle row, so that half the scale is labelled with a round figure.
  const chartRows = mostRows >= 7 && mostRows % 2 === 0 ? mostRows - 1 : mostRows;
  return {
    columns,
    rows,
    abreast,
    compact,
    collections: !compact,
    times: !compact,
    gapColumns: inRow > 1 ? GAP_COLUMNS : 0,
    sideColumns: Math.floor((columns - GAP_COLUMNS * (inRow - 1)) / inRow),
    chartRows,
    gapRows,
    helpRows,
    panelRows: Math.max(0, free - chartRows * inColumn),
  };
}

/**
 * The rows at the bottom of a terminal that belongs to a program: a rule with name and time, the verdict, a chart with its
 * legend, and what was found. A third of the terminal or so, in 80×24 nine rows of it; of a tall one two fifths, with the
 * collections and room for lines of source. Its height is the same with `help`, the keys in its last row. `null` where that would
 * leave the program too little.
 */
export function layoutStrip(
  { columns: all, rows: allRows }: ScreenSize,
  { help = false }: { readonly help?: boolean } = {},
): ScreenLayout | null {
  // A terminal that does not tell its size has neither.
  if (!(all >= STRIP_LEAST.columns && allRows >= STRIP_LEAST.rows)) return null;
  // The last column stays free: a letter in it leaves the cursor where terminals disagree about what comes next.
  const columns = all - 1;
  const isTall = allRows >= TALL_ROWS;
  const rows = isTall ? Math.min(22, Math.round(allRows * 0.4)) : Math.max(8, Math.round(allRows * 0.36));
  const times = rows >= STRIP_ROWS_FOR_TIMES;
  const helpRows = help ? 1 : 0;
  const free = rows - STRIP_FIXED_ROWS - (isTall ? 1 : 0) - (times ? 1 : 0) - helpRows;
  const chartRows = Math.round(free * (isTall ? 0.45 : 0.6));
  const oddChartRows = chartRows >= 7 && chartRows % 2 === 0 ? chartRows - 1 : chartRows;
  return {
    columns,
    rows,
    abreast: true,
    compact: true,
    collections: isTall,
    times,
    gapColumns: 0,
    sideColumns: columns,
    chartRows: oddChartRows,
    gapRows: 0,
    helpRows,
    panelRows: free - oddChartRows,
  };
}

const STRIP_LEAST: ScreenSize = { columns: 80, rows: 20 };
const TALL_ROWS = 36;
/** The rule, the verdict, and the legend. */
const STRIP_FIXED_ROWS = 3;
const STRIP_ROWS_FOR_TIMES = 18;

const ABREAST_COLUMNS = 72;
const ROOMY_ROWS = 22;
const SPACIOUS_ROWS = 30;
const HELP_ROWS = 8;
const GAP_COLUMNS = 2;
/** Name, verdict, interval, fate; GC marks, times, legend, load. */
const ROOMY_SIDE_ROWS = 8;
/** Name with verdict; legend. */
const COMPACT_SIDE_ROWS = 2;
