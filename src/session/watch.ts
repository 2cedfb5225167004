import { setTimeout as sleep } from 'node:timers/promises';
import { formatDuration } from '../core/duration.ts';
import { buildReport } from '../report/build.ts';
import type { Activity } from '../report/live.ts';
import type { Report } from '../report/schema.ts';
import type { SnapshotAccount } from '../report/snapshot-account.ts';
import type { OpenTarget } from '../target/meet-agent.ts';
import { waitUntil } from '../target/wait-until.ts';
import { hasEnded, processIdentity } from '../target/process-identity.ts';
import type { ProgramExit } from '../target/spawn.ts';
import type { Patience } from '../verdict/persistence.ts';
import { HandlerRelay } from '../wire/handler-relay.ts';
import type { PeerHandlers } from '../wire/peer.ts';
import { after } from './after.ts';
import { agentFiles } from './agent-files.ts';
import { ChildWatches } from './child-watches.ts';
import type { IsolateWatch, SampledAllocations } from './isolate-watch.ts';
import type { LastResort } from './last-resort.ts';
import { ProcessWatch } from './process-watch.ts';
import type { SnapshotDesk, TakeSnapshot } from './snapshot-desk.ts';
import { takeSnapshotOfWatched } from './take-snapshot.ts';

export type WatchRequest = {
  readonly gc: 'auto' | 'natural' | 'forced';
  readonly maxPauseMs: number;
  readonly falseAlarmProbability: number;
  /** The longest to watch; `null` for as long as it takes. */
  readonly forMs: number | null;
  /** `verdict`: until verdict and line are known. `end`: until the process or the time ends. */
  readonly until: 'verdict' | 'end';
  /** Left out, it follows from the two above. */
  readonly patience?: Patience;
};

/**
 * Watches one process until there is an answer, and gives the report.
 *
 * Each isolate has a watch of its own: the main thread, every worker thread, and those of the processes it has forked,
 * what starts later included. The report is about the one that leaks (the fastest, if several do), else about one that
 * is not decided, else about the main thread; the others stand in its `isolates`. `open` gets the handlers the agent will
 * talk to. `onProgress` gets the report as it would be now, at most once a second an isolate and at every event. Aborting
 * `signal` ends the watch early with the report so far. The target is left alone whichever way this ends.
 */
export async function watchProcess(
  open: (handlers: PeerHandlers) => Promise<OpenTarget>,
  request: WatchRequest,
  options: {
    readonly signal: AbortSignal;
    readonly onProgress?: (progress: WatchProgress) => void;
    /** When the process ends, if we started it and so can know how. */
    readonly exited?: Promise<ProgramExit>;
  } & WatchExtras,
): Promise<Report> {
  const relay = new HandlerRelay();
  const target = await open(relay.handlers);
  try {
    const watch = new Watch(target, request, options.onProgress ?? (() => undefined));
    relay.connect(watch.handlers);
    options.snapshots?.open(target.hello.pid, (request, signal, onProgress) =>
      watch.takeSnapshot(target, request, signal, onProgress),
    );
    return await watch.run(options.signal, options.exited, options);
  } finally {
    await options.snapshots?.close(target.hello.pid);
    await target.close();
  }
}

/** What may be asked of a watch beside its report. */
export type WatchExtras = {
  /** Heeded by who opens the process: a snapshot is taken when the watch has left it. */
  readonly lastResort?: LastResort | undefined;
  /**
   * Called once, at the end, with the sampled allocations of the isolate that the report is about, or with the words why there
   * are none. Where the watch needed no sample, one is taken for it.
   */
  readonly onSampled?: ((sampled: SampledAllocations | string) => void) | undefined;
  /** Where snapshots of it can be asked for while it is watched. */
  readonly snapshots?: SnapshotDesk | undefined;
};

export type WatchProgress = {
  readonly report: Report;
  readonly activity: Activity;
  /** Verdict and line are known: what a request until the verdict waits for. */
  readonly answered: boolean;
};

class Watch {
  readonly #request: WatchRequest;
  readonly #onProgress: (progress: WatchProgress) => void;
  /** Aborts when there is nothing more to watch or to find, whatever the reason. */
  readonly #over = new AbortController();
  readonly #startedAt = new Date();
  readonly #notes: string[] = [];
  readonly #process: ProcessWatch;
  readonly #children: ChildWatches;
  /** `null` where the system does not tell. */
  readonly #identity: string | null;
  #exit: Report['target']['exit'] = null;
  /** The process goes on without us. */
  #left = false;
  #done = false;

  constructor(target: OpenTarget, request: WatchRequest, onProgress: (progress: WatchProgress) => void) {
    this.#request = request;
    this.#onProgress = onProgress;
    if (target.contended === true) this.#notes.push(CONTENDED);
    const onChange = (): void => this.#changed();
    this.#identity = processIdentity(target.hello.pid);
    this.#process = new ProcessWatch(target, null, request, onChange);
    this.#children = new ChildWatches(target.hello.pid, request, onChange);
  }

