import { formatBytes } from '../../core/bytes.ts';
import { formatDuration } from '../../core/duration.ts';
import type { IsolateReport } from '../../report/schema.ts';
import { type ChartScale, endMs } from './chart-scale.ts';
import { floorWords, toldFloors } from './told-floors.ts';
import { keptSamples } from './kept-samples.ts';

/** One chart for a script of a page to draw. Its words are ours: what the watched program named is not in here. */
export type PlotData = {
  /** Of the element that it is drawn in. */
  readonly id: string;
  /** Charts of one group have one cursor and one zoom. */
  readonly group: number;
  readonly scale: ChartScale;
  readonly tone: IsolateReport['verdict']['kind'];
  /** The accent goes to what the verdict is about: rss where it is native memory, else the floors. */
  readonly accent: 'rss' | 'floor';
  /** What it shows, for who can't see it. */
  readonly words: string;
  readonly floorWords: string;
  readonly floors: { readonly timeMs: readonly number[]; readonly bytes: readonly number[] };
  /** What only the chart of all memory has; `null` for the floors alone. */
  readonly memory: MemoryPlot | null;
};

export type MemoryPlot = {
  readonly timeMs: readonly number[];
  readonly rss: readonly (number | null)[];
  readonly heapUsed: readonly (number | null)[];
  readonly majorGcTimeMs: readonly number[];
  readonly limit: { readonly bytes: number; readonly words: string } | null;
  readonly moments: readonly { readonly timeMs: number; readonly words: string }[];
  readonly forecast: {
    readonly from: PlotCorner;
    readonly likely: PlotCorner;
    readonly soonest: PlotCorner;
    readonly latest: PlotCorner;
  } | null;
};

export type PlotCorner = { readonly timeMs: number; readonly bytes: number };

export function memoryPlot(
  report: IsolateReport,
  scale: ChartScale,
  place: Pick<PlotData, 'id' | 'group'>,
): PlotData {
  const { series, gc } = report;
  const kept = keptSamples([series.rss, series.heapUsed]);
  return {
    ...floorPlot(report, scale, place),
    words: `Memory over ${formatDuration(report.durationMs)}`,
    memory: {
      timeMs: kept.map((index) => series.timeMs[index] ?? 0),
      rss: kept.map((index) => series.rss[index] ?? null),
      heapUsed: kept.map((index) => series.heapUsed[index] ?? null),
      majorGcTimeMs: spreadTimes(
        gc.filter(({ kind }) => kind === 'major').map(({ timeMs }) => timeMs),
        scale,
      ),
      limit: limitOf(report),
      moments: momentsOf(report),
      forecast: forecastOf(report),
    },
  };
}

export function floorPlot(
  report: IsolateReport,
  scale: ChartScale,
  place: Pick<PlotData, 'id' | 'group'>,
): PlotData {
  const { verdict } = report;
  const floors = toldFloors(report);
  const kept = keptSamples([floors.map(({ bytes }) => bytes)]).flatMap((index) => floors[index] ?? []);
  return {
    ...place,
    scale,
    tone: verdict.kind,
    accent: verdict.space === 'native' ? 'rss' : 'floor',
    words: `Memory after major collections over ${formatDuration(report.durationMs)}, on an axis of its own`,
    floorWords: floorWords(report),
    floors: { timeMs: kept.map(({ timeMs }) => timeMs), bytes: kept.map(({ bytes }) => bytes) },
    memory: null,
  };
}

/** Marks are of one kind, so of those that lie closer than any screen tells apart one stays. */
function spreadTimes(timesMs: readonly number[], { fromMs, untilMs }: ChartScale): number[] {
  const place = (timeMs: number | undefined): number =>
    timeMs === undefined
      ? NaN
      : Math.floor(((timeMs - fromMs) / Math.max(1, untilMs - fromMs)) * MARKS_AT_MOST);
  return timesMs.length <= MARKS_AT_MOST
    ? [...timesMs]
    : timesMs.filter((timeMs, index) => place(timeMs) !== place(timesMs[index - 1]));
}

const MARKS_AT_MOST = 4000;

function limitOf({ target: { limits } }: IsolateReport): MemoryPlot['limit'] {
  const { effectiveBytes, which } = limits;
  return effectiveBytes === null
    ? null
    : { bytes: effectiveBytes, words: `${which ?? 'memory'} limit ${formatBytes(effectiveBytes)}` };
}

/** When the verdict stood, the line was named, the process ended. */
function momentsOf({ verdict, namedAtMs, target }: IsolateReport): MemoryPlot['moments'] {
  return [
    { timeMs: verdict.decidedAtMs, words: verdict.kind },
    { timeMs: namedAtMs, words: 'line named' },
    { timeMs: target.exit?.atMs ?? null, words: 'process ended' },
  ].flatMap(({ timeMs, words }) =>
    timeMs === null ? [] : [{ timeMs, words: `${words} ${formatDuration(timeMs)}` }],
  );
}

/** From the last size to the limit. V8's limit is for the heap, the others are for all memory of the process. */
function forecastOf(report: IsolateReport): MemoryPlot['forecast'] {
  const { forecast, target, series } = report;
  if (forecast === null || target.exit !== null) return null;
  const last =
    forecast.which === 'heap'
      ? series.floor.at(-1)
      : { timeMs: series.timeMs.at(-1), bytes: series.rss.at(-1) };
  if (last?.timeMs === undefined || last.bytes == null) return null;
  const nowMs = endMs(report);
  const corner = (seconds: number): PlotCorner => ({
    timeMs: nowMs + seconds * 1000,
    bytes: forecast.limitBytes,
  });
  return {
    from: { timeMs: last.timeMs, bytes: last.bytes },
    likely: corner(forecast.secondsToLimit),
    soonest: corner(forecast.interval[0]),
    latest: corner(forecast.interval[1]),
  };
}
