import { setTimeout as sleep } from 'node:timers/promises';
import { samplingIntervalBytes } from '../capture/sampling-interval.ts';
import { walkRemainsBytes } from '../census/walk-remains.ts';
import { predictSnapshotCost } from '../capture/snapshot-cost.ts';
import type { AllocationProfile, AllocationWindow } from '../core/allocations.ts';
import { LeaklineError } from '../core/errors.ts';
import type { ScriptAnswer, ScriptQuestion } from '../core/function-excerpt.ts';
import type { CountedContainer } from '../core/counted-container.ts';
import type { CensusWalk } from '../core/census.ts';
import type { Floor } from '../core/series.ts';
import type { Finding, KnownLeak, SteadyContainer } from '../core/finding.ts';
import type { CensusSeen, GrowthAccount } from '../core/growth-account.ts';
import type { SampledGrowth } from '../core/sampled-growth.ts';
import type { OperationGrowth, Outlook, Verdict } from '../core/verdict.ts';
import { accountFor, isEndlessGrowth } from '../diagnose/growth-account.ts';
import type { Acknowledgement, AgentCost, AgentTick, WatchOptions, WhyLeft } from '../probe/agent-tick.ts';
import { SeriesBuilder } from '../probe/series-builder.ts';
import { buildIsolateReport } from '../report/build.ts';
import type { Activity } from '../report/live.ts';
import type { IsolateReport } from '../report/schema.ts';
import type { MemoryLimits } from '../target/limits.ts';
import { nodeLike } from '../target/node-executable.ts';
import { outlookOf } from '../verdict/outlook.ts';
import { growthPerOperation } from '../verdict/per-operation.ts';
import { Watcher } from '../verdict/watcher.ts';
import type { AgentHello } from '../wire/agent-door.ts';
import type { Peer, PeerHandlers } from '../wire/peer.ts';
import { SHORT_MS, type Unsampled } from './allocation-windows.ts';
import { ResidentWatch } from './resident-watch.ts';
import { investigate } from './investigation.ts';
import { metricsOnlyNote } from './metrics-only.ts';
import { patienceOf } from './patience.ts';
import { ScriptFinder } from './script-finder.ts';
import { sourceFiles } from './source-files.ts';
import { unsampledNote, whyUnsampled } from './unsampled-note.ts';
import type { WatchRequest } from './watch.ts';

/** An isolate to watch: the main thread of a process, or one of its workers. */
export type Isolate = {
  readonly peer: Peer;
  readonly hello: AgentHello;
  /** What its developer calls it; `null` for a main thread and a worker without a name. */
  readonly name: string | null;
  readonly limits: MemoryLimits;
};

/**
 * Watches one isolate: its own series, verdict, census and findings. The order of the rooms: probe → verdict → census →
 * diagnosis. Tells of every change, and of other events its agent sends; ends when `signal` aborts or its agent is gone.
 */
export class IsolateWatch {
  readonly isolate: Isolate;
  /** A heap snapshot of it was taken meanwhile. */
  snapshotTaken = false;
  readonly handlers: PeerHandlers = {
    onEvent: (event, params) => this.#receive(event, params),
    onCall: (method, params) => this.#answer(method, params),
    onClose: () => this.#end(),
  };
  readonly #request: WatchRequest;
  readonly #hooks: IsolateWatchHooks;
  readonly #series = new SeriesBuilder();
  readonly #watcher: Watcher;
  /** Aborts when there is nothing more to watch or to find here, whatever the reason. */
  readonly #over = new AbortController();
  readonly #notes: string[] = [];
  #verdict: Verdict | null = null;
  #perOperation: readonly OperationGrowth[] = [];
  #outlook: Outlook | null = null;
  readonly #resident: ResidentWatch | null;
  #opening: Floor | null = null;
  #cost: AgentCost | null = null;
  #findings: readonly Finding[] = [];
  #steady: readonly SteadyContainer[] = [];
  #containers: readonly CountedContainer[] = [];
  #sampledGrowth: SampledGrowth | null = null;
  #suspects: readonly KnownLeak[] = [];
  #seen: CensusSeen | null = null;
  #unsampled: Unsampled | null = null;
  #sampled: SampledAllocations | null = null;
  #namedAtMs: number | null = null;
  #activity: Activity = 'walking';
  #investigated = false;
  /** Made when the agent asks for scripts. */
  #scriptFinder: ScriptFinder | null = null;
  #watchedMs = 0;

