import type { Series } from '../core/series.ts';
import type { Verdict } from '../core/verdict.ts';
import { Watcher, type WatcherOptions } from './watcher.ts';

export type DecideOptions = Omit<WatcherOptions, 'resolutionBytes'> & {
  /** How long was watched: floors may lag behind it. */
  readonly watchedMs: number;
};

/**
 * Is it leaking? A function of the series alone: a `Watcher` is fed with it as if it had been there, so asking at
 * another time changes neither what was decided before nor the error.
 *
 * What is out of order is sorted first; the rest of bad input costs power, never truth.
 */
export function decide(series: Series, options: DecideOptions): Verdict {
  const { watchedMs, ...rest } = options;
  const watcher = new Watcher({ ...rest, resolutionBytes: series.resolutionBytes });
  const gcs = new InOrder(series.gcs);
  const floors = new InOrder(series.floors);
  for (const sample of sortedByTime(series.samples)) {
    watcher.add({ sample, gcs: gcs.until(sample.timeMs), floors: floors.until(sample.timeMs) });
  }
  watcher.add({ sample: null, gcs: gcs.until(Infinity), floors: floors.until(Infinity) });
  return watcher.verdict(watchedMs);
}

type Timed = { readonly timeMs: number };

/** Deals a list out by time. */
class InOrder<Item extends Timed> {
  readonly #items: readonly Item[];
  #next = 0;

  constructor(items: readonly Item[]) {
    this.#items = sortedByTime(items);
  }

  until(timeMs: number): readonly Item[] {
    const from = this.#next;
    while ((this.#items[this.#next]?.timeMs ?? Infinity) <= timeMs && this.#next < this.#items.length) {
      this.#next += 1;
    }
    return from === this.#next ? [] : this.#items.slice(from, this.#next);
  }
}

function sortedByTime<Item extends Timed>(items: readonly Item[]): readonly Item[] {
  const usable = items.filter((item) => Number.isFinite(item.timeMs));
  const sorted = usable.every((item, i) => i === 0 || (usable[i - 1]?.timeMs ?? 0) <= item.timeMs);
  return sorted ? usable : usable.sort((a, b) => a.timeMs - b.timeMs);
}
