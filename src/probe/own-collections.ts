import type * as v8Module from 'node:v8';
import type * as vmModule from 'node:vm';
import type * as workerThreads from 'node:worker_threads';
import type { StallAccount } from '../core/stall-account.ts';
import { CompiledCode } from './compiled-code.ts';
import { createForcedGc } from './forced-gc.ts';
import { GcBudget, type Pace } from './gc-budget.ts';
import type { GcRecord, Span } from './gc-events.ts';
import type { GcTelemetry } from './gc-telemetry.ts';
import { type HeapShape, readHeapShape, readLiveShape } from './heap-shape.ts';
import { StartedGc, canStartGc, mayMarkInPause } from './started-gc.ts';

/**
 * The full collections that leakline causes, for floors: forced where that fits the pause, else started, so that V8 marks
 * beside the program. Sees to the budget and books what they cost.
 */
export class OwnCollections {
  readonly #host: OwnCollectionsHost;
  readonly #options: OwnCollectionsOptions;
  readonly #telemetry: GcTelemetry;
  readonly #budget: GcBudget;
  readonly compiled: CompiledCode;
  #forceGc: (() => void) | null = null;
  #startedGc: StartedGc | null = null;
  #mayStart: boolean;
  #wentOn: Span | null = null;
  #marksUntilMs = 0;
  /** Small objects after the last major collection. */
  #leftBytes: number | null = null;
  #countedMs = Number.NEGATIVE_INFINITY;
  #countCostMs = 0;

  constructor(host: OwnCollectionsHost, options: OwnCollectionsOptions, telemetry: GcTelemetry) {
    this.#host = host;
    this.#options = options;
    this.#telemetry = telemetry;
    this.#budget = new GcBudget(options.maxPauseMs);
    this.compiled = new CompiledCode(options.maxPauseMs);
    this.#mayStart = options.gc === 'auto' && options.mayStart;
  }

  get count(): number {
    return this.#budget.count;
  }

  /** Whether one that is forced now would fit the budget, where none may be started instead. */
  get fits(): boolean {
    const heap = this.#live();
    return this.#mayForce && this.#budget.wouldAllow(heap, this.#options.nowMs(), this.#canStart(heap));
  }

  /** Whether one would that can only be forced, as by what makes V8 collect without being a `gc()`: only a short one. */
  get fitsShort(): boolean {
    return this.#mayForce && this.#budget.wouldAllow(this.#live(), this.#options.nowMs(), true);
  }

  /** How long a forced collection would stand still now, at the usual speed or at that seen: whichever is slower. */
  get predictedMs(): number {
    return this.#budget.predictAtMostMs(this.#live());
  }

