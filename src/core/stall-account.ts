/**
 * What leakline cost the thread it runs on: every synchronous piece of its work is timed from inside.
 *
 * A garbage collection of the program's own that falls into a piece is taken out again, once its time is known: the
 * program would have stood still for it anyway. One that leakline forced is a piece of its own and stays.
 */
export class StallAccount {
  readonly #now: () => number;
  readonly #heapUsed: () => number;
  readonly #longestMsByWork = new Map<string, number>();
  readonly #totalMsByWork = new Map<string, number>();
  #pending: Piece[] = [];
  #totalMs = 0;
  #depth = 0;
  #allocatedBytes = 0;
  #mostAllocatedBytes = 0;

  /** `heapUsed` is asked twice a piece; V8's own statistics take 5 µs. */
  constructor(now: () => number, heapUsed: () => number = () => 0) {
    this.#now = now;
    this.#heapUsed = heapUsed;
  }

  /** Runs `work` and books its time under `name`. Nested pieces are booked once, under the outermost name. */
  book<Result>(name: string, work: () => Result): Result {
    if (this.#depth > 0) return work();
    this.#depth += 1;
    const startMs = this.#now();
    const startBytes = this.#heapUsed();
    try {
      return work();
    } finally {
      this.#depth -= 1;
      // A collection within the piece makes this less than nothing; what it freed was not all ours.
      this.#allocatedBytes += Math.max(0, this.#heapUsed() - startBytes);
      this.#mostAllocatedBytes = Math.max(this.#mostAllocatedBytes, this.#allocatedBytes);
      this.add(name, startMs, this.#now());
    }
  }

  add(name: string, startMs: number, endMs: number): void {
    // Short pieces can't be the longest, and there may be thousands: they are booked as they are.
    if (endMs - startMs < SHORT_MS || this.#pending.length >= MAX_PENDING)
      this.#settle(name, endMs - startMs);
    else this.#pending.push({ name, startMs, endMs });
  }

  /** Call with every collection since the last call, times on the clock of `now`; forced ones left out. */
  settle(collections: readonly { readonly startMs: number; readonly endMs: number }[]): void {
    for (const { name, startMs, endMs } of this.#pending) {
      let ownMs = endMs - startMs;
      for (const gc of collections) {
        ownMs -= Math.max(0, Math.min(endMs, gc.endMs) - Math.max(startMs, gc.startMs));
      }
      this.#settle(name, Math.max(0, ownMs));
    }
    this.#pending = [];
    if (collections.length > 0) this.#allocatedBytes = 0;
  }

  /** What this work took in all. */
  totalMsOf(name: string): number {
    return this.#totalMsByWork.get(name) ?? 0;
  }

  snapshot(): StallCost {
    let longestPauseMs = 0;
    for (const ms of this.#longestMsByWork.values()) longestPauseMs = Math.max(longestPauseMs, ms);
    return {
      longestPauseMs,
      totalOnTargetMs: this.#totalMs,
      longestPauseMsByWork: Object.fromEntries(this.#longestMsByWork),
      totalMsByWork: Object.fromEntries(this.#totalMsByWork),
      heapBytes: this.#mostAllocatedBytes,
    };
  }

  #settle(name: string, ownMs: number): void {
    this.#totalMs += ownMs;
    this.#totalMsByWork.set(name, this.totalMsOf(name) + ownMs);
    if (ownMs > (this.#longestMsByWork.get(name) ?? 0)) this.#longestMsByWork.set(name, ownMs);
  }
}

export type StallCost = {
  readonly longestPauseMs: number;
  readonly totalOnTargetMs: number;
  readonly longestPauseMsByWork: Readonly<Record<string, number>>;
  readonly totalMsByWork: Readonly<Record<string, number>>;
  /** The most that leakline's pieces of work allocated in the heap between two collections: more it never held at once. */
  readonly heapBytes: number;
};

type Piece = { readonly name: string; readonly startMs: number; readonly endMs: number };

const SHORT_MS = 1;
const MAX_PENDING = 2000;
