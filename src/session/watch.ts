import { setTimeout as sleep } from 'node:timers/promises';
import { LeaklineError } from '../core/errors.ts';
import type { Finding, SteadyContainer } from '../core/finding.ts';
import type { Verdict } from '../core/verdict.ts';
import type { AgentCost, AgentTick } from '../probe/agent-tick.ts';
import { SeriesBuilder } from '../probe/series-builder.ts';
import { buildReport } from '../report/build.ts';
import type { Activity } from '../report/live.ts';
import type { Report } from '../report/schema.ts';
import { type MemoryLimits, readLimits } from '../target/limits.ts';
import type { OpenTarget } from '../target/meet-agent.ts';
import type { ProgramExit } from '../target/spawn.ts';
import { decide } from '../verdict/decide.ts';
import type { PeerHandlers } from '../wire/peer.ts';
import { investigate } from './investigation.ts';
import { sourceFiles } from './source-files.ts';

export type WatchRequest = {
  readonly gc: 'auto' | 'natural' | 'forced';
  readonly maxPauseMs: number;
  readonly falseAlarmProbability: number;
  /** The longest to watch; `null` for as long as it takes. */
  readonly forMs: number | null;
  /** `verdict`: until verdict and line are known. `end`: until the process or the time ends. */
  readonly until: 'verdict' | 'end';
};

/**
 * Watches one process until there is an answer, and gives the report.
 *
 * The order of the rooms: probe → verdict → census → diagnosis → report. `opened` gets the handlers the agent will
 * talk to. `onProgress` gets the report as it would be now, at most once a second and at every event. Aborting
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
  },
): Promise<Report> {
  const watch = new Watch(request, options.onProgress ?? (() => undefined));
  const target = await open(watch.handlers);
  try {
    return await watch.run(target, options.signal, options.exited);
  } finally {
    await target.close();
  }
}

export type WatchProgress = { readonly report: Report; readonly activity: Activity };

/** Of every interval that is shown. */
const LEVEL = 0.99;
const GRACE_MS = 1500;

class Watch {
  readonly handlers: PeerHandlers = {
    onEvent: (event, params) => this.#receive(event, params),
    onClose: () => this.#over.abort(),
  };
  readonly #request: WatchRequest;
  readonly #onProgress: (progress: WatchProgress) => void;
  readonly #series = new SeriesBuilder();
  /** Aborts when there is nothing more to watch or to find, whatever the reason. */
  readonly #over = new AbortController();
  readonly #startedAt = new Date();
  readonly #notes: string[] = [];
  #target: OpenTarget | null = null;
  #limits: MemoryLimits | null = null;
  #verdict: Verdict | null = null;
  #cost: AgentCost | null = null;
  #findings: readonly Finding[] = [];
  #steady: readonly SteadyContainer[] = [];
  #namedAtMs: number | null = null;
  #activity: Activity = 'walking';
  #investigated = false;
  #watchedMs = 0;
  #exit: Report['target']['exit'] = null;

  constructor(request: WatchRequest, onProgress: (progress: WatchProgress) => void) {
    this.#request = request;
    this.#onProgress = onProgress;
  }