  get handlers(): PeerHandlers {
    return this.#process.handlers;
  }

  async run(
    signal: AbortSignal,
    exited: Promise<ProgramExit> | undefined,
    { snapshots, onSampled }: WatchExtras,
  ): Promise<Report> {
    const stop = (): void => this.#over.abort();
    signal.addEventListener('abort', stop);
    if (signal.aborted) stop();
    const { forMs } = this.#request;
    const cancel = forMs === null ? null : after(forMs, stop);
    const children = this.#children.run(agentFiles, this.#over.signal);
    try {
      await this.#process.run(this.#over.signal);
      stop();
      await children;
      if (this.#process.main.ended) await this.#learnEnd(exited);
    } finally {
      stop();
      cancel?.();
      signal.removeEventListener('abort', stop);
    }
    // What these cost belongs into the report.
    await snapshots?.close(this.#process.main.isolate.hello.pid);
    onSampled?.(await mostTelling(this.#watches()).sampled(signal));
    this.#done = true;
    const progress = this.#progress();
    this.#onProgress(progress);
    return progress.report;
  }

  /** What it costs the process is told as leakline's doing. */
  async takeSnapshot(
    target: OpenTarget,
    ...[request, signal, onProgress]: Parameters<TakeSnapshot>
  ): Promise<SnapshotAccount> {
    const { main } = this.#process;
    const account = await takeSnapshotOfWatched(target, request, signal, (progress) => {
      // From here on V8 has stood still for it, whatever becomes of the file.
      if (progress.step === 'writing') main.snapshotTaken = true;
      onProgress(progress);
    });
    const pause = formatDuration(account.measured.pauseMs);
    this.#notes.push(
      `A heap snapshot was taken on request, ${formatDuration(main.watchedMs)} after the watch began: that the process stood still for ${pause}, and what memory V8 took for it, is leakline's doing.`,
    );
    return account;
  }

  /** The agent is gone, with the process or without it. How a process ended knows only who started it. */
  async #learnEnd(exited: Promise<ProgramExit> | undefined): Promise<void> {
    const exit = exited && (await Promise.race([exited, sleep(ENDED_WITHIN_MS, undefined, { ref: false })]));
    this.#left = exit === undefined && !(await waitUntil(() => this.#hasEnded(), ENDED_WITHIN_MS));
    if (this.#left) this.#notes.push('The agent left the process, which goes on.');
    else this.#exit = { code: null, signal: null, ...exit, atMs: Math.round(this.#process.main.watchedMs) };
  }

  #hasEnded(): boolean {
    return this.#identity === null
      ? !isRunning(this.#process.main.isolate.hello.pid)
      : hasEnded(this.#identity);
  }

  #changed(): void {
    if (this.#done) return;
    const progress = this.#progress();
    this.#onProgress(progress);
    if (this.#request.until === 'verdict' && progress.answered) this.#over.abort();
  }

  /** One leak is an answer. That there is none is one once it is known of every isolate. */
  #isAnswered(): boolean {
    const watches = this.#watches();
    if (watches.some((watch) => watch.kind === 'leaking' && watch.answered)) return true;
    return !this.#children.joining && this.#processes().every(({ isCleared }) => isCleared);
  }

  #processes(): readonly ProcessWatch[] {
    return [this.#process, ...this.#children.watches];
  }

  #watches(): readonly IsolateWatch[] {
    return this.#processes().flatMap(({ watches }) => watches);
  }

  #progress(): WatchProgress {
    const watches = this.#watches();
    const told = mostTelling(watches);
    const report = buildReport({
      startedAt: this.#startedAt.toISOString(),
      isolate: told.report(),
      others: watches.filter((watch) => watch !== told).map((watch) => watch.report()),
      exit: told.isolate.hello.pid === this.#process.main.isolate.hello.pid ? this.#exit : null,
      notes: [...new Set([...this.#notes, ...this.#process.notes, ...this.#children.notes])],
    });
    const gone = this.#left ? 'left' : 'ended';
    const activity = this.#process.main.ended ? gone : this.#done ? 'done' : told.activity;
    return { report, activity, answered: this.#isAnswered() };
  }
}

const CONTENDED =
  'Contended: another debugger is connected to this process. It was left as it was; while it holds the program, nothing is measured.';

/** The fastest leak; else one that is not decided, the main thread first; else the main thread. */
function mostTelling(watches: readonly IsolateWatch[]): IsolateWatch {
  const [main] = watches;
  if (main === undefined) throw new Error('a watch without a main thread');
  const leaking = watches.filter((watch) => watch.kind === 'leaking');
  const [fastest] = leaking.sort((a, b) => b.growthBytesPerSecond - a.growthBytesPerSecond);
  if (fastest !== undefined) return fastest;
  return watches.find((watch) => watch.kind === 'inconclusive' && !watch.ended) ?? main;
}

/** A process closes its connections a moment before the system says that it has ended. */
const ENDED_WITHIN_MS = 1000;

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
