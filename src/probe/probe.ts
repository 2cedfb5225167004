import type * as diagnosticsChannelModule from 'node:diagnostics_channel';
import type * as perfHooks from 'node:perf_hooks';
import type * as timersModule from 'node:timers';
import type * as v8Module from 'node:v8';
import type * as vmModule from 'node:vm';
import type * as workerThreads from 'node:worker_threads';
import type { Floor, GcEvent, InsideSample, Sample } from '../core/series.ts';
import type { Acknowledgement } from './agent-tick.ts';
import { floorEveryMs } from './forced-gc.ts';
import type { GcRecord, Span } from './gc-events.ts';
import { GcTelemetry, restMs } from './gc-telemetry.ts';
import { Governor } from './governor.ts';
import { LoadCounters } from './load-counters.ts';
import { OwnCollections } from './own-collections.ts';
import { OwnWork } from './own-work.ts';
import type { StallAccount } from '../core/stall-account.ts';

/**
 * Numbers out of the process it runs in: memory every second, garbage collections with their sizes (all of them, but where
 * they are very many), the floor after each major one. Runs inside the target, so it imports nothing at run time, keeps nothing but the current
 * second, and never keeps the process alive.
 */
export class Probe {
  readonly #host: ProbeHost;
  readonly #options: ProbeOptions;
  readonly #collections: OwnCollections;
  readonly #telemetry: GcTelemetry;
  readonly #governor: Governor;
  readonly #load: LoadCounters;
  #running = false;
  #telemetrySinceMs = 0;
  #telemetryRestsUntilMs = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | null = null;
  #lastFloorMs = Number.NEGATIVE_INFINITY;
  #ticks = 0;
  #tickedMs = Number.POSITIVE_INFINITY;
  #loopDelayMs = 0;
  #loop: perfHooks.EventLoopUtilization | undefined;
  #activeResources: Readonly<Record<string, number>> = {};
  readonly #ownWork = new OwnWork();
  #openConnections = 0;
  /** Of connections, both ways. */
  #openHandles = 0;
  #activeTimers = 0;
  #resourcesReadMs = Number.NEGATIVE_INFINITY;
  #resourcesCostMs = 0;
  #closer = false;
  #rises = false;
  #busy = 0;

  constructor(host: ProbeHost, options: ProbeOptions) {
    this.#host = host;
    this.#options = options;
    this.#governor = new Governor(options.everyMs);
    this.#load = new LoadCounters(host.diagnosticsChannel);
    this.#telemetry = new GcTelemetry({ ...host, own: options.own }, options.epochMs, options.onFault);
    this.#collections = new OwnCollections(
      host,
      { ...options, mayStart: options.startGc, nowMs: () => this.#nowMs() },
      this.#telemetry,
    );
  }

  start(): void {
    this.#running = true;
    this.#telemetry.switchOn(true);
    this.#load.start();
    this.#setTimer();
    this.#options.own.add(this.#load);
    // In a turn of its own: to be asked for a watch was work enough for this one.
    const first = this.#host.timers.setImmediate(() => this.#tickGuarded());
    first.unref();
  }

  /** Leaves no observer, profiler or timer behind. */
  stop(): void {
    this.#clearTimer();
    this.#load.stop();
    this.#telemetry.switchOff();
    this.#running = false;
  }