  async run(
    target: OpenTarget,
    signal: AbortSignal,
    exited: Promise<ProgramExit> | undefined,
  ): Promise<Report> {
    this.#target = target;
    const { pid, heapLimitBytes } = target.hello;
    this.#limits = readLimits(pid, heapLimitBytes);
    const stop = (): void => this.#over.abort();
    signal.addEventListener('abort', stop);
    if (signal.aborted) stop();
    const timeout = this.#request.forMs === null ? null : setTimeout(stop, this.#request.forMs);
    const over = new Promise<void>((resolve) => {
      if (this.#over.signal.aborted) resolve();
      else this.#over.signal.addEventListener('abort', () => resolve());
    });
    try {
      const watching = target.peer
        .call('watch', { gc: this.#request.gc, maxPauseMs: this.#request.maxPauseMs })
        .catch((cause: unknown) => {
          throw target.peer.closed ? new LeaklineError('TARGET_GONE', { pid }, { cause }) : cause;
        });
      watching.catch(() => undefined);
      // A process that stands still answers nothing; an abort is not to wait for it.
      await Promise.race([watching, aborted(signal)]);
      const investigation = this.#investigate(target);
      await over;
      // A walk that is under way may end; one in a process that stands still does not.
      await Promise.race([investigation, sleep(GRACE_MS, undefined, { ref: false })]);
      if (target.peer.closed) {
        const exit = await Promise.race([exited, sleep(1000, undefined, { ref: false })]);
        if (exit !== undefined) this.#exit = { code: exit.code, signal: exit.signal, atMs: this.#watchedMs };
        else if (exited !== undefined && isRunning(pid))
          this.#notes.push('The agent left the process, which goes on.');
      }
    } finally {
      if (timeout !== null) clearTimeout(timeout);
      signal.removeEventListener('abort', stop);
    }
    this.#activity = target.peer.closed ? 'ended' : 'done';
    const report = this.#report();
    this.#onProgress({ report, activity: this.#activity });
    return report;
  }

  async #investigate(target: OpenTarget): Promise<void> {
    try {
      await investigate(
        target.peer,
        {
          now: () => ({ verdict: this.#verdict }),
          report: (news) => {
            this.#activity = news.activity ?? this.#activity;
            this.#findings = news.findings ?? this.#findings;
            this.#steady = news.steady ?? this.#steady;
            this.#progress();
          },
          sources: sourceFiles(),
          workingDirectory: target.hello.cwd,
        },
        this.#over.signal,
      );
    } catch (error) {
      // The process ended under the walk: what was found until then stands.
      if (!target.peer.closed && !this.#over.signal.aborted) {
        this.#notes.push(`The census stopped: ${error instanceof Error ? error.message : String(error)}.`);
      }
    }
    this.#investigated = true;
    this.#activity = 'watching';
    this.#stopIfAnswered();
  }

  #receive(event: string, params: unknown): void {
    if (event === 'tick') this.#tick(params as AgentTick);
    else if (event === 'fault') this.#notes.push(`The agent met a fault and went on: ${String(params)}.`);
  }

  #tick(tick: AgentTick): void {
    // The agent leaves when nobody reads what it says.
    this.#target?.peer.notify('ack', null);
    this.#series.add(tick);
    this.#cost = tick.cost;
    this.#watchedMs = tick.sample.timeMs;
    const { series } = this.#series;
    // A look costs time in proportion to the floors; without a new one nothing changes but the early hints.
    if (tick.floors.length > 0 || series.floors.length < 100) {
      this.#verdict = decide(series, {
        limitBytes: this.#limits?.effectiveBytes ?? null,
        watchedMs: tick.sample.timeMs,
        falseAlarmProbability: this.#request.falseAlarmProbability,
        level: LEVEL,
      });
    }
    this.#progress();
    this.#stopIfAnswered();
  }

  #progress(): void {
    if (this.#target === null) return;
    if (this.#namedAtMs === null && this.#verdict?.kind === 'leaking' && this.#findings.length > 0) {
      this.#namedAtMs = this.#watchedMs;
    }
    this.#onProgress({ report: this.#report(), activity: this.#activity });
  }

  #stopIfAnswered(): void {
    if (this.#request.until === 'end') return;
    const kind = this.#verdict?.kind;
    if (kind === 'steady' || (kind === 'leaking' && this.#investigated)) this.#over.abort();
  }

  #report(): Report {
    const target = this.#target;
    if (target === null) throw new Error('there is no report before the process is open');
    const limits = this.#limits ?? {
      heapBytes: null,
      containerBytes: null,
      effectiveBytes: null,
      which: null,
    };
    const leaking = this.#verdict?.kind === 'leaking';
    return buildReport({
      startedAt: this.#startedAt.toISOString(),
      durationMs: this.#watchedMs,
      target: {
        pid: target.hello.pid,
        node: target.hello.node,
        command: target.hello.argv.join(' '),
        isolate: 'main',
        limits,
        exit: this.#exit,
      },
      level: LEVEL,
      falseAlarmProbability: this.#request.falseAlarmProbability,
      verdict: this.#verdict,
      // What grows in a process that does not leak is nobody's fault.
      findings: leaking ? this.#findings : [],
      namedAtMs: leaking ? this.#namedAtMs : null,
      steadyContainers: this.#steady,
      series: this.#series.series,
      cost: this.#cost,
      notes: this.#notes,
    });
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