  constructor(isolate: Isolate, request: WatchRequest, hooks: IsolateWatchHooks) {
    this.isolate = isolate;
    this.#request = request;
    this.#hooks = hooks;
    // It is the whole process's, and told of its main thread.
    this.#resident = isolate.hello.isolate === 'main' ? new ResidentWatch(isolate.hello.pid) : null;
    this.#watcher = new Watcher({
      limitBytes: isolate.limits.effectiveBytes,
      falseAlarmProbability: request.falseAlarmProbability,
      level: LEVEL,
      patience: patienceOf(request),
    });
  }

  /** Resolves when the watch is over and a walk that was under way has ended, or had a moment for it. */
  async run(signal: AbortSignal): Promise<void> {
    const { peer, hello } = this.isolate;
    const stop = (): void => this.#over.abort();
    signal.addEventListener('abort', stop);
    if (signal.aborted || peer.closed) stop();
    const over = aborted(this.#over.signal);
    try {
      const { gc, maxPauseMs } = this.#request;
      const startGc = this.isolate.limits.rlimitBytes === null;
      const options: WatchOptions = { gc, maxPauseMs, startGc };
      const watching = peer.call('watch', options).catch((cause: unknown) => {
        throw peer.closed ? new LeaklineError('TARGET_GONE', { pid: hello.pid }, { cause }) : cause;
      });
      watching.catch(() => undefined);
      // A process that stands still answers nothing; an abort is not to wait for it.
      await Promise.race([watching, aborted(signal)]);
      const investigation = this.#investigate();
      await over;
      // A walk that is under way may end; one in a process that stands still does not.
      const settled = investigation.then(() => this.#learnCost());
      await Promise.race([settled, sleep(GRACE_MS, undefined, { ref: false })]);
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  /** Its agent is gone: the thread or the process ended, or leakline was told to go. */
  get ended(): boolean {
    return this.isolate.peer.closed;
  }

  get kind(): Verdict['kind'] {
    return this.#verdict?.kind ?? 'inconclusive';
  }

  /** There is nothing more to learn here: it does not leak, or it does and was looked into. */
  get answered(): boolean {
    return this.kind === 'steady' || (this.kind === 'leaking' && this.#investigated);
  }

  get growthBytesPerSecond(): number {
    return this.#verdict?.growth?.bytesPerSecond ?? 0;
  }

  get watchedMs(): number {
    return this.#watchedMs;
  }

  get activity(): Activity {
    return this.ended ? 'ended' : this.#activity;
  }

  get notes(): readonly string[] {
    const { maxPauseMs } = this.#request;
    const unsampled = unsampledNote(this.#unsampled, maxPauseMs, this.#isExplained);
    const told = unsampled === null ? [] : [unsampled];
    return [...this.#notes, ...told, ...this.#suspects.map(suspicionOf)];
  }

  /**
   * The last profile of its allocations; where the watch took none, one is taken now, if the agent is still there. Or why
   * there is none, in words.
   */
  async sampled(signal: AbortSignal): Promise<SampledAllocations | string> {
    if (this.#sampled !== null) return this.#sampled;
    if (signal.aborted) return 'the watch was interrupted before one was taken';
    const { peer } = this.isolate;
    if (peer.closed) return 'the watch took none, and its agent has left';
    const growth = this.#verdict?.growth?.bytesPerSecond ?? null;
    const { series } = this.#series;
    const asked = { samplingIntervalBytes: samplingIntervalBytes(growth, series, SHORT_MS), forMs: SHORT_MS };
    const window = await Promise.race([
      peer.call<AllocationWindow>('allocations', asked).catch(() => null),
      aborted(signal).then(() => null),
      sleep(SAMPLED_WITHIN_MS, null, { ref: false }),
    ]);
    if (!signal.aborted) await Promise.race([this.#learnCost(), sleep(GRACE_MS, undefined, { ref: false })]);
    if (window === null) return 'the process ended or did not answer, or the watch was interrupted';
    if (window.profile === null) return whyUnsampled(window, this.#request.maxPauseMs);
    return this.#keepSample(window.profile);
  }

  #keepSample(profile: AllocationProfile): SampledAllocations {
    this.#sampled = { profile, takenAtMs: Date.now() };
    return this.#sampled;
  }

  report(): IsolateReport {
    const { hello, limits, name } = this.isolate;
    const leaking = this.kind === 'leaking';
    const { series } = this.#series;
    const account = this.#account();
    return buildIsolateReport({
      durationMs: this.#watchedMs,
      target: {
        pid: hello.pid,
        node: hello.node,
        command: hello.argv.join(' '),
        isolate: hello.isolate,
        name,
        limits,
        exit: null,
      },
      level: LEVEL,
      falseAlarmProbability: this.#request.falseAlarmProbability,
      verdict: this.#verdict,
      perOperation: this.#perOperation,
      outlook: this.#outlook,
      // What grows in a process that does not leak is nobody's fault.
      findings: leaking ? account.told : [],
      account: leaking
        ? { growth: account, census: this.#seen, snapshot: predictSnapshotCost(series) }
        : null,
      namedAtMs: leaking ? this.#namedAtMs : null,
      steadyContainers: this.#steady,
      containers: this.#containers,
      sampledGrowth: this.#sampledGrowth,
      series,
      residentMemory: this.#resident?.seen ?? null,
      cost: this.#cost,
      snapshotTaken: this.snapshotTaken,
    });
  }

  /** There is nothing that more evidence would be missed for. */
  get #isExplained(): boolean {
    return this.kind === 'steady' || (this.kind === 'leaking' && this.#account().sufficient === true);
  }

  /** What was found is set against the growth as it stands now, which is known better with each floor. */
  #account(): GrowthAccount {
    return accountFor(this.#findings, this.#verdict?.growth ?? null, this.#verdict?.space ?? null);
  }

  /** A program that loads what it needs appends without an end as well; but it serves nobody yet. */
  #isEndless({ sample }: AgentTick): boolean {
    const { httpRequests = 0, connectionsOpened = 0 } = sample.inside ?? {};
    if (httpRequests + connectionsOpened === 0) return false;
    return isEndlessGrowth(this.#findings, this.#verdict?.growth ?? null);
  }

  async #investigate(): Promise<void> {
    const { peer, hello } = this.isolate;
    try {
      await investigate(
        peer,
        {
          now: () => ({ verdict: this.#verdict, series: this.#series.series }),
          report: (news) => {
            if (news.firstWalk !== undefined) this.#open(news.firstWalk);
            this.#activity = news.activity ?? this.#activity;
            this.#findings = news.findings ?? this.#findings;
            this.#steady = news.steady ?? this.#steady;
            if (news.sampled !== undefined) this.#keepSample(news.sampled);
            this.#containers = news.containers ?? this.#containers;
            this.#sampledGrowth = news.sampledGrowth ?? this.#sampledGrowth;
            if (news.unsampled !== undefined) this.#unsampled = news.unsampled;
            this.#suspects = news.suspects ?? this.#suspects;
            this.#seen = news.seen ?? this.#seen;
            this.#changed();
          },
          sources: sourceFiles({
            stripsTypes: hello.stripsTypes,
            nodeSourceMap: (url) => peer.call<string | null>('source map', { url }).catch(() => null),
          }),
          workingDirectory: hello.cwd,
        },
        this.#over.signal,
      );
    } catch (error) {
      // The process ended under the walk: what was found until then stands.
      if (!peer.closed && !this.#over.signal.aborted) {
        const words = error instanceof Error ? error.message : String(error);
        this.#note(metricsOnlyNote(error) ?? `The census stopped: ${words}.`);
      }
    }
    this.#investigated = true;
    this.#activity = 'watching';
    this.#changed();
  }

  /** What is done after the last look is in none: reading V8's samples, say, with which an answer comes. */
  async #learnCost(): Promise<void> {
    this.#cost = await this.isolate.peer.call<AgentCost>('cost').catch(() => this.#cost);
  }

  #answer(method: string, params: unknown): Promise<ScriptAnswer[]> {
    if (method !== 'find scripts') throw new Error(`leakline has no method ${method}`);
    const { pid, argv, cwd, node } = this.isolate.hello;
    this.#scriptFinder ??= new ScriptFinder({ main: argv[1] ?? null, cwd, executable: nodeLike(pid, node) });
    return this.#scriptFinder.answer(params as ScriptQuestion);
  }

  #receive(event: string, params: unknown): void {
    if (event === 'tick') this.#tick(params as AgentTick);
    else if (event === 'fault') this.#note(`The agent met a fault and went on: ${String(params)}.`);
    else if (event === 'leaving') this.#note(`The agent left: ${REASON_WORDS[params as WhyLeft]}.`);
    else this.#hooks.onOtherEvent(event);
  }

  /** Patience counts from the floor before the first walk; what that left is taken off what came after. */
  #open(walk: CensusWalk): void {
    if (this.#opening === null) return;
    const { heapBytes } = this.#opening;
    this.#watcher.open({ ...this.#opening, heapBytes: heapBytes + walkRemainsBytes(walk) });
  }

  #tick(tick: AgentTick): void {
    this.#cost = tick.cost;
    // What is asked of the agent after the end costs, and changes nothing of the answer.
    if (this.#over.signal.aborted) {
      this.#acknowledge();
      return;
    }
    this.#opening ??= tick.opening;
    this.#series.add(tick);
    this.#resident?.look(tick.sample);
    this.#watchedMs = tick.sample.timeMs;
    this.#watcher.endless = this.#isEndless(tick);
    this.#watcher.add(tick);
    this.#verdict = this.#watcher.verdict(tick.sample.timeMs);
    const { series } = this.#series;
    this.#outlook = outlookOf(series, this.#verdict, this.isolate.limits, this.#watchedMs);
    // Costs time in proportion to the floors, and changes with them alone.
    if (tick.floors.length > 0) this.#perOperation = growthPerOperation(series, this.#verdict, LEVEL);
    this.#acknowledge();
    this.#changed();
  }

  /** The agent leaves when nobody reads what it says. */
  #acknowledge(): void {
    const waits = this.#watchedMs < EAGER_MS && this.kind !== 'steady';
    const rises = this.#verdict?.suspicious ?? false;
    const acknowledgement: Acknowledgement = { closer: waits || rises, rises };
    this.isolate.peer.notify('ack', acknowledgement);
  }

  #changed(): void {
    if (this.#namedAtMs === null && this.kind === 'leaking' && this.#account().told.length > 0) {
      this.#namedAtMs = this.#watchedMs;
    }
    this.#hooks.onChange();
  }

  #end(): void {
    this.#over.abort();
    this.#hooks.onChange();
  }

  #note(words: string): void {
    if (!this.#notes.includes(words)) this.#notes.push(words);
  }
}

export type SampledAllocations = { readonly profile: AllocationProfile; readonly takenAtMs: number };

export type IsolateWatchHooks = {
  readonly onChange: () => void;
  /** What its agent tells that is not about this isolate alone. */
  readonly onOtherEvent: (event: string) => void;
};

/** Of every interval that is shown. */
const LEVEL = 0.99;
const GRACE_MS = 1500;
/** The window, and before and after it the wait for a collection that fits. */
const SAMPLED_WITHIN_MS = 20_000;
/** Whoever has just asked waits for a first answer. */
const EAGER_MS = 60_000;
const REASON_WORDS: Readonly<Record<WhyLeft, string>> = {
  'too costly': 'watching took more than 1 % of the main thread even at one look in 16 s',
  unheard: 'leakline, which answers every look, was not heard of for 10 s',
  faults: 'it had met three faults of its own',
};

function suspicionOf({ package: name, installed, description, remedy, citation }: KnownLeak): string {
  const version = `${name}${installed === null ? '' : ` ${installed}`}`;
  return `What was found does not explain the growth, and ${version} is loaded, which is known to leak: ${description} ${remedy} See ${citation}`;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
