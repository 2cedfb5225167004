import type { Counter } from '../../core/series.ts';
import { countRank, operationOf } from './operation-names.ts';
import { thinned } from './thinning.ts';

/** What a log counts beside memory, in bounded memory. */
export class CounterLog {
  readonly #byName = new Map<string, Running>();

  /** Rows in the order of time, with figures by the names they have in the log. */
  add(timeMs: number, counts: ReadonlyMap<string, number>): void {
    for (const [name, value] of counts) {
      if (!Number.isFinite(value)) continue;
      const running = this.#byName.get(name);
      if (running === undefined) {
        if (this.#byName.size < MOST_NAMES) {
          const counts = [{ timeMs, count: 0 }];
          this.#byName.set(name, { counts, count: 0, value, rows: 1, falls: 0 });
        }
        continue;
      }
      // A counter that falls has begun anew: what it shows came since.
      running.count += value >= running.value ? value - running.value : Math.max(0, value);
      if (value < running.value) running.falls += 1;
      running.value = value;
      running.rows += 1;
      running.counts.push({ timeMs, count: running.count });
      running.counts = thinned(running.counts, MOST_COUNTS);
    }
  }

  /**
   * Those that are counts: figures of each second fall all the time. Only of what is left one name is chosen for each
   * operation, so that a gauge displaces no counter. `timeOf` is how the rows' times are to be read.
   */
  counters(timeOf: (timeMs: number) => number): readonly Counter[] {
    const chosen = new Map<string, Running>();
    const rising = [...this.#byName].filter(([, { rows, falls }]) => falls <= 1 + rows / 100);
    for (const [name, running] of rising.toSorted(([a], [b]) => countRank(a) - countRank(b))) {
      const operation = operationOf(name);
      if (operation !== null && !chosen.has(operation)) chosen.set(operation, running);
    }
    return [...chosen].map(([operation, { counts }]) => ({
      operation,
      counts: counts.map(({ timeMs, count }) => ({ timeMs: timeOf(timeMs), count })),
    }));
  }
}

type Running = {
  counts: { timeMs: number; count: number }[];
  count: number;
  value: number;
  rows: number;
  falls: number;
};

const MOST_NAMES = 16;
const MOST_COUNTS = 4096;
