import { setTimeout as sleep } from 'node:timers/promises';
import { LeaklineError } from '../core/errors.ts';
import { type HttpLoad, startHttpLoad } from '../load/http-load.ts';
import { type WebSocketClients, startWebSocketClients } from '../load/websocket-clients.ts';
import { buildComparison } from '../report/build.ts';
import type { Activity, LiveSide, LiveView } from '../report/live.ts';
import type { Comparison, ComparisonSide, Report } from '../report/schema.ts';
import { type ProgramExit, type StartedProgram, startProgram } from '../target/spawn.ts';
import { labServerPath } from './agent-files.ts';
import type { SnapshotDesk } from './snapshot-desk.ts';
import { openPid } from './watch-pid.ts';
import type { WatchRequest } from './watch.ts';

export type LabRequest = {
  readonly scenario: string;
  readonly clients: number;
  /** Items a second that each connection's interval keeps. */
  readonly items: number;
  /** The longest to play. */
  readonly forMs: number;
  /** Go on until the leaking process dies of it. */
  readonly toTheEnd: boolean;
  /** Of each server's heap, in bytes; `null` is Node's own. What is small is filled, and died of, soon. */
  readonly heapLimitBytes?: number | null;
  /** `verdict`: end when both sides have their answer. `end`: play for all of `forMs`. */
  readonly until: 'verdict' | 'end';
  /** Where a side's server is; by default the scenario's own. */
  readonly serverPath?: (side: string) => string;
  readonly ports: readonly [number, number];
  readonly watch: Omit<WatchRequest, 'forMs' | 'until'>;
  /** Where snapshots of the servers can be asked for. */
  readonly snapshots?: SnapshotDesk;
};

/**
 * The story, side by side: the fixed and the leaking server as they would run anywhere, the same clients and the same
 * HTTP load on both, and leakline attached to each by its pid as to any running process.
 *
 * Ends when the leaking side has verdict and line and the fixed side is steady, or after `forMs`. Where a server has died of
 * its leak, the watch of the other goes on until that one has its answer. Both servers are
 * ended and every connection is closed, whichever way it ends; aborting `signal` is one of them.
 */
export async function playLab(
  request: LabRequest,
  signal: AbortSignal,
  onProgress: (view: LiveView) => void,
): Promise<Comparison> {
  if (request.scenario !== 'websocket') {
    throw new LeaklineError('UNKNOWN_SCENARIO', { scenario: request.scenario, known: 'websocket' });
  }
  const over = new AbortController();
  const stop = (): void => over.abort();
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  const sides = SIDES.map((name, index) => new Side(name, request, request.ports[index] ?? 0));
  const startedMs = performance.now();
  const show = (): void => {
    onProgress({ elapsedMs: performance.now() - startedMs, sides: sides.map((side) => side.live()) });
  };
  const redraw = setInterval(show, 500);
  const timeout = setTimeout(stop, request.forMs);
  try {
    await Promise.all(sides.map((side) => side.start(over.signal)));
    // One after the other: a process that was not told otherwise opens its inspector on the one default port.
    for (const side of sides) await side.open(over.signal, show);
    // The first walk of each, before anything happens: what comes afterwards came with the load.
    await Promise.race([Promise.all(sides.map((side) => side.lookedAround)), aborted(over.signal)]);
    await Promise.race([Promise.all(sides.map((side) => side.playLoad(over.signal))), aborted(over.signal)]);
    await untilAnswered(sides, request, over.signal);
    over.abort();
    const played = await Promise.all(sides.map((side) => side.finish()));
    show();
    return buildComparison(played, {
      name: request.scenario,
      clients: request.clients,
      items: request.items,
    });
  } finally {
    clearInterval(redraw);
    clearTimeout(timeout);
    signal.removeEventListener('abort', stop);
    over.abort();
    await Promise.all(sides.map((side) => side.end()));
  }
}

const SIDES = ['fixed', 'leaking'] as const;
/** How long each client stays, and how far apart they come: all have left some five seconds after the first came. */
const CLIENT_STAYS_MS = 2500;
const CLIENT_STAGGER_MS = 150;
const HTTP_REQUESTS_PER_SECOND = 40;
/** More routes than the server's cache holds, so that it fills and stays full within seconds. */
const HTTP_PATHS = [
  '/health',
  '/load',
  ...Array.from({ length: 160 }, (_, index) => `/routes/${index}/${1023 - index}`),
];

async function untilAnswered(
  sides: readonly Side[],
  request: LabRequest,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const [fixed, leaking] = sides;
    if (fixed === undefined || leaking === undefined || fixed.isGone) return;
    if (leaking.isGone && (fixed.kind === 'steady' || fixed.kind === 'leaking')) return;
    const mayEnd = request.until === 'verdict' && !request.toTheEnd;
    if (mayEnd && fixed.kind === 'steady' && leaking.kind === 'leaking' && leaking.isNamed) return;
    await sleep(100, undefined, { signal }).catch(() => undefined);
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve());
  });
}

/** One server with its load and its watch. */
class Side {
  readonly #name: string;
  readonly #request: LabRequest;
  readonly #port: number;
  #program: StartedProgram | null = null;
  #exit: ProgramExit | null = null;
  #url = '';
  #output = '';
  #clients: WebSocketClients | null = null;
  #http: HttpLoad | null = null;
  #watched: Promise<Report> | null = null;
  #loadStartedAtMs = 0;
  #report: Report | null = null;
  #activity: Activity = 'starting';
  #onLookedAround: () => void = () => undefined;
  /** Resolves when the watch has walked the live objects once. */
  lookedAround: Promise<void> = Promise.resolve();

