import { formatBytes, formatRate } from '../../core/bytes.ts';
import { formatDuration } from '../../core/duration.ts';
import { isOver, type LiveSide, type LiveView } from '../../report/live.ts';
import type { Report } from '../../report/schema.ts';
import { type ChartFrame, drawChart, drawMarks, legendMark, type Plot } from '../chart.ts';
import { count, percent, rateInterval } from '../figures.ts';
import { type Glyphs, glyphsFor } from '../glyphs.ts';
import { cutLine, type Line, lineWidth, type Span } from '../line.ts';
import { roundBytesAbove, roundTimeAbove } from '../scale.ts';
import { scriptOf } from '../script-name.ts';
import { textWidth } from '../text-width.ts';
import { fateWords } from '../verdict-lines.ts';
import { activityWords, counted, spaceWords, verdictTone, verdictWordSoFar } from '../words.ts';
import type { ScreenLayout } from './layout.ts';
import { forecastCone, forecastMs, limitInSight, limitLine, withLimitWords } from './outlook.ts';

// Room for a piece of the forecast; more would be taken from what was measured.
const AHEAD_SHARE = 0.1;

/** The scale all sides share: two charts are compared by eye, so equal heights must be equal sizes. */
export type SharedScale = {
  readonly untilMs: number;
  readonly nowMs: number;
  readonly maxBytes: number;
  /** Before anything was measured the scale is nobody's, and its sizes are not told. */
  readonly isMeasured: boolean;
};

export function sharedScale({ sides, elapsedMs }: LiveView): SharedScale {
  const peaks = sides.map(({ report }) => {
    if (report === null) return 0;
    const { rss, heapUsed, floor } = report.series;
    const peak = Math.max(peakOf(rss), peakOf(heapUsed), peakOf(floor.map(({ bytes }) => bytes)));
    return Math.max(peak, limitInSight(report, peak));
  });
  const aheadMs = Math.max(0, ...sides.map(({ report }) => (report === null ? 0 : forecastMs(report))));
  const peakBytes = Math.max(0, ...peaks);
  return {
    isMeasured: peakBytes > 0,
    nowMs: elapsedMs,
    untilMs: roundTimeAbove(elapsedMs + Math.min(aheadMs, AHEAD_SHARE * elapsedMs)),
    maxBytes: roundBytesAbove(peakBytes),
  };
}

// Not Math.max(...bytes): a day at one sample a second is more arguments than a call can take.
function peakOf(bytes: readonly (number | null)[]): number {
  return bytes.reduce<number>((peak, size) => Math.max(peak, size ?? 0), 0);
}

/** One process as the lines of its column: name, verdict, chart, load. */
export function sideLines(
  side: LiveSide,
  scale: SharedScale,
  layout: ScreenLayout,
  unicode: boolean,
): Line[] {
  const glyphs = glyphsFor(unicode);
  const columns = layout.sideColumns;
  const chart = chartLines(side.report, scale, layout, unicode);
  if (layout.compact) {
    return [
      spread([nameSpan(side), { text: '  ' }, ...verdictSpans(side)], activitySpan(side), columns, glyphs),
      ...chart,
    ];
  }
  return [
    headLine(side, columns, glyphs),
    verdictSpans(side),
    intervalLine(side.report, glyphs),
    fateLine(side),
    ...chart,
    loadLine(side, glyphs),
  ];
}

// Room for `1.23 GB` and a space before the chart.
const GUTTER_COLUMNS = 8;
const TIGHT_COLUMNS = 46;

function nameSpan(side: LiveSide): Span {
  return { text: side.name, tone: 'strong' };
}

/** What is being done matters more than the pid, where there is no room for both. */
function headLine(side: LiveSide, columns: number, glyphs: Glyphs): Line {
  const activity = activitySpan(side);
  const full = [nameSpan(side), ...processSpans(side, glyphs)];
  const fits = lineWidth(full) + 2 + textWidth(activity.text) <= columns;
  return spread(fits ? full : [nameSpan(side)], activity, columns, glyphs);
}

export function activitySpan(side: LiveSide): Span {
  return { text: activityWords(side.activity), tone: 'faint' };
}

function processSpans({ name: sideName, report }: LiveSide, { dot }: Glyphs): Span[] {
  if (report === null || report.target.pid === null) return [];
  const { pid, isolate, name, command } = report.target;
  // A process that was asked for by its pid is called by it, and which one that is tells what it runs.
  const script = command === null ? [] : [scriptOf(command)];
  const known = sideName === `pid ${pid}` ? script : [`pid ${pid}`];
  const process = known.map((text): Span => ({ text: ` ${dot} ${text}`, tone: 'faint' }));
  if (isolate === null || isolate === 'main') return process;
  return [...process, { text: ` ${dot} ${isolate}${name === null ? '' : ` ${name}`}`, tone: 'faint' }];
}

