import type * as diagnosticsChannelModule from 'node:diagnostics_channel';
import type * as inspectorModule from 'node:inspector';
import type * as netModule from 'node:net';
import type * as perfHooksModule from 'node:perf_hooks';
import type * as timersModule from 'node:timers';
import type * as v8Module from 'node:v8';
import type * as vmModule from 'node:vm';
import type * as workerThreadsModule from 'node:worker_threads';
import { Census } from '../census/census.ts';
import type { ScriptAnswer, ScriptQuestion } from '../core/function-excerpt.ts';
import { StallAccount } from '../core/stall-account.ts';
import { Probe } from '../probe/probe.ts';
import type { Acknowledgement, AgentCost, AgentTick, WatchOptions, WhyLeft } from '../probe/agent-tick.ts';
import type { AgentHello } from '../wire/agent-door.ts';
import { Peer } from '../wire/peer.ts';
import { AllocationWindows } from './allocation-windows.ts';
import { censusHost } from './census-host.ts';
import { closeUnusedInspector, inspectorUrl, portOf } from './close-inspector.ts';
import { stripsTypes } from './program-roots.ts';
import { SnapshotWriter } from './snapshot-writer.ts';
import { WorkerThreads } from './worker-threads.ts';

/**
 * leakline inside the target: connects to the socket it was told, says who it is, and does what it is asked over it.
 *
 * When the connection ends, for whatever reason, it takes itself away: no timer, listener, observer, session, trap or
 * global remains. It never throws into the program and never keeps the process alive.
 */
export function install(require: NodeJS.Require, options: AgentOptions): void {
  try {
    new Agent(require, options).connect();
  } catch {
    // Nothing was begun, and the program is not to know: whoever waits for the connection tells that none came.
  }
}

/** For a caller whose installation failed: shuts the inspector once nobody is connected, and is gone. */
export function shutInspector(require: NodeJS.Require): void {
  const timers = require('node:timers') as typeof timersModule;
  const url = inspectorUrl(require);
  let triesLeft = INSPECTOR_TRIES;
  const attempt = (): void => {
    try {
      if (closeUnusedInspector(require, url)) return;
    } catch {
      return;
    }
    triesLeft -= 1;
    if (triesLeft > 0) timers.setTimeout(attempt, 150).unref();
  };
  timers.setTimeout(attempt, 150).unref();
}

export type AgentOptions = {
  readonly socketPath: string;
  readonly token: string;
  /** Shut the inspector again once our client has left: we opened it. */
  readonly closeInspector: boolean;
  /** The file this was loaded from; without it, it was evaluated. */
  readonly script?: string;
  /** See `AgentHello`. */
  readonly launcher?: boolean;
};

class Agent {
  readonly #require: NodeJS.Require;
  readonly #options: AgentOptions;
  readonly #perfHooks: typeof perfHooksModule;
  readonly #timers: typeof timersModule;
  readonly #account: StallAccount;
  readonly #own = new Set<object>();
  readonly #workers: WorkerThreads;
  readonly #startedMs: number;
  #epochMs: number;
  #maxPauseMs = 0;
  #peer: Peer | null = null;
  #probe: Probe | null = null;
  #census: Census | null = null;
  #allocations: AllocationWindows | null = null;
  #snapshots: SnapshotWriter | null = null;
  #gone = false;
  #unansweredSinceMs: number | null = null;
  #faults = 0;

