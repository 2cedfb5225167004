import type { Counter } from '../../core/series.ts';
import { thinned } from './thinning.ts';

/** What a log counts beside memory, in bounded memory. */
export class CounterLog {
  readonly #byOperation = new Map<string, Running>();

  /** Rows in the order of time. */
  add(timeMs: number, counts: ReadonlyMap<string, number>): void {
    for (const [operation, value] of counts) {
      if (!Number.isFinite(value)) continue;
      const running = this.#byOperation.get(operation);
      if (running === undefined) {
        if (this.#byOperation.size < MOST_OPERATIONS) {
          const counts = [{ timeMs, count: 0 }];
          this.#byOperation.set(operation, { counts, count: 0, value, rows: 1, falls: 0 });
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

  /** Those that are counts: figures of each second fall all the time. `timeOf` is how the rows' times are to be read. */
  counters(timeOf: (timeMs: number) => number): readonly Counter[] {
    return [...this.#byOperation]
      .filter(([, { rows, falls }]) => falls <= 1 + rows / 100)
      .map(([operation, { counts }]) => ({
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

const MOST_OPERATIONS = 8;
const MOST_COUNTS = 4096;