  #setTimer(): void {
    this.#clearTimer();
    this.#timer = this.#host.timers.setInterval(() => this.#tickGuarded(), this.#governor.everyMs);
    this.#timer.unref();
    this.#options.own.add(this.#timer);
  }

  #clearTimer(): void {
    if (this.#timer === null) return;
    this.#host.timers.clearInterval(this.#timer);
    this.#options.own.delete(this.#timer);
    this.#timer = null;
  }

  /** What leakline's side makes of the numbers so far. */
  heed({ closer, rises }: Acknowledgement): void {
    this.#closer = closer;
    this.#rises = rises;
  }

  get forcedGcs(): number {
    return this.#collections.count;
  }

  /** Whether a full collection now would fit the budget: for what makes V8 collect without being a `gc()`. */
  get allowsCollection(): boolean {
    return this.#running && !this.#options.isDisturbed() && this.#collections.fitsShort;
  }

  /** For how long V8 may still be marking for a collection of ours: what can wait had better. */
  get marksForMs(): number {
    return this.#running ? this.#collections.marksForMs : 0;
  }

  /** How long a full collection would stand still now. About 20 µs. */
  get predictedCollectionMs(): number {
    return this.#collections.predictedMs;
  }

  /** No collection is to be our doing. */
  get isNatural(): boolean {
    return this.#options.gc === 'natural';
  }

  /** Runs what may make V8 collect, as `OwnCollections.caused` says. */
  collecting<Result>(name: string, work: () => Result, hasCollected: (result: Result) => boolean): Result {
    return this.#collections.caused(name, work, hasCollected);
  }

  /** Settles what was booked since the last look: for the end of a watch. What V8 did since goes into no floor. */
  settle(): void {
    this.#takeCollections(this.#nowMs());
  }

  #tickGuarded(): void {
    if (!this.#running) return;
    try {
      const startMs = this.#nowMs();
      this.#loopDelayMs = Math.max(0, startMs - this.#tickedMs - this.#governor.everyMs);
      this.#tickedMs = startMs;
      // Memory is read before a forced collection, so the chart shows what the process had by itself.
      const memory = this.#options.account.book('sample', () => this.#host.process.memoryUsage());
      const isToStart = !this.isNatural && this.#mayCollect() && this.#collectIfDue(memory.heapUsed);
      this.#ticks += 1;
      // Node tells of a collection in a later turn of the event loop, and a forced one belongs to this tick.
      // Telling of it is a turn of its own, because the code of a look is cold each second: a slice of it takes 1 ms.
      this.#later(() => {
        const tick = this.#look(memory);
        this.#later(() => {
          this.#deliver(tick);
          if (isToStart) this.#inNextTurn(() => this.#collections.start());
        });
      });
    } catch (error) {
      this.#options.onFault(error);
    }
  }

  /** Runs a part of a look in the next turn. */
  #later(work: () => void): void {
    this.#inNextTurn(() => this.#options.account.book('sample', work));
  }

  /** Of the event loop, unless the watch has ended by then. */
  #inNextTurn(work: () => void): void {
    const later = this.#host.timers.setImmediate(() => {
      if (!this.#running) return;
      try {
        work();
      } catch (error) {
        this.#options.onFault(error);
      }
    });
    later.unref();
  }

  #deliver(tick: ProbeTick): void {
    this.#options.onTick(tick);
    // Whoever was told may have had enough.
    if (this.#running) this.#govern(tick.sample.timeMs);
  }

  #look(memory: NodeJS.MemoryUsage): ProbeTick {
    const nowMs = this.#nowMs();
    this.#ownWork.seen(this.#options.isDisturbed(), nowMs, this.#tickedMs);
    const gcs = this.#takeCollections(nowMs);
    const lastMajor = gcs.findLast(({ kind }) => kind === 'major');
    if (lastMajor !== undefined) this.#collections.countIfDue(lastMajor.timeMs);
    this.#restTelemetry(nowMs, gcs.length);
    if (nowMs - this.#resourcesReadMs >= this.#resourcesCostMs * 1000) this.#readResources(nowMs);
    const isFirst = this.#ticks === 1;
    const floors: Floor[] = [];
    for (const gc of gcs) {
      if (gc.kind !== 'major' || !this.#ownWork.leaves(gc.timeMs, gc.afterBytes)) continue;
      floors.push({
        timeMs: gc.timeMs,
        heapBytes: gc.afterBytes,
        externalBytes: gc.externalAfterBytes,
        compiledBytes: this.#collections.compiled.grownBy(gc.codeAfterBytes),
        openConnections: this.#openConnections,
      });
      this.#lastFloorMs = gc.timeMs;
    }
    return {
      sample: {
        timeMs: nowMs,
        rss: memory.rss,
        heapUsed: memory.heapUsed,
        heapTotal: memory.heapTotal,
        external: memory.external,
        arrayBuffers: memory.arrayBuffers,
        openConnections: this.#openConnections,
        activeTimers: this.#activeTimers,
        inside: this.#readInside(),
      },
      gcs: gcs.map(asEvent),
      floors: isFirst ? [] : floors,
      opening: isFirst ? (floors.at(-1) ?? null) : null,
    };
  }

  /** The collections since the last time, which settle what was booked meanwhile. */
  #takeCollections(nowMs: number): readonly GcRecord[] {
    const wasTimed = this.#telemetry.isTimed;
    const { records, natural } = this.#telemetry.take(nowMs);
    // A program that collects so often that it is not told of has surely collected since the last look. And where it is not known
    // when, what falls into a look counts as the look's.
    const collections = wasTimed ? natural : [{ startMs: nowMs, endMs: nowMs }];
    for (const gc of records) this.#collections.observe(gc);
    this.#options.account.settle(collections.map((span) => this.#onClock(span)));
    return records;
  }

  #readInside(): InsideSample {
    const { performance } = this.#host.perfHooks;
    const loop = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(loop, this.#loop);
    this.#loop = loop;
    this.#busy = utilization;
    return {
      spaces: readSpaces(this.#host.v8),
      loopDelayMs: this.#loopDelayMs,
      loopUtilization: utilization,
      ...this.#load.read(this.#openHandles),
      activeResources: this.#activeResources,
    };
  }

  #govern(nowMs: number): void {
    const decision = this.#governor.judge(nowMs, this.#options.account.totalMsOf('sample'));
    if (decision === 'stop') this.#options.onTooCostly();
    else if (decision !== 'go on') this.#setTimer();
  }

  /** The first floor is to be there before the first walk; one that is only started would come in the midst of it. */
  #mayCollect(): boolean {
    return this.#ticks > 0 || this.#collections.fits;
  }

  /**
   * A floor is due when no major collection that was told of, natural or forced, gave one lately. Whether a collection is to
   * be started for it.
   */
  #collectIfDue(heapUsed: number): boolean {
    const nowMs = this.#nowMs();
    const leastMs = this.#options.floorEveryMs;
    const isSettling = this.#closer && this.#ownWork.awaitsFloor;
    const everyMs = isSettling ? leastMs / 2 : this.#closer ? leastMs : floorEveryMs(leastMs, nowMs);
    if (nowMs - this.#lastFloorMs < everyMs) return false;
    if (this.#options.isDisturbed() && !this.#ownWork.isBeyondOurs(heapUsed)) return false;
    return this.#collections.collect(everyMs, { closer: this.#closer, busy: this.#busy });
  }

  /**
   * Listing the active resources is linear in their number, so a process with a hundred thousand timers is asked
   * less often: at most a thousandth of the time goes there.
   */
  #readResources(nowMs: number): void {
    const counts: Record<string, number> = {};
    for (const name of this.#host.process.getActiveResourcesInfo()) counts[name] = (counts[name] ?? 0) + 1;
    this.#activeResources = counts;
    this.#openHandles = (counts.TCPSocketWrap ?? 0) + (counts.PipeWrap ?? 0) + (counts.TLSWrap ?? 0);
    this.#openConnections = Math.max(0, this.#openHandles - this.#load.countOutgoing());
    this.#activeTimers = counts.Timeout ?? 0;
    this.#resourcesReadMs = nowMs;
    this.#resourcesCostMs = this.#nowMs() - nowMs;
  }

  /** Where the program collects often, being told of each costs more than watching may, unless memory seems to rise. */
  #restTelemetry(nowMs: number, collections: number): void {
    const isWanted = this.#rises || this.#telemetry.awaitsStarted;
    const isDue = isWanted || nowMs >= this.#telemetryRestsUntilMs;
    const rest =
      isWanted || !isDue ? 0 : restMs(collections, nowMs - this.#telemetrySinceMs, this.#telemetry.isTimed);
    this.#telemetrySinceMs = nowMs;
    if (rest > 0) this.#telemetryRestsUntilMs = nowMs + rest;
    // A forced collection may have switched it on for its own sake.
    if (isDue && rest === 0) this.#telemetry.switchOn(isWanted || this.#closer);
    else this.#telemetry.switchOff();
  }

  /** The account's times are those of `performance.now()`. */
  #onClock({ startMs, endMs }: Span): Span {
    const { epochMs } = this.#options;
    return { startMs: startMs + epochMs, endMs: endMs + epochMs };
  }

  #nowMs(): number {
    return this.#host.perfHooks.performance.now() - this.#options.epochMs;
  }
}

