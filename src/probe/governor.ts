/**
 * Sees to it that watching stays cheap: one percent of the program's main thread, as accounted from inside.
 *
 * It looks at the last ten seconds. When watching took more than its share, ticks come half as often; when they come
 * every sixteen seconds and it still does, watching is to stop. What takes a fraction of its share gets its pace back. The
 * operator asks for a diagnosis, which has budgets of its own; it is not counted here.
 */
export class Governor {
  #everyMs: number;
  readonly #leastMs: number;
  #sinceMs = 0;
  #spentMs = 0;

  constructor(everyMs: number) {
    this.#everyMs = everyMs;
    this.#leastMs = everyMs;
  }

  /** How far apart ticks are to be now. */
  get everyMs(): number {
    return this.#everyMs;
  }

  /** `watchingMs` is what watching took in all until now, on the clock of `nowMs`. Says what is to be done. */
  judge(nowMs: number, watchingMs: number): 'go on' | 'slower' | 'faster' | 'stop' {
    const windowMs = Math.max(WINDOW_MS, this.#everyMs * 4);
    if (nowMs - this.#sinceMs < windowMs) return 'go on';
    const share = (watchingMs - this.#spentMs) / (nowMs - this.#sinceMs);
    this.#sinceMs = nowMs;
    this.#spentMs = watchingMs;
    if (share > SHARE) {
      if (this.#everyMs >= this.#leastMs * SLOWEST) return 'stop';
      this.#everyMs *= 2;
      return 'slower';
    }
    if (share < SHARE / 4 && this.#everyMs > this.#leastMs) {
      this.#everyMs /= 2;
      return 'faster';
    }
    return 'go on';
  }
}

const SHARE = 0.01;
const WINDOW_MS = 10_000;
const SLOWEST = 16;