/** The verdict as far as it goes, and at which rate memory grows. */
export function verdictSpans({ report, activity }: LiveSide): Span[] {
  if (report === null) return [];
  const { verdict, growth } = report;
  const word: Span = { text: verdictWordSoFar(verdict.kind, activity), tone: verdictTone(verdict.kind) };
  if (growth.bytesPerSecond === null) return [word];
  const rate = `  ${formatRate(growth.bytesPerSecond)} ${spaceWords(verdict.space)}`;
  return [word, verdict.kind === 'leaking' ? { text: rate, tone: 'strong' } : { text: rate }];
}

/** The interval around the rate. */
export function intervalLine(report: Report | null, glyphs: Glyphs): Line {
  if (report === null || report.growth.interval === null) return [];
  const { level, interval } = report.growth;
  return [{ text: `${percent(level)} interval ${rateInterval(interval, glyphs)}`, tone: 'faint' }];
}

/** When memory ends, or how far the answer is; what it would take, once nothing more comes. */
export function fateLine({ report, activity }: LiveSide): Line {
  if (report === null) return [];
  const fate = fateWords(report);
  if (fate !== null) return [{ text: fate, tone: report.target.exit === null ? 'strong' : 'bad' }];
  const { watchMoreMs, filling } = report.verdict;
  const parts = [
    ...(filling === null ? [] : [`it fills: ${percent(Math.round(filling.share * 100) / 100)} is there`]),
    ...(watchMoreMs === null ? [] : [answerWords(formatDuration(watchMoreMs), isOver(activity))]),
  ];
  if (parts.length > 0) return [{ text: parts.join(', '), tone: 'faint' }];
  const smallest = report.growth.smallestDetectableBytesPerSecond;
  if (report.verdict.kind !== 'steady' || smallest === null) return [];
  return [{ text: `a leak of ${formatBytes(smallest)}/s would show`, tone: 'faint' }];
}

/** As the answer below says it. */
function answerWords(more: string, over: boolean): string {
  return over ? `watch ${more} more for an answer` : `an answer in about ${more}`;
}

/** The chart with its legend, and where there is room its times and collections. */
export function chartLines(
  report: Report | null,
  scale: SharedScale,
  layout: ScreenLayout,
  unicode: boolean,
): Line[] {
  const frame: ChartFrame = {
    ...scale,
    // The floor of a process that ended stands no longer.
    nowMs: report?.target.exit?.atMs ?? scale.nowMs,
    columns: Math.max(1, layout.sideColumns - GUTTER_COLUMNS),
    rows: layout.chartRows,
    unicode,
  };
  const plots = report === null ? [] : plotsOf(report);
  const cone = report === null ? [] : forecastCone(report, frame);
  const limit = report === null ? null : limitLine(report, frame);
  const drawn = drawChart(fromBack([...plots, ...cone, ...(limit === null ? [] : [limit])]), frame);
  const rows = (report === null ? drawn : withLimitWords(drawn, report, frame)).map(
    (row, index): Line => [gutter(scale.isMeasured ? axisLabel(index, frame) : ''), ...row],
  );
  const legend = withForecast(legendLine(plots, layout, unicode), cone, layout, unicode);
  const majorGcs = report?.gc.filter(({ kind }) => kind === 'major').map(({ timeMs }) => timeMs) ?? [];
  const marks: Line = drawMarks(majorGcs, { text: unicode ? '▴' : '^', tone: 'faint' }, frame);
  return [
    ...rows,
    ...(layout.collections ? [[gutter('GC'), ...marks]] : []),
    ...(layout.times ? [[gutter(''), ...timeAxis(frame)]] : []),
    legend,
  ];
}

/** From the largest to the smallest, as the legend names them: the floor as an area, since the verdict rests on it. */
function plotsOf(report: Report): NamedPlot[] {
  const { series, verdict } = report;
  const { timeMs, floor } = series;
  return [
    { name: 'rss', timeMs, bytes: series.rss, style: 'dotted', tone: 'rss' },
    { name: 'heap', timeMs, bytes: series.heapUsed, style: 'line', tone: 'heapUsed' },
    {
      name: 'floor',
      timeMs: floor.map((point) => point.timeMs),
      bytes: floor.map((point) => point.bytes),
      style: 'area',
      tone: verdictTone(verdict.kind),
    },
  ];
}

function fromBack(plots: readonly Plot[]): Plot[] {
  return plots.toSorted((one, other) => LAYER_BY_STYLE[one.style] - LAYER_BY_STYLE[other.style]);
}

const LAYER_BY_STYLE: Readonly<Record<Plot['style'], number>> = {
  area: 0,
  dashed: 1,
  sparse: 2,
  dotted: 3,
  line: 4,
};