  constructor(require: NodeJS.Require, options: AgentOptions) {
    this.#require = require;
    this.#options = options;
    this.#perfHooks = require('node:perf_hooks') as typeof perfHooksModule;
    this.#timers = require('node:timers') as typeof timersModule;
    this.#startedMs = this.#perfHooks.performance.now();
    this.#epochMs = this.#startedMs;
    const v8 = require('node:v8') as typeof v8Module;
    this.#account = new StallAccount(
      () => this.#perfHooks.performance.now(),
      () => v8.getHeapStatistics().used_heap_size,
    );
    this.#workers = new WorkerThreads({
      inspector: () => require('node:inspector') as typeof inspectorModule,
      diagnosticsChannel: require('node:diagnostics_channel') as typeof diagnosticsChannelModule,
      account: this.#account,
      onStarted: () => this.#guard(() => this.#peer?.notify('worker started', null)),
    });
    this.#own.add(this);
    this.#own.add(this.#own);
    this.#own.add(this.#workers);
  }

  connect(): void {
    const net = this.#require('node:net') as typeof netModule;
    const socket = net.connect(this.#options.socketPath);
    // The program may end whenever it likes.
    socket.unref();
    this.#own.add(socket);
    const peer = new Peer(socket, {
      onCall: (method, params) => this.#account.book('answer', () => this.#answerGuarded(method, params)),
      onEvent: (_, params) => {
        this.#unansweredSinceMs = null;
        this.#guard(() => this.#probe?.heed(params as Acknowledgement));
      },
      onClose: () => this.#leave(),
    });
    this.#own.add(peer);
    this.#peer = peer;
    socket.once('connect', () => this.#guard(() => peer.notify('hello', this.#hello())));
    // Whether or not the connection comes about: the door we came through is shut behind us.
    if (this.#options.closeInspector) this.#closeInspector(inspectorUrl(this.#require), INSPECTOR_TRIES);
    this.#account.add('install', this.#startedMs, this.#perfHooks.performance.now());
  }

  #hello(): AgentHello & { token: string } {
    const v8 = this.#require('node:v8') as typeof v8Module;
    const { isMainThread, threadId } = this.#require('node:worker_threads') as typeof workerThreadsModule;
    return {
      token: this.#options.token,
      pid: process.pid,
      isolate: isMainThread ? 'main' : `worker:${threadId}`,
      node: process.version,
      argv: process.argv,
      cwd: workingDirectory(),
      launcher: this.#options.launcher === true,
      stripsTypes: stripsTypes(),
      heapLimitBytes: v8.getHeapStatistics().heap_size_limit,
    };
  }

  /**
   * Whoever waits for the answer hears of its failure. Should it not get there, because something of the program's that we
   * call threw on the way, an unhandled rejection would end the program.
   */
  #answerGuarded(method: string, params: unknown): unknown {
    const answer = this.#answer(method, params);
    if (answer instanceof Promise) answer.catch(() => undefined);
    return answer;
  }

  #answer(method: string, params: unknown): unknown {
    switch (method) {
      case 'watch':
        return this.#watch(params as WatchOptions);
      case 'walk':
        return this.#ensureCensus().walk();
      case 'details':
        return this.#ensureCensus().details((params as { keys: string[] }).keys);
      case 'trap': {
        const { keys, forMs } = params as { keys: string[]; forMs: number };
        return this.#ensureCensus().trap(keys, forMs);
      }
      case 'allocations': {
        const { samplingIntervalBytes, forMs } = params as { samplingIntervalBytes: number; forMs: number };
        return this.#ensureAllocations().sample(this.#probe, samplingIntervalBytes, forMs);
      }
      case 'source map':
        return this.#ensureCensus().nodeSourceMap((params as { url: string }).url);
      case 'memory':
        return this.#ensureSnapshots().memory();
      case 'count heap':
        return this.#ensureSnapshots().count();
      case 'scripts':
        return this.#ensureSnapshots().scripts((params as { from: number }).from);
      case 'source': {
        const { ids, id, from } = params as { ids: string[]; id: string; from: number };
        return this.#ensureSnapshots().source(ids, id, from);
      }
      case 'open snapshot':
        return this.#ensureSnapshots().open((params as { path: string }).path);
      case 'write snapshot':
        return this.#ensureSnapshots().write();
      case 'cost':
        return this.#settledCost();
      case 'workers':
        return this.#workers.list();
      case 'evaluate in workers': {
        const { ids, expression } = params as { ids: string[]; expression: string };
        return this.#workers.evaluate(ids, expression, (ms) => this.#rest(ms));
      }
      default:
        throw new Error(`the agent has no method ${method}`);
    }
  }

  /** With what was done since the last look. A collection of ours that V8 marks for may end first; Node tells of it a turn later. */
  async #settledCost(): Promise<AgentCost> {
    await this.#restBetweenSlices(TOLD_AFTER_MS);
    await new Promise<void>((resolve) => this.#timers.setImmediate(resolve).unref());
    this.#account.book('sample', () => this.#probe?.settle());
    this.#account.settle([]);
    return this.#cost();
  }

  #cost(): AgentCost {
    return { ...this.#account.snapshot(), forcedGcs: this.#probe?.forcedGcs ?? 0 };
  }

  #watch(options: WatchOptions): null {
    if (this.#probe !== null) return null;
    this.#epochMs = this.#perfHooks.performance.now();
    this.#maxPauseMs = options.maxPauseMs;
    this.#probe = new Probe(
      {
        v8: this.#require('node:v8') as typeof v8Module,
        vm: this.#require('node:vm') as typeof vmModule,
        perfHooks: this.#perfHooks,
        workerThreads: this.#require('node:worker_threads') as typeof workerThreadsModule,
        diagnosticsChannel: this.#require('node:diagnostics_channel') as typeof diagnosticsChannelModule,
        timers: this.#timers,
        process,
      },
      {
        everyMs: 1000,
        // Below two ticks, so that every second tick has one.
        floorEveryMs: 1700,
        gc: options.gc,
        maxPauseMs: options.maxPauseMs,
        startGc: options.startGc,
        epochMs: this.#epochMs,
        account: this.#account,
        onTick: (tick) => this.#tell({ ...tick, cost: this.#cost() }),
        onFault: (error) => this.#fault(error),
        onTooCostly: () => this.#leaveBecause('too costly'),
        isDisturbed: () => this.#census?.busy === true,
        own: this.#own,
      },
    );
    this.#probe.start();
    this.#workers.follow();
    return null;
  }

  /**
   * Each tick is acknowledged. A leakline that is frozen or asleep would have the program pay for a watch nobody reads,
   * so where a tick had no answer for ten seconds the agent goes. While the program itself stands still no tick waits.
   */
  #tell(tick: AgentTick): void {
    const nowMs = this.#perfHooks.performance.now();
    this.#unansweredSinceMs ??= nowMs;
    if (nowMs - this.#unansweredSinceMs > SILENCE_MS) this.#leaveBecause('unheard');
    else this.#peer?.notify('tick', tick);
  }

  #ensureCensus(): Census {
    this.#census ??= new Census(
      censusHost(this.#require, {
        account: this.#account,
        own: this.#own,
        nowMs: () => this.#perfHooks.performance.now() - this.#epochMs,
        rest: (ms) => this.#restBetweenSlices(ms),
        stopped: () => this.#gone,
        maxPauseMs: () => this.#maxPauseMs,
        ownFunction: Agent,
        isOwnScript: (url) => this.#isOwnScript(url),
        askForScripts: (question) => this.#askForScripts(question),
      }),
    );
    this.#own.add(this.#census);
    return this.#census;
  }

  #ensureSnapshots(): SnapshotWriter {
    this.#snapshots ??= new SnapshotWriter(
      this.#require,
      () => this.#perfHooks.performance.now(),
      (ms) => this.#rest(ms),
      (url) => this.#isOwnScript(url),
    );
    return this.#snapshots;
  }

  #ensureAllocations(): AllocationWindows {
    this.#allocations ??= new AllocationWindows(this.#require, {
      own: this.#own,
      account: this.#account,
      nowMs: () => this.#perfHooks.performance.now(),
      rest: (ms) => this.#rest(ms),
      isOwnScript: (url) => this.#isOwnScript(url),
    });
    return this.#allocations;
  }

  #isOwnScript(url: string): boolean {
    return url.includes(this.#options.script ?? EVALUATED_AS);
  }

  /** Nobody waits for a leakline that is frozen or gone. */
  #askForScripts(question: ScriptQuestion): Promise<readonly ScriptAnswer[] | null> {
    const answer = this.#peer?.call<ScriptAnswer[]>('find scripts', question) ?? Promise.resolve(null);
    return Promise.race([answer.catch(() => null), this.#rest(SCRIPTS_WITHIN_MS).then(() => null)]);
  }

  /** What allocates more than most programs, as a walk does, is to let V8 end its marking first. */
  async #restBetweenSlices(ms: number): Promise<void> {
    await this.#rest(ms);
    const marksForMs = this.#probe?.marksForMs ?? 0;
    if (marksForMs > 0) await this.#rest(marksForMs);
  }

  #rest(ms: number): Promise<void> {
    return new Promise((resolve) => this.#later(ms, resolve));
  }

  /** A timer that is known as ours, and does not keep the process alive. */
  #later(ms: number, run: () => void): void {
    const timer = this.#timers.setTimeout(() => {
      this.#own.delete(timer);
      this.#guard(run);
    }, ms);
    timer.unref();
    this.#own.add(timer);
  }

  /**
   * An inspector we opened is shut when the client that let us in has left, and only then: shutting it under a client
   * that does not answer would stop the program for ever. So each try first looks whether anybody is connected, or has
   * leakline look.
   */
  #closeInspector(url: string | undefined, triesLeft: number): void {
    const close = (isUsed: boolean | null): void => {
      const closed = this.#account.book('close inspector', () =>
        closeUnusedInspector(this.#require, url, isUsed),
      );
      if (closed) this.#peer?.notify('inspector closed', null);
      else if (triesLeft > 0) this.#closeInspector(url, triesLeft - 1);
    };
    this.#later(150, () => this.#askWhetherUsed(url, close));
  }

  /** `null` where leakline does not know, or not at once: a client may have come since it looked. */
  #askWhetherUsed(url: string | undefined, go: (isUsed: boolean | null) => void): void {
    const peer = this.#peer;
    if (url === undefined || peer === null || peer.closed) {
      go(null);
      return;
    }
    const askedMs = this.#perfHooks.performance.now();
    let isOver = false;
    const over = (answer: unknown): void => {
      if (isOver) return;
      isOver = true;
      const isFresh = this.#perfHooks.performance.now() - askedMs < FRESH_MS;
      this.#guard(() => go(isFresh && typeof answer === 'boolean' ? answer : null));
    };
    peer.call('is connected', { port: portOf(url) }).then(over, over);
    this.#later(FRESH_MS, () => over(null));
  }

  /** Everything of ours that the event loop calls runs in here: an exception that got out would end the program. */
  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      try {
        this.#fault(error);
      } catch {
        this.#leave();
      }
    }
  }

  /** Three faults of ours and we go, rather than trouble the program further. */
  #fault(error: unknown): void {
    this.#faults += 1;
    this.#peer?.notify('fault', error instanceof Error ? error.message : String(error));
    if (this.#faults >= 3) this.#leaveBecause('faults');
  }

  #leaveBecause(why: WhyLeft): void {
    this.#peer?.notify('leaving', why);
    this.#leave();
  }

  #leave(): void {
    if (this.#gone) return;
    this.#gone = true;
    // Each by itself: what one of them can't take back must not keep the others.
    for (const takeBack of [
      () => this.#probe?.stop(),
      () => this.#census?.dispose(),
      () => this.#allocations?.close(),
      () => this.#snapshots?.close(),
      () => this.#workers.stop(),
      () => this.#peer?.close(),
    ]) {
      try {
        takeBack();
      } catch {
        // There is nobody left to tell.
      }
    }
    this.#probe = null;
    this.#census = null;
    this.#peer = null;
    this.#own.clear();
  }
}

/** The name `target/attach.ts` gives the text it evaluates. */
const EVALUATED_AS = 'leakline-agent';

/** For a minute: a client that freezes for longer keeps the inspector, which is better than stopping the program. */
const INSPECTOR_TRIES = 400;
/** Where tens of thousands of connections wait for their end the kernel's table takes leakline a tenth of a second. */
const FRESH_MS = 500;
/** The first answer takes the start of a Node and the reading of the program's files. */
const SCRIPTS_WITHIN_MS = 10_000;

/** Some turns of the event loop. */
const TOLD_AFTER_MS = 5;

/** Ten ticks: a busy leakline may be late with some. */
const SILENCE_MS = 10_000;

/** It may have been deleted under the program, as by a deploy: then `cwd()` throws. */
function workingDirectory(): string {
  try {
    return process.cwd();
  } catch {
    return '/';
  }
}
