import type { HeapShape } from './heap-shape.ts';

/**
 * Whether a forced collection fits, and how long it will take.
 *
 * A full collection visits live objects, so heaps are told as far as they live (`heap-shape.ts`). Measured on Node 20 and 2 cores (bench/forced-gc.ts): 1.5 ms a MB of small
 * objects, and a MB of large arrays 0.2 ms if they hold references or small integers and nothing if they hold doubles,
 * which V8 need not look through. Which of the two, and how fast this heap and machine are, is learnt from the pauses
 * seen. So a heap of 15 MB of small objects or more is not forced: there a collection is started (`started-gc.ts`), or, where
 * V8 can't be made to, one is forced up to 20 MB.
 */
export class GcBudget {
  readonly #maxPauseMs: number;
  #startedMs = STARTED_MS;
  /** The longest of V8's own lately; none was seen yet where it is infinite. */
  #ownMs = Number.POSITIVE_INFINITY;
  #slowdown = 1;
  // As if references had been seen once, in a small heap.
  #sumXx = PRIOR_LARGE_MB * PRIOR_LARGE_MB;
  #sumXy = this.#sumXx * LARGE_MS_PER_MB;
  #lastCostMs = 0;
  #lastAtMs = Number.NEGATIVE_INFINITY;
  #count = 0;

  constructor(maxPauseMs: number) {
    this.#maxPauseMs = maxPauseMs;
  }

  get count(): number {
    return this.#count;
  }

