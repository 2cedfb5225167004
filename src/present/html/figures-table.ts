import { formatBytes } from '../../core/bytes.ts';
import { formatDuration } from '../../core/duration.ts';
import type { IsolateReport } from '../../report/schema.ts';
import { count } from '../figures.ts';
import { element, type Markup } from './markup.ts';
import { floorWords, toldFloors } from './told-floors.ts';
import { table } from './table.ts';

/**
 * What the picture shows, as figures: for who can't see it, and for who wants to copy one. Long watches are summed up in spans
 * of equal length, because nobody reads three thousand rows aloud.
 */
export function figuresTable(report: IsolateReport): Markup | null {
  const { series, gc } = report;
  const floors = toldFloors(report);
  // A log of collections has sizes after them and nothing between.
  const timesMs = series.timeMs.length > 0 ? series.timeMs : floors.map(({ timeMs }) => timeMs);
  const rows = spans(timesMs, ROWS_AT_MOST);
  if (rows.length === 0) return null;
  const most = Math.max(...rows.map(({ from, to }) => to - from));
  const caption =
    most === 1
      ? series.timeMs.length > 0
        ? 'Each look at the process.'
        : 'Each size after a major GC.'
      : `In ${count(rows.length)} spans of time: the largest rss and used heap of each, and its last size after a major GC.`;
  return element(
    'details',
    { class: 'figures' },
    element('summary', {}, 'The figures of this chart as a table'),
    table(
      {
        caption,
        columns: [
          { name: 'until', isNumber: true },
          { name: 'rss', isNumber: true },
          { name: 'heap used', isNumber: true },
          { name: floorWords(report), isNumber: true },
          { name: 'major GCs', isNumber: true },
        ],
      },
      rows.map(({ from, to }) => {
        const untilMs = timesMs[to - 1] ?? 0;
        const beforeMs = timesMs[from - 1] ?? -Infinity;
        const isWithin = ({ timeMs }: { readonly timeMs: number }): boolean =>
          timeMs > beforeMs && timeMs <= untilMs;
        const floor = floors.findLast(isWithin);
        return [
          formatDuration(untilMs),
          sizeWords(largest(series.rss.slice(from, to))),
          sizeWords(largest(series.heapUsed.slice(from, to))),
          sizeWords(floor?.bytes ?? null),
          count(gc.filter((one) => one.kind === 'major' && isWithin(one)).length),
        ];
      }),
    ),
  );
}

const ROWS_AT_MOST = 60;

/** The samples in groups of equal number, as index ranges. */
function spans(timeMs: readonly number[], most: number): { readonly from: number; readonly to: number }[] {
  const groups = Math.min(most, timeMs.length);
  return Array.from({ length: groups }, (_, index) => ({
    from: Math.floor((index * timeMs.length) / groups),
    to: Math.floor(((index + 1) * timeMs.length) / groups),
  }));
}

function largest(sizes: readonly (number | null)[]): number | null {
  let found: number | null = null;
  for (const size of sizes) if (size !== null && (found === null || size > found)) found = size;
  return found;
}

function sizeWords(bytes: number | null): string {
  return bytes === null ? '–' : formatBytes(bytes);
}
