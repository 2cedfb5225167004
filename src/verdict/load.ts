import { risesByThird } from './persistence.ts';
import type { Point } from './point.ts';

/**
 * Whether memory may merely follow the load, and which: as long as load still rises in the last third of the stretch,
 * what each client or request rightly needs cannot be told from what it leaves behind. Load is what comes from outside
 * (connections open, requests and new connections a second). Timers are not: a leak may consist of them.
 */
export function loadFollowed(stretch: readonly Point[]): 'open connections' | 'requests' | undefined {
  if (followsConnections(stretch)) return 'open connections';
  if (rateRises(stretch, (point) => point.requests) || rateRises(stretch, (point) => point.opened))
    return 'requests';
  return undefined;
}

/** The connections that are open still rise in the last third of the stretch, by a tenth in all and by three at least. */
function followsConnections(stretch: readonly Point[]): boolean {
  const lasting = stretch.map((point, at) => ({
    ...point,
    openConnections: lastingConnections(stretch, at),
  }));
  const first = lasting[0];
  const last = lasting.at(-1);
  if (first === undefined || last === undefined) return false;
  const rise = last.openConnections - first.openConnections;
  if (rise < 3 || rise < 0.1 * first.openConnections) return false;
  const [, , late] = risesByThird(lasting, (point) => point.openConnections);
  return late >= (0.3 * rise) / 3;
}

/**
 * The fewest of this point and those shortly before it. A client opens a few more when an answer is late, and keeps them for seconds:
 * one that had three had six at the last points of a stretch, for three seconds.
 */
function lastingConnections(stretch: readonly Point[], at: number): number {
  const { timeMs, openConnections } = stretch[at] ?? { timeMs: 0, openConnections: 0 };
  let fewest = openConnections;
  for (let before = at - 1; timeMs - (stretch[before]?.timeMs ?? -Infinity) <= LASTING_MS; before -= 1)
    fewest = Math.min(fewest, stretch[before]?.openConnections ?? fewest);
  return fewest;
}

const LASTING_MS = 5000;

// Counts of independent events scatter by their root; four of these between two counts are no chance.
const CHANCE = 4;

/** What is counted comes faster in each third than in the one before, in all by a tenth and more than by chance. */
function rateRises(stretch: readonly Point[], countOf: (point: Point) => number | undefined): boolean {
  const counts = risesByThird(stretch, (point) => countOf(point) ?? Number.NaN);
  const [early, middle, late] = counts;
  if (!counts.every((count) => Number.isFinite(count) && count >= 0)) return false;
  return late - early > CHANCE * Math.sqrt(late + early) && late > 1.1 * early && late > 0.98 * middle;
}