  predictMs({ smallObjectBytes, largeObjectBytes }: HeapShape): number {
    return (smallMs(smallObjectBytes) + (largeObjectBytes / 1e6) * this.#msPerLargeMb) * this.#slowdown;
  }

  /** At the usual speed, if what was seen is faster. */
  predictAtMostMs(heap: HeapShape): number {
    return this.predictMs(heap) / Math.min(1, this.#slowdown);
  }

  /**
   * What fits now, for a collection that is repeated: at least `everyMs` apart, and never more than its share of the time.
   * `canStart`: whether V8 can be made to begin one. Then only the short ones are forced.
   */
  choose(heap: HeapShape, nowMs: number, everyMs: number, pace: Pace, canStart: boolean): Choice {
    if (!this.#isRested(nowMs, everyMs, pace)) return null;
    if (canStart ? this.#isShort(heap) : this.#fits(this.predictMs(heap))) return 'force';
    // A machine that was busy for a moment must not be taken for a slow one for ever.
    this.#slowdown = Math.max(Math.min(1, this.#slowdown), this.#slowdown * 0.85);
    if (!canStart) return null;
    if (this.#fits(this.#predictStartedMs(heap))) return 'start';
    this.#startedMs = Math.max(STARTED_MS, this.#startedMs * 0.97);
    return null;
  }

  /**
   * Whether one would be allowed now that is not repeated, so that only its pause has to fit. May be asked as often as one
   * likes: it changes nothing of what was learnt. `onlyShort`: only of the size that is forced where one can be started as well.
   */
  wouldAllow(heap: HeapShape, nowMs: number, onlyShort: boolean): boolean {
    if (!this.#isRested(nowMs, 0, { closer: true, busy: 0 })) return false;
    return onlyShort ? this.#isShort(heap) : this.#fits(this.predictMs(heap));
  }

  #isRested(nowMs: number, everyMs: number, { closer, busy }: Pace): boolean {
    const costMs = this.#lastCostMs + AFTERWARDS_MS * busy;
    const restMs = this.#count === 0 ? 0 : costMs / (closer ? SHARE_CLOSER : SHARE_WATCHING);
    return nowMs - this.#lastAtMs >= Math.max(everyMs, restMs);
  }

  /** Two thirds of the pause must suffice: predictions can be off by half on a busy machine. */
  #fits(pauseMs: number): boolean {
    return pauseMs <= this.#maxPauseMs * 0.67;
  }

  /**
   * Of a size for which half of the pause suffices at the usual speed. With two thirds of it, and larger heaps where earlier ones had
   * been quick, some took 42 to 61 ms beside other busy processes (docs/decisions/0010-started-collections.md). A slow machine lowers
   * that no further than to what fits: else a heap of 8 MB is forced and started by turns, and the floors of both kinds differ.
   */
  #isShort(heap: HeapShape): boolean {
    const predictedMs = this.predictMs(heap);
    return this.#fits(predictedMs) && predictedMs / this.#slowdown <= this.#maxPauseMs / 2;
  }

  learn(pauseMs: number, heap: HeapShape, nowMs: number): void {
    this.#spend(pauseMs, nowMs);
    this.#learnLarge(pauseMs, heap);
    const slowdown = Math.min(4, Math.max(0.3, pauseMs / (this.predictMs(heap) / this.#slowdown)));
    // Up at once, down slowly.
    this.#slowdown = slowdown > this.#slowdown ? slowdown : (this.#slowdown + slowdown) / 2;
  }

  /** One was started: its marking takes other threads' time, which is taken from the program where cores are few. */
  start(heap: HeapShape, nowMs: number): void {
    this.#spend(
      (heap.smallObjectBytes / 1e6) * MARKING_MS_PER_MB + (heap.largeObjectBytes / 1e6) * this.#msPerLargeMb,
      nowMs,
    );
  }

  /**
   * How long the program stood still for the one that was started. What was seen lately counts, so that a heap or a machine
   * with which it takes long is left alone for a while.
   */
  learnStarted(pauseMs: number, heap: HeapShape): void {
    this.#lastCostMs += pauseMs;
    this.#startedMs = Math.max(pauseMs, this.#startedMs * 0.7);
    this.#learnLarge(pauseMs * NATURAL_TO_FULL, heap);
  }

  #predictStartedMs({ smallObjectBytes }: HeapShape): number {
    const bySize = STARTED_MS + (smallObjectBytes / 1e6) * STARTED_MS_PER_MB;
    return Math.max(this.#startedMs, Math.min(bySize, Math.max(STARTED_MS, this.#ownMs)));
  }

  #spend(costMs: number, nowMs: number): void {
    this.#count += 1;
    this.#lastCostMs = costMs;
    this.#lastAtMs = nowMs;
  }

  /**
   * A major collection of V8's own. Most of its marking was done beside the program, so its pause says less than that of
   * a full one; but large arrays that have to be looked through show in it too.
   */
  observe(pauseMs: number, heap: HeapShape): void {
    this.#ownMs = Number.isFinite(this.#ownMs) ? Math.max(pauseMs, this.#ownMs * 0.7) : pauseMs;
    this.#learnLarge(pauseMs * NATURAL_TO_FULL, heap);
  }

  #learnLarge(pauseMs: number, { smallObjectBytes, largeObjectBytes }: HeapShape): void {
    if (largeObjectBytes < LARGE_ENOUGH_TO_LEARN) return;
    const largeMb = largeObjectBytes / 1e6;
    this.#sumXy += largeMb * Math.max(0, pauseMs - smallMs(smallObjectBytes));
    this.#sumXx += largeMb * largeMb;
  }

  /** Least squares through the origin: the larger the arrays were, the more their pause says of them. */
  get #msPerLargeMb(): number {
    return this.#sumXy / this.#sumXx;
  }
}

const NATURAL_TO_FULL = 1.5;

/**
 * What a collection costs after its pause, in a program that is busy all the time: V8 throws away the optimised code that
 * refers to objects it found dead, and compiles it again (docs/decisions/0008-forced-collections-deoptimise.md).
 */
const AFTERWARDS_MS = 200;

/**
 * Merely watching is to cost 1 % in all, also of a server that has half a core; while memory rises somebody waits for an
 * answer.
 */
const SHARE_WATCHING = 0.001;
const SHARE_CLOSER = 0.02;

/** `null`: none of either. */
export type Choice = 'force' | 'start' | null;

/** `busy` is the share of the time in which the program's event loop has work, 0 to 1. */
export type Pace = { readonly closer: boolean; readonly busy: number };

/** CPU time of a collection that is started, on all threads: 1.0 to 1.2 ms a MB of small objects on Node 20 to 26. */
const MARKING_MS_PER_MB = 1.2;

/**
 * The pause at the end of a started collection hardly grows with the heap: 3 to 8 ms in the median and 12 at worst at 30 to 300
 * MB of small objects, where a forced one takes 20 to 260 (bench/started-gc.ts).
 */
const STARTED_MS = 10;

/**
 * At 600 MB most took 7 to 24 ms (one 48, before nothing of ours was done while V8 marks); at 2,000 MB most took 14 to 29 and one 69, where
 * V8's own took as long (bench/results/pauses.md). With the usual pause none is started there before one of V8's own was seen to fit.
 */
const STARTED_MS_PER_MB = 0.012;

const LARGE_MS_PER_MB = 0.2;
const PRIOR_LARGE_MB = 40;
const LARGE_ENOUGH_TO_LEARN = 16_000_000;

function smallMs(bytes: number): number {
  return 3 + (bytes / 1e6) * 1.5;
}
