import type { ProcessRow } from '../report/process-list.ts';
import type { ListedTarget } from './list-targets.ts';

/**
 * Remembers how the resident memory of the listed processes went. A process that has gone is forgotten, and one that was
 * given its number begins anew.
 */
export class ProcessHistory {
  #rowByPid = new Map<number, ProcessRow>();

  /** The list as it is now, with what was seen before. `nowMs` is of any clock that never goes back. */
  add(targets: readonly ListedTarget[], nowMs: number): readonly ProcessRow[] {
    const rows = targets.map((target): ProcessRow => {
      const before = this.#rowByPid.get(target.pid);
      const isSame = before !== undefined && before.uptimeMs <= target.uptimeMs;
      const seen = isSame ? before.rssOverTime.slice(1 - SEEN_AT_MOST) : [];
      const { pid, node, command, uptimeMs, rssBytes, way, reason } = target;
      const rssOverTime = [...seen, { timeMs: nowMs, size: rssBytes }];
      return { pid, node, command, uptimeMs, rssBytes, rssOverTime, way, reason };
    });
    this.#rowByPid = new Map(rows.map((row) => [row.pid, row]));
    return rows;
  }
}

/** Two minutes at a look every two seconds: as many points as a sparkline has pixels to tell apart. */
const SEEN_AT_MOST = 60;