  constructor(name: string, request: LabRequest, port: number) {
    this.#name = name;
    this.#request = request;
    this.#port = port;
  }

  get kind(): string | null {
    return this.#report?.verdict.kind ?? null;
  }

  get isNamed(): boolean {
    return this.#report?.namedAtMs != null && this.#activity !== 'walking' && this.#activity !== 'trapping';
  }

  get isGone(): boolean {
    return this.#exit !== null;
  }

  live(): LiveSide {
    return { name: this.#name, activity: this.#activity, report: this.#report, load: this.#load() };
  }

  /** Resolves when the server listens. It gets a plain environment: it is not to know of leakline. */
  async start(signal: AbortSignal): Promise<void> {
    const { scenario, items, heapLimitBytes, serverPath } = this.#request;
    const script = serverPath?.(this.#name) ?? labServerPath(scenario, this.#name);
    const { NODE_OPTIONS: _, ...env } = process.env;
    const limit =
      heapLimitBytes == null ? [] : [`--max-old-space-size=${Math.round(heapLimitBytes / 2 ** 20)}`];
    const program = await startProgram([process.execPath, ...limit, script], {
      stdio: 'pipe',
      ownGroup: true,
      env: { ...env, PORT: String(this.#port), LAB_ITEMS: String(items) },
    });
    this.#program = program;
    void program.exited.then((exit) => {
      this.#exit = exit;
      // Requests to nobody would be counted as failed for as long as the other side is watched.
      void this.#http?.stop();
    });
    const listening = new Promise<number>((resolve) => {
      const read = (chunk: Buffer): void => {
        this.#output = `${this.#output}${chunk.toString()}`.slice(-4000);
        const port = /^listening (\d+)$/m.exec(this.#output)?.[1];
        if (port !== undefined) resolve(Number(port));
      };
      program.child.stdout?.on('data', read);
      program.child.stderr?.on('data', read);
    });
    const port = await Promise.race([listening, program.exited, aborted(signal)]);
    if (typeof port === 'number') {
      this.#url = `127.0.0.1:${port}`;
      return;
    }
    if (!signal.aborted) throw this.#endedEarly();
  }

  #endedEarly(): LeaklineError {
    if (/EADDRINUSE|address already in use/.test(this.#output)) {
      return new LeaklineError('LAB_PORT_TAKEN', { port: this.#port, side: this.#name });
    }
    const exit = this.#exit?.signal ?? `exit code ${this.#exit?.code ?? '?'}`;
    return new LeaklineError('PROGRAM_ENDED_EARLY', {
      command: `the ${this.#name} server`,
      exit,
      output: this.#output.trim(),
    });
  }

  /** Attaches by pid. Resolves when the agent is in; the watch goes on by itself. */
  async open(signal: AbortSignal, onProgress: () => void): Promise<void> {
    const program = this.#program;
    if (program === null || signal.aborted) return;
    const pid = program.child.pid ?? 0;
    this.lookedAround = new Promise<void>((resolve) => {
      this.#onLookedAround = resolve;
    });
    const request: WatchRequest = { ...this.#request.watch, forMs: null, until: 'end' };
    const opened = await openPid(
      pid,
      request,
      {},
      {
        signal,
        exited: program.exited,
        snapshots: this.#request.snapshots,
        onProgress: ({ report, activity }) => {
          this.#report = report;
          this.#activity = activity;
          if (activity === 'watching') this.#onLookedAround();
          onProgress();
        },
      },
    );
    this.#watched = opened.report;
  }

  async playLoad(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    this.#loadStartedAtMs = this.#report?.durationMs ?? 0;
    this.#http = startHttpLoad({
      url: `http://${this.#url}`,
      paths: HTTP_PATHS,
      requestsPerSecond: HTTP_REQUESTS_PER_SECOND,
      // A stall is not to open dozens of connections: that would be another kind of load.
      maxInFlight: 8,
    });
    this.#clients = startWebSocketClients({
      url: `ws://${this.#url}/ws`,
      clients: this.#request.clients,
      stayMs: CLIENT_STAYS_MS,
      staggerMs: CLIENT_STAGGER_MS,
      side: this.#name,
      signal,
    });
    await this.#clients.connected.catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }

  /** The report, once the watch has let go of the process. */
  async finish(): Promise<ComparisonSide> {
    const report = await this.#watched;
    if (report === null)
      throw new LeaklineError('PROGRAM_ENDED_EARLY', {
        command: `the ${this.#name} server`,
        exit: 'interrupted',
        output: '',
      });
    this.#report = report;
    return { name: this.#name, report, load: this.#load() };
  }

  /** Ends everything of this side, whose watch was told to end. Safe at any moment, and never fails. */
  async end(): Promise<void> {
    await this.#watched?.catch(() => undefined);
    await this.#clients?.stop();
    await this.#http?.stop();
    const program = this.#program;
    if (program === null || this.#exit !== null) return;
    program.child.kill('SIGTERM');
    const killLater = setTimeout(() => program.child.kill('SIGKILL'), 2000);
    await program.exited;
    clearTimeout(killLater);
  }

  #load(): ComparisonSide['load'] {
    if (this.#clients === null || this.#http === null) return null;
    const clients = this.#clients.counts();
    const http = this.#http.counts();
    return {
      startedAtMs: this.#loadStartedAtMs,
      clientsOpened: clients.opened,
      clientsOpen: clients.open,
      clientsClosed: clients.opened - clients.open,
      httpSent: http.sent,
      httpFailed: http.failed,
      httpPerSecond: Math.round(http.sentPerSecond * 10) / 10,
    };
  }
}