type NamedPlot = Plot & { readonly name: string };

function axisLabel(row: number, { rows, maxBytes }: ChartFrame): string {
  if (row === 0) return formatBytes(maxBytes);
  if (row === rows - 1) return '0';
  return rows >= 7 && row === (rows - 1) / 2 ? formatBytes(maxBytes / 2) : '';
}

function timeAxis({ columns, untilMs }: ChartFrame): Line {
  const end = formatDuration(untilMs);
  const middle = formatDuration(untilMs / 2);
  const room = columns - textWidth(`0${middle}${end}`);
  if (room < 4) return [{ text: end.padStart(columns), tone: 'faint' }];
  const beforeMiddle = Math.max(1, Math.floor((columns - textWidth(middle)) / 2) - 1);
  return [
    {
      text: `0${' '.repeat(beforeMiddle)}${middle}${' '.repeat(Math.max(1, room - beforeMiddle))}${end}`,
      tone: 'faint',
    },
  ];
}

function legendLine(plots: readonly NamedPlot[], layout: ScreenLayout, unicode: boolean): Line {
  const tight = layout.sideColumns < TIGHT_COLUMNS;
  return plots.flatMap((plot, index): Span[] => {
    const last = plot.bytes.at(-1);
    const size = last == null ? '-' : formatBytes(last);
    const gap = index === 0 ? '' : tight ? ' ' : '   ';
    const mark = `${legendMark(plot.style, unicode)}${tight ? '' : ' '}`;
    return [
      { text: gap },
      { text: mark, tone: plot.tone },
      { text: `${plot.name} ${tight ? size.replace(' ', '') : size}` },
    ];
  });
}

/** Only where there is a cone, and room for the word. */
function withForecast(
  legend: Line,
  cone: readonly Plot[],
  { sideColumns }: ScreenLayout,
  unicode: boolean,
): Line {
  const words: Line = [
    { text: '   ' },
    { text: `${legendMark('sparse', unicode)} `, tone: 'outlook' },
    { text: 'forecast' },
  ];
  return cone.length > 0 && lineWidth(legend) + lineWidth(words) <= sideColumns
    ? [...legend, ...words]
    : legend;
}

/** What the process serves meanwhile. */
export function loadLine({ report, load }: LiveSide, glyphs: Glyphs): Line {
  const dot = ` ${glyphs.dot} `;
  if (load !== null) {
    const clients = `${count(load.clientsOpen)} ${counted('client', load.clientsOpen)} open, ${count(load.clientsClosed)} gone`;
    return [{ text: `${clients}${dot}${count(load.httpPerSecond)} HTTP/s`, tone: 'faint' }];
  }
  return [{ text: report === null ? '' : countedLoad(report.series).join(dot), tone: 'faint' }];
}

/** What the process itself counted of the last seconds; what is nothing is left out. */
function countedLoad({
  timeMs,
  httpRequests,
  connectionsOpened,
  openConnections,
}: Report['series']): string[] {
  const http = perSecond(timeMs, httpRequests);
  const opened = perSecond(timeMs, connectionsOpened);
  const open = openConnections.at(-1) ?? null;
  return [
    ...(http === null || http === 0 ? [] : [`${figure(http)} HTTP/s`]),
    ...(opened === null || opened === 0 ? [] : [`${figure(opened)} new connections/s`]),
    ...(open === null ? [] : [`${count(open)} ${counted('connection', open)} open`]),
  ];
}

/** `null` where nothing is known of two moments. */
function perSecond(timeMs: readonly number[], counts: readonly (number | null)[]): number | null {
  const lastMs = timeMs.at(-1);
  const last = counts.at(-1) ?? null;
  if (lastMs === undefined || last === null) return null;
  const from = timeMs.findLastIndex((ms) => ms <= lastMs - LOAD_OVER_MS);
  const first = from === -1 ? 0 : from;
  const before = counts[first] ?? null;
  const seconds = (lastMs - (timeMs[first] ?? lastMs)) / 1000;
  return before === null || seconds <= 0 ? null : Math.max(0, last - before) / seconds;
}

const LOAD_OVER_MS = 5000;

function figure(perSecond: number): string {
  return perSecond >= 10 ? count(perSecond) : String(Number(perSecond.toPrecision(2)));
}

function gutter(label: string): Span {
  return { text: `${label.padStart(GUTTER_COLUMNS - 1)} `, tone: 'faint' };
}

/** `left` at the left edge and `right` at the right one; where both do not fit, `left` is what stays. */
export function spread(left: Line, right: Span, columns: number, glyphs: Glyphs): Line {
  const room = columns - lineWidth(left) - textWidth(right.text);
  if (room < 2) return cutLine(left, columns, glyphs.cut);
  return [...left, { text: ' '.repeat(room) }, right];
}