export type ProbeHost = {
  readonly diagnosticsChannel: typeof diagnosticsChannelModule;
  readonly v8: typeof v8Module;
  readonly vm: typeof vmModule;
  readonly perfHooks: typeof perfHooks;
  readonly workerThreads: Pick<typeof workerThreads, 'MessageChannel'>;
  readonly timers: Pick<typeof timersModule, 'setInterval' | 'clearInterval' | 'setImmediate'>;
  readonly process: NodeJS.Process;
};

export type ProbeOptions = {
  readonly everyMs: number;
  /** Force a collection when the last floor is older than this (in a long watch than more), if it fits the budget. */
  readonly floorEveryMs: number;
  readonly gc: 'auto' | 'natural' | 'forced';
  readonly maxPauseMs: number;
  /** Whether collections may be started where forced ones would take too long: it takes address space. */
  readonly startGc: boolean;
  /** `performance.now()` at the start of the watch. */
  readonly epochMs: number;
  readonly account: StallAccount;
  readonly onTick: (tick: ProbeTick) => void;
  readonly onFault: (error: unknown) => void;
  /** Even the slowest pace takes more than its share of the main thread: the watch had better end. */
  readonly onTooCostly: () => void;
  /** The heap holds things of leakline's own now: a floor would not be the program's. */
  readonly isDisturbed: () => boolean;
  /** Objects of ours that a census must not count are added here. */
  readonly own: Set<object>;
};

export type ProbeTick = {
  readonly sample: Sample;
  readonly gcs: readonly GcEvent[];
  readonly floors: readonly Floor[];
  /** The floor of the first tick: no walk had been there, and what one leaves is not in it. */
  readonly opening: Floor | null;
};

function asEvent({
  externalAfterBytes: _bytes,
  codeAfterBytes: _code,
  smallAfterBytes: _small,
  started: _started,
  ...gc
}: GcRecord): GcEvent {
  return gc;
}

/** About 2 µs. */
function readSpaces(v8: typeof v8Module): InsideSample['spaces'] {
  const spaces = { young: 0, old: 0, large: 0, code: 0 };
  for (const { space_name: name, space_used_size: bytes } of v8.getHeapSpaceStatistics()) {
    // What V8 calls shared, trusted or code is old too, but for what it names otherwise; what is read-only never grows.
    if (name === 'read_only_space') continue;
    if (name.includes('code')) spaces.code += bytes;
    else if (name.includes('large_object')) spaces.large += bytes;
    else if (name.startsWith('new')) spaces.young += bytes;
    else spaces.old += bytes;
  }
  return spaces;
}