  get #mayForce(): boolean {
    return this.#options.gc !== 'natural' && !this.#telemetry.awaitsStarted;
  }

  /**
   * Runs what may make V8 collect, which `hasCollected` tells of its result. If it did, that counts as a collection we forced: in the
   * cost, and for the budget. To be told matters: a start of V8's sampler took 1.2 ms without one, and was learnt as a fast machine.
   */
  caused<Result>(name: string, work: () => Result, hasCollected: (result: Result) => boolean): Result {
    const heap = this.#live();
    const startMs = this.#options.nowMs();
    const result = this.#options.account.book(name, work);
    const endMs = this.#options.nowMs();
    if (hasCollected(result)) {
      this.#telemetry.caused({ startMs, endMs });
      this.#budget.learn(endMs - startMs, heap, startMs);
    }
    return result;
  }

  /** Collects at once if that fits. Whether one is to be started instead, by `start`: best with nothing of ours to do after it. */
  collect(everyMs: number, pace: Pace): boolean {
    if (this.#telemetry.awaitsStarted) {
      this.#goOn();
      return false;
    }
    const heap = this.#live();
    const choice = this.#budget.choose(heap, this.#options.nowMs(), everyMs, pace, this.#canStart(heap));
    if (this.#options.gc !== 'forced' && choice !== 'force') return choice === 'start';
    this.#force(heap);
    return false;
  }

  /** To be called where `collect` says so. */
  start(): void {
    const { account, nowMs } = this.#options;
    const heap = this.#live();
    this.#telemetry.switchOn(true);
    const startMs = nowMs();
    this.#budget.start(heap, startMs);
    this.#marksUntilMs =
      startMs + Math.min(GOES_ON_AFTER_MS, (heap.smallObjectBytes / 1e6) * MARKS_MS_PER_MB);
    this.#wentOn = null;
    try {
      const { v8, workerThreads, process } = this.#host;
      const startedGc = (this.#startedGc ??= account.book(
        'prepare gc',
        () => new StartedGc(v8, workerThreads, process.versions.v8),
      ));
      account.book('forced gc', () => startedGc.begin());
      this.#telemetry.started({ startMs, endMs: nowMs() });
    } catch {
      // Mostly the buffer was refused (a limit on address space), after V8 had collected all it could. It is not tried again.
      this.#mayStart = false;
      this.#telemetry.caused({ startMs, endMs: nowMs() });
    }
  }

  /**
   * For how long V8 may still be marking for the one that was started. Whoever allocates 64 KB meanwhile has V8 look whether the marking
   * is over, and of a heap of long chains it believes that too early: the list of work is empty while each helper follows a chain of
   * its own, and the main thread waits for them in the pause.
   */
  get marksForMs(): number {
    return this.#telemetry.awaitsStarted ? Math.max(0, this.#marksUntilMs - this.#options.nowMs()) : 0;
  }

  /** To be called with every collection, in order, before the account is settled. */
  observe(gc: GcRecord): void {
    if (gc.kind !== 'major') return;
    this.#leftBytes = gc.smallAfterBytes;
    const heap = this.#live();
    if (!gc.forced) this.#budget.observe(gc.durationMs, heap);
    if (gc.started === null) return;
    const startMs = gc.timeMs - gc.durationMs;
    const onTheSpot = startMs <= gc.started.endMs;
    // V8 has less room than was thought.
    if (onTheSpot) this.#mayStart = false;
    const whileGoingOn =
      this.#wentOn !== null && startMs >= this.#wentOn.startMs && startMs <= this.#wentOn.endMs;
    // Else it was booked with the call it fell into.
    if (!onTheSpot && !whileGoingOn)
      this.#options.account.add('forced gc', this.#onClock(startMs), this.#onClock(gc.timeMs));
    this.#budget.learnStarted(gc.durationMs, heap);
  }

  #force(heap: HeapShape): void {
    const { account, nowMs } = this.#options;
    this.#forceGc ??= account.book('prepare gc', () => createForcedGc(this.#host.v8, this.#host.vm));
    // Its sizes are the floor.
    this.#telemetry.switchOn(true);
    const startMs = nowMs();
    account.book('forced gc', this.#forceGc);
    this.#countBytecode('forced gc');
    this.#budget.learn(nowMs() - startMs, heap, startMs);
  }

  /**
   * To be called before the floor of a collection that ended then is told. It is V8's own collections that throw bytecode away, and a
   * floor that fell with it while the count is of before looks as if something had been given back.
   */
  countIfDue(collectedMs: number): void {
    if (collectedMs <= this.#countedMs) return;
    const nowMs = this.#options.nowMs();
    if (nowMs - this.#countedMs >= this.#countCostMs * COUNTING_IS_ONE_IN) this.#countBytecode('count code');
  }

  #countBytecode(work: string): void {
    const { account, nowMs } = this.#options;
    const startMs = nowMs();
    account.book(work, () => this.compiled.countBytecode(this.#host.v8, readHeapShape(this.#host.v8)));
    this.#countedMs = nowMs();
    this.#countCostMs = this.#countedMs - startMs;
  }

  #canStart(heap: HeapShape): boolean {
    if (!this.#mayStart || !canStartGc(this.#host.v8)) return false;
    // Seldom, and the prediction is twice what was measured there: so it may be as long as the pause.
    const isAllPause = mayMarkInPause(this.#host.process.versions.v8);
    return !isAllPause || this.#budget.predictMs(heap) <= this.#options.maxPauseMs;
  }

  #goOn(): void {
    if (this.#wentOn !== null) return;
    const { account, nowMs } = this.#options;
    const startMs = nowMs();
    account.book('forced gc', () => this.#startedGc?.goOn());
    this.#wentOn = { startMs, endMs: nowMs() };
    this.#telemetry.caused(this.#wentOn);
  }

  #live(): HeapShape {
    return readLiveShape(this.#host.v8, this.#leftBytes);
  }

  /** The account's times are those of `performance.now()`. */
  #onClock(timeMs: number): number {
    return timeMs + this.#options.epochMs;
  }
}

export type OwnCollectionsHost = {
  readonly v8: typeof v8Module;
  readonly vm: typeof vmModule;
  readonly workerThreads: Pick<typeof workerThreads, 'MessageChannel'>;
  readonly process: Pick<NodeJS.Process, 'versions'>;
};

export type OwnCollectionsOptions = {
  readonly gc: 'auto' | 'natural' | 'forced';
  readonly maxPauseMs: number;
  /** Whether the process has the address space for what starts one. */
  readonly mayStart: boolean;
  readonly account: StallAccount;
  /** Since the epoch, `epochMs` on the account's clock. */
  readonly nowMs: () => number;
  readonly epochMs: number;
};

/** By the clock 50 MB took 30 to 60 ms with V8's helpers on two cores that were otherwise idle: about three times that, for those that are not. */
const MARKS_MS_PER_MB = 3;
/** The next look ends it where it goes on (`goOn`). */
const GOES_ON_AFTER_MS = 1000;
/** Of the time. */
const COUNTING_IS_ONE_IN = 500;
