/**
 * What leakline cost the thread it runs on: every synchronous piece of its work is timed from inside. A natural
 * garbage collection that falls into a piece counts as ours, so the figures are upper bounds.
 */
export class StallAccount {
  readonly #now: () => number;
  readonly #longestMsByWork = new Map<string, number>();
  #totalMs = 0;
  #depth = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Runs `work` and books its time under `name`. Nested pieces are booked once, under the outermost name. */
  book<Result>(name: string, work: () => Result): Result {
    if (this.#depth > 0) return work();
    this.#depth += 1;
    const startMs = this.#now();
    try {
      return work();
    } finally {
      this.#depth -= 1;
      this.add(name, this.#now() - startMs);
    }
  }

  add(name: string, durationMs: number): void {
    this.#totalMs += durationMs;
    const longest = this.#longestMsByWork.get(name) ?? 0;
    if (durationMs > longest) this.#longestMsByWork.set(name, durationMs);
  }

  snapshot(): StallCost {
    let longestPauseMs = 0;
    for (const ms of this.#longestMsByWork.values()) longestPauseMs = Math.max(longestPauseMs, ms);
    return {
      longestPauseMs,
      totalOnTargetMs: this.#totalMs,
      longestPauseMsByWork: Object.fromEntries(this.#longestMsByWork),
    };
  }
}

export type StallCost = {
  readonly longestPauseMs: number;
  readonly totalOnTargetMs: number;
  readonly longestPauseMsByWork: Readonly<Record<string, number>>;
};
