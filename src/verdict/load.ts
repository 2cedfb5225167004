import { risesByThird } from './persistence.ts';
import type { Point } from './point.ts';

/**
 * Whether memory may merely follow the connections that are open: they still rise in the last third of the
 * stretch, by a tenth and by three at least. As long as they do, what each of them rightly needs cannot be
 * told from what it leaves behind.
 */
export function followsConnections(stretch: readonly Point[]): boolean {
  const first = stretch[0];
  const last = stretch.at(-1);
  if (first === undefined || last === undefined) return false;
  const rise = last.openConnections - first.openConnections;
  if (rise < 3 || rise < 0.1 * first.openConnections) return false;
  const [, , late] = risesByThird(stretch, (point) => point.openConnections);
  return late >= (0.3 * rise) / 3;
}
