import { formatBytes } from '../../core/bytes.ts';
import { formatDuration } from '../../core/duration.ts';
import type { IsolateReport } from '../../report/schema.ts';
import { count } from '../figures.ts';
import { byteTicks, timeTicks } from './axis-ticks.ts';
import type { ChartScale } from './chart-scale.ts';
import { forecastShapes } from './forecast-shapes.ts';
import { classed, element, type Content, type Markup } from './markup.ts';
import { floorWords, toldFloors, type ToldFloor } from './told-floors.ts';
import { plotPath, PLOT_ROWS, plotX, plotY, type PlotBox as PathBox, type PlotPoint } from './plot-path.ts';

/**
 * Memory over time as a picture that needs no script. Lines lie in a box that stretches with the page; words, ticks and
 * dots lie outside of it, placed in percent, and so keep their size from a phone to a printed sheet.
 */
export function memoryChart(report: IsolateReport, scale: ChartScale): Markup {
  const box: PlotBox = { ...scale, columns: COLUMNS, plotTop: PLOT_TOP, plotHeight: 300 };
  const floors = toldFloors(report);
  return picture(chartWords(report), box, [
    sizeLines(box, 5),
    timeAxis(box),
    stretched(box, [
      forecastShapes(report, box),
      floorArea(floors, box),
      seriesPaths(report, box),
      path('floor', plotPath(floors, box)),
    ]),
    floorDots(floors, box),
    gcMarks(report, box),
    moments(report, box),
    sizeWords(box, 5),
    limitWords(report, box),
  ]);
}

/** The floors alone, for a scale of their own. */
export function floorChart(report: IsolateReport, scale: ChartScale): Markup {
  const box: PlotBox = { ...scale, columns: COLUMNS, plotTop: 18, plotHeight: 110 };
  const floors = toldFloors(report);
  return picture(`${floorsFromTo(report) ?? ''}, on an axis of its own`, box, [
    sizeLines(box, 3),
    timeAxis(box),
    stretched(box, [path('floor', plotPath(floors, box))]),
    floorDots(floors, box),
    sizeWords(box, 3),
  ]);
}

function picture(words: string, box: PlotBox, content: Content): Markup {
  const height = box.plotTop + box.plotHeight + GC_HEIGHT + 24;
  return element('svg', { class: 'chart', width: '100%', height, role: 'img', 'aria-label': words }, content);
}

/** What stretches with the page; lines keep their width. */
function stretched(box: PlotBox, content: Content): Markup {
  return element(
    'svg',
    {
      y: box.plotTop,
      width: '100%',
      height: box.plotHeight,
      viewBox: `0 0 ${COLUMNS} ${PLOT_ROWS}`,
      preserveAspectRatio: 'none',
    },
    content,
  );
}

/** The lines by name, colour and what they came to. */
export function chartLegend(report: IsolateReport, scale: ChartScale): Markup {
  const { series, gc, target, durationMs } = report;
  const { effectiveBytes, which } = target.limits;
  const floors = toldFloors(report).map(({ bytes }) => bytes);
  const majors = gc.filter(({ kind }) => kind === 'major').length;
  return classed(
    'ul',
    'legend',
    legendEntry('floor', floorWords(report), floors),
    legendEntry('heap', 'heap used', series.heapUsed),
    legendEntry('rss', 'rss', series.rss),
    majors === 0
      ? null
      : classed(
          'li',
          'gc',
          `${count(majors)} major ${majors === 1 ? 'GC' : 'GCs'} in ${formatDuration(durationMs)}`,
        ),
    effectiveBytes === null || effectiveBytes <= scale.maxBytes
      ? null
      : classed('li', 'far', `${which ?? 'memory'} limit ${formatBytes(effectiveBytes)}, far above`),
  );
}

/** More columns than most windows have; a screen with more pixels sees no more in it. */
const COLUMNS = 1200;
/** Two lines of words above it say what happened when. */
const PLOT_TOP = 36;
const MOMENT_LINE = 15;
const GC_HEIGHT = 8;
/** With more floors than that the dots would be a band. */
const DOTS_AT_MOST = 90;

/** In pixels from the top of the picture. */
type PlotBox = PathBox & { readonly plotTop: number; readonly plotHeight: number };

function legendEntry(name: string, words: string, sizes: readonly (number | null)[]): Markup | null {
  const known = sizes.filter((size) => size !== null);
  const [first, last] = [known[0], known.at(-1)];
  if (first === undefined || last === undefined) return null;
  return classed('li', name, element('b', {}, words), ` ${formatBytes(first)} → ${formatBytes(last)}`);
}

function sizeLines(box: PlotBox, most: number): Content {
  return byteTicks(box.minBytes, box.maxBytes, most).map((bytes) => {
    const y = pixelY(bytes, box);
    return element('line', { class: bytes === 0 ? 'base' : 'grid', x1: 0, x2: '100%', y1: y, y2: y });
  });
}

/** In front of the lines, which may run through them. */
function sizeWords(box: PlotBox, most: number): Content {
  return byteTicks(box.minBytes, box.maxBytes, most)
    .filter((bytes) => bytes > 0)
    .map((bytes) => element('text', { class: 'tick', x: 0, y: pixelY(bytes, box) - 5 }, formatBytes(bytes)));
}

function timeAxis(box: PlotBox): Content {
  const ticks = timeTicks(box.fromMs, box.untilMs, 6);
  const y = box.plotTop + box.plotHeight + GC_HEIGHT + 16;
  return ticks.map((timeMs, index) => {
    const share = plotX(timeMs, box) / COLUMNS;
    return element(
      'text',
      {
        // On a phone every other one stays.
        class: index % 2 === 1 ? 'tick odd' : 'tick',
        x: percentX(timeMs, box),
        y,
        'text-anchor': share < 0.02 ? 'start' : share > 0.97 ? 'end' : 'middle',
      },
      timeMs === 0 ? '0' : formatDuration(timeMs),
    );
  });
}

