import type { IsolateReport } from '../../report/schema.ts';
import { endMs } from './chart-scale.ts';
import { element, type Content } from './markup.ts';
import { plotX, plotY, type PlotBox } from './plot-path.ts';

/**
 * From the last size to the limit: the line of the forecast, and the cone between the ends of its interval. The limit is
 * mostly far outside of the picture, whose frame cuts them off.
 */
export function forecastShapes(report: IsolateReport, box: PlotBox): Content {
  const { forecast, target, series } = report;
  if (forecast === null || target.exit !== null) return null;
  // V8's limit is for the heap, the others are for all memory of the process.
  const floor = series.floor.at(-1);
  const last = forecast.which === 'heap' ? floor : { timeMs: series.timeMs.at(-1), bytes: series.rss.at(-1) };
  if (last?.timeMs === undefined || last.bytes == null) return null;
  const nowMs = endMs(report);
  const start = `${plotX(last.timeMs, box)} ${plotY(last.bytes, box)}`;
  const end = (seconds: number): string =>
    `${plotX(nowMs + seconds * 1000, box)} ${plotY(forecast.limitBytes, box)}`;
  const [soonest, latest] = forecast.interval;
  return [
    element('path', { class: 'cone', d: `M${start}L${end(soonest)}L${end(latest)}Z` }),
    element('path', {
      class: 'line forecast',
      d: `M${start}L${end(forecast.secondsToLimit)}`,
      'vector-effect': 'non-scaling-stroke',
    }),
  ];
}
