import { formatBytes } from '../../core/bytes.ts';
import type { IsolateReport } from '../../report/schema.ts';
import { type ChartFrame, type Plot, rowAt } from '../chart.ts';
import type { Line, Span } from '../line.ts';
import { textWidth } from '../text-width.ts';

/**
 * How high the picture must be to show the limit; 0 where the limit is far above. V8's is often gigabytes and a server's
 * memory a hundredth of that: scaled to the limit, what was measured would lie flat on the ground.
 */
export function limitInSight({ target }: IsolateReport, peakBytes: number): number {
  const limitBytes = target.limits.effectiveBytes ?? 0;
  return limitBytes <= peakBytes * NEAR_LIMIT ? limitBytes : 0;
}

/** For how long the forecast goes on, at its later end. */
export function forecastMs({ forecast, target }: IsolateReport): number {
  return forecast === null || target.exit !== null ? 0 : forecast.interval[1] * 1000;
}

/** The limit, where it lies within the picture. */
export function limitLine({ target }: IsolateReport, { untilMs, maxBytes }: ChartFrame): Plot | null {
  const limitBytes = target.limits.effectiveBytes;
  if (limitBytes === null || limitBytes > maxBytes) return null;
  return { timeMs: [0, untilMs], bytes: [limitBytes, limitBytes], style: 'dashed', tone: 'outlook' };
}

/**
 * From the last size towards the limit, at the two ends of the forecast's interval: as far as the limit or the edge of the
 * picture, whichever comes first.
 */
export function forecastCone(report: IsolateReport, frame: ChartFrame): Plot[] {
  const { forecast, target, series } = report;
  if (forecast === null || target.exit !== null) return [];
  const { limitBytes, interval } = forecast;
  // V8's limit is for the heap, the others are for all memory of the process.
  const floor = series.floor.at(-1);
  const last = forecast.which === 'heap' ? floor : { timeMs: series.timeMs.at(-1), bytes: series.rss.at(-1) };
  if (last?.timeMs === undefined || last.bytes == null) return [];
  const { timeMs: fromMs, bytes: fromBytes } = last;
  const top = Math.min(limitBytes, frame.maxBytes);
  if (fromBytes >= top) return [];
  return interval.flatMap((secondsToLimit): Plot[] => {
    const limitMs = frame.nowMs + secondsToLimit * 1000;
    const bytesPerMs = (limitBytes - fromBytes) / (limitMs - fromMs);
    const untilMs = Math.min(frame.untilMs, fromMs + (top - fromBytes) / bytesPerMs);
    if (!(untilMs > fromMs)) return [];
    const bytes = [fromBytes, fromBytes + bytesPerMs * (untilMs - fromMs)];
    return [{ timeMs: [fromMs, untilMs], bytes, style: 'sparse', tone: 'outlook' }];
  });
}

/**
 * The rows of a chart with the limit's name written in: on its line, or at the top edge with an arrow where it is above the
 * picture. It stands in the first gap of that row that is wide enough, and over the left end where there is none.
 */
export function withLimitWords(rows: readonly Line[], { target }: IsolateReport, frame: ChartFrame): Line[] {
  const { effectiveBytes, which } = target.limits;
  if (effectiveBytes === null || frame.rows < ROWS_FOR_WORDS) return [...rows];
  const isAbove = effectiveBytes > frame.maxBytes;
  const arrow = isAbove ? (frame.unicode ? '↑ ' : '^ ') : '';
  const words = `${arrow}${which ?? 'memory'} limit ${formatBytes(effectiveBytes)} `;
  if (textWidth(words) > frame.columns - CURVE_COLUMNS) return [...rows];
  const at = isAbove ? 0 : rowAt(effectiveBytes, frame);
  return rows.map((row, index) => (index === at ? withWords(row, words, frame) : row));
}

const NEAR_LIMIT = 1.8;
const ROWS_FOR_WORDS = 3;
const CURVE_COLUMNS = 6;

function withWords(row: Line, words: string, { columns }: ChartFrame): Line {
  // A cell of a chart is one column and one UTF-16 unit, in ASCII and in Braille.
  const cells = row.flatMap(({ text, tone }) =>
    Array.from(text, (letter): Span => (tone === undefined ? { text: letter } : { text: letter, tone })),
  );
  const isFree = cells.map(({ text, tone }) => text === ' ' || tone === 'outlook');
  const width = textWidth(words);
  let from = 0;
  for (let x = 0, free = 0; x < columns; x += 1) {
    free = isFree[x] === true ? free + 1 : 0;
    if (free < width) continue;
    from = x - width + 1;
    break;
  }
  const label: Span = { text: words, tone: 'outlook' };
  return [...cells.slice(0, from), label, ...cells.slice(from + width)];
}
