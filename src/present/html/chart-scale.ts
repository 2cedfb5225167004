import type { IsolateReport } from '../../report/schema.ts';
import { toldFloors } from './told-floors.ts';

/** What all charts of a page share: equal widths are equal times, equal heights equal sizes. */
export type ChartScale = {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly minBytes: number;
  /** The top edge. */
  readonly maxBytes: number;
};

/**
 * Room for what was measured, for a piece of the forecast behind it, and for the limit where it is near: a limit far above
 * would press the measured lines flat on the ground.
 */
export function chartScale(reports: readonly IsolateReport[]): ChartScale {
  const fromMs = Math.min(...reports.map(startMs));
  const measuredUntilMs = Math.max(1, ...reports.map(endMs));
  const measuredMs = measuredUntilMs - fromMs;
  const aheadMs = Math.max(0, ...reports.map(forecastMs));
  const untilMs = measuredUntilMs + Math.min(aheadMs, FORECAST_SHARE * measuredMs);
  const highest = Math.max(1, ...reports.map(highestBytes));
  const limits = reports
    .map(({ target }) => target.limits.effectiveBytes ?? Infinity)
    .filter((bytes) => bytes >= highest && bytes <= highest * NEAR_LIMIT);
  return { fromMs, untilMs, minBytes: 0, maxBytes: Math.max(highest, ...limits) * HEADROOM };
}

/**
 * The floors alone, on an axis that does not begin at zero; `null` where the other chart shows how they move. Beside an rss of
 * ten times the size even a fast leak is a flat line.
 */
export function floorScale(
  report: IsolateReport,
  { fromMs, untilMs, maxBytes }: ChartScale,
): ChartScale | null {
  const floors = toldFloors(report);
  if (floors.length < FLOORS_WORTH_A_CHART) return null;
  let [lowest, highest] = [Infinity, 0];
  for (const { bytes } of floors) {
    lowest = Math.min(lowest, bytes);
    highest = Math.max(highest, bytes);
  }
  const range = highest - lowest;
  if (range === 0 || range > SHOWN_WELL * maxBytes) return null;
  const margin = range * 0.15;
  return { fromMs, untilMs, minBytes: Math.max(0, lowest - margin), maxBytes: highest + margin };
}

/** When the last sample was taken, or the process ended. */
export function endMs({ durationMs, series, target }: IsolateReport): number {
  return (
    target.exit?.atMs ?? Math.max(durationMs, series.timeMs.at(-1) ?? 0, series.floor.at(-1)?.timeMs ?? 0)
  );
}

const FLOORS_WORTH_A_CHART = 3;
const SHOWN_WELL = 0.15;
const FORECAST_SHARE = 0.3;
const NEAR_LIMIT = 1.8;
const HEADROOM = 1.08;

/** A log may begin long after its process did. */
function startMs({ series }: IsolateReport): number {
  const first = Math.min(series.timeMs[0] ?? Infinity, series.floor[0]?.timeMs ?? Infinity);
  const last = Math.max(series.timeMs.at(-1) ?? 0, series.floor.at(-1)?.timeMs ?? 0);
  return Number.isFinite(first) && first > last / 10 ? first : 0;
}

function forecastMs({ forecast, target }: IsolateReport): number {
  return forecast === null || target.exit !== null ? 0 : forecast.interval[1] * 1000;
}

/** A series may be long, too long to be the arguments of a call. */
function highestBytes(report: IsolateReport): number {
  const { rss, heapUsed } = report.series;
  let highest = 0;
  for (const column of [rss, heapUsed]) {
    for (const bytes of column) highest = Math.max(highest, bytes ?? 0);
  }
  for (const { bytes } of toldFloors(report)) highest = Math.max(highest, bytes);
  return highest;
}