function seriesPaths({ series }: IsolateReport, box: PlotBox): Content {
  const column = (bytes: readonly (number | null)[]): PlotPoint[] =>
    series.timeMs.map((timeMs, index) => ({ timeMs, bytes: bytes[index] ?? null }));
  return [
    path('rss', plotPath(column(series.rss), box)),
    path('heap', plotPath(column(series.heapUsed), box)),
  ];
}

/** Down to the ground: memory that no collection gives back. */
function floorArea(floors: readonly ToldFloor[], box: PlotBox): Markup | null {
  const [first, last] = [floors[0], floors.at(-1)];
  if (first === undefined || last === undefined || first === last) return null;
  const ground = `L${plotX(last.timeMs, box)} ${PLOT_ROWS}L${plotX(first.timeMs, box)} ${PLOT_ROWS}Z`;
  return element('path', { class: 'area', d: `${plotPath(floors, box)}${ground}` });
}

function path(className: string, commands: string): Markup | null {
  return commands === ''
    ? null
    : element('path', { class: `line ${className}`, d: commands, 'vector-effect': 'non-scaling-stroke' });
}

function floorDots(floors: readonly ToldFloor[], box: PlotBox): Content {
  if (floors.length > DOTS_AT_MOST) return null;
  return floors.map(({ timeMs, bytes }) =>
    element('circle', { class: 'dot', cx: percentX(timeMs, box), cy: pixelY(bytes, box), r: 2.5 }),
  );
}

/** Under the time axis, one for each column that saw a major collection. */
function gcMarks({ gc }: IsolateReport, box: PlotBox): Content {
  const columns = new Set(
    gc.filter(({ kind }) => kind === 'major').map(({ timeMs }) => Math.round(plotX(timeMs, box))),
  );
  if (columns.size === 0) return null;
  const commands = [...columns].map((x) => `M${x} 2V${GC_HEIGHT}`).join('');
  return element(
    'svg',
    {
      y: box.plotTop + box.plotHeight,
      width: '100%',
      height: GC_HEIGHT,
      viewBox: `0 0 ${COLUMNS} ${GC_HEIGHT}`,
      preserveAspectRatio: 'none',
    },
    element('path', { class: 'gc', d: commands, 'vector-effect': 'non-scaling-stroke' }),
  );
}

/** When the verdict stood, the line was named, the process ended. */
function moments({ verdict, namedAtMs, target }: IsolateReport, box: PlotBox): Content {
  const told = [
    { timeMs: verdict.decidedAtMs, words: verdict.kind, row: 0 },
    { timeMs: namedAtMs, words: 'line named', row: 1 },
    { timeMs: target.exit?.atMs ?? null, words: 'process ended', row: 0 },
  ];
  return told.map(({ timeMs, words, row }) => {
    if (timeMs === null || timeMs < box.fromMs || timeMs > box.untilMs) return null;
    const x = percentX(timeMs, box);
    const isLate = plotX(timeMs, box) > COLUMNS * 0.7;
    return [
      element('line', {
        class: 'moment',
        x1: x,
        x2: x,
        y1: 3 + row * MOMENT_LINE,
        y2: box.plotTop + box.plotHeight,
      }),
      element(
        'text',
        {
          class: 'tick',
          x,
          dx: isLate ? -5 : 5,
          y: 12 + row * MOMENT_LINE,
          'text-anchor': isLate ? 'end' : 'start',
        },
        `${words} ${formatDuration(timeMs)}`,
      ),
    ];
  });
}

function limitWords({ target: { limits } }: IsolateReport, box: PlotBox): Content {
  const { effectiveBytes, which } = limits;
  if (effectiveBytes === null || effectiveBytes > box.maxBytes) return null;
  const y = pixelY(effectiveBytes, box);
  return [
    element('line', { class: 'limit', x1: 0, x2: '100%', y1: y, y2: y }),
    element(
      'text',
      { class: 'tick limit', x: '100%', y: y - 5, 'text-anchor': 'end' },
      `${which ?? 'memory'} limit ${formatBytes(effectiveBytes)}`,
    ),
  ];
}

/** What the picture shows, for who can't see it. */
function chartWords(report: IsolateReport): string {
  const { series, gc, durationMs } = report;
  const told = [
    fromTo('resident memory', series.rss),
    fromTo('used heap', series.heapUsed),
    floorsFromTo(report),
    `${count(gc.filter(({ kind }) => kind === 'major').length)} major collections`,
  ].filter((words) => words !== null);
  return `Memory over ${formatDuration(durationMs)}: ${told.join(', ')}.`;
}

function floorsFromTo(report: IsolateReport): string | null {
  return fromTo(
    floorWords(report),
    toldFloors(report).map(({ bytes }) => bytes),
  );
}

function fromTo(words: string, sizes: readonly (number | null)[]): string | null {
  const known = sizes.filter((size) => size !== null);
  const [first, last] = [known[0], known.at(-1)];
  return first === undefined || last === undefined
    ? null
    : `${words} from ${formatBytes(first)} to ${formatBytes(last)}`;
}

function percentX(timeMs: number, box: PlotBox): string {
  return `${Math.round((plotX(timeMs, box) / COLUMNS) * 1e4) / 100}%`;
}

function pixelY(bytes: number, box: PlotBox): number {
  return Math.round((box.plotTop + (plotY(bytes, box) / PLOT_ROWS) * box.plotHeight) * 10) / 10;
}
