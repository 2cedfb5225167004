import { LeaklineError } from '../core/errors.ts';
import type { Report } from '../report/schema.ts';
import type { AgentOffers } from '../target/agent-offers.ts';
import { giveWayTo } from '../target/give-way.ts';
import { hasPermissionModel } from '../target/node-options.ts';
import { type ProgramExit, startWithAgent } from '../target/spawn.ts';
import { preloadPath } from './agent-files.ts';
import { withLastResort } from './last-resort.ts';
import { type WatchExtras, type WatchProgress, type WatchRequest, watchProcess } from './watch.ts';

/** A program that was started to be watched. */
export type WatchedProgram = {
  /** `null` for a program that ended before there was anything to watch. */
  readonly report: Promise<Report | null>;
  readonly exited: Promise<ProgramExit>;
  kill(signal: NodeJS.Signals): void;
};

/**
 * Starts a program with the agent preloaded and watches it. It has our standard streams. When the watch is over the
 * program goes on: it was asked to run.
 */
export async function watchProgram(
  command: readonly string[],
  request: WatchRequest,
  signal: AbortSignal,
  onProgress: (progress: WatchProgress) => void,
  extras: WatchExtras = {},
): Promise<WatchedProgram> {
  const { child, exited, offers } = await startWithAgent(command, preloadPath());
  giveWayTo(child.pid ?? 0);
  const stopWaiting = AbortSignal.any([signal, silence(offers, child.pid ?? 0)]);
  const { lastResort } = extras;
  const watched = watchTree(offers, request, { signal: stopWaiting, exited, onProgress, ...extras }).then(
    (report) =>
      report === null || lastResort === undefined
        ? report
        : withLastResort(report, lastResort, signal, onProgress),
  );
  return { report: unlessEnded(watched, exited), exited, kill: (name) => void child.kill(name) };
}

/** npm may have much to fetch before the program itself starts. */
const OFFER_WITHIN_MS = 30_000;

/** Node starts in a twentieth of a second, and its program may load for seconds before the agent's first word. */
const NODE_WITHIN_MS = 10_000;

/** Aborts when no Node process of the tree has shown itself for so long that none will. */
function silence(offers: AgentOffers, pid: number): AbortSignal {
  const controller = new AbortController();
  const after = (ms: number, error: () => LeaklineError | null): void => {
    const timer = setTimeout(() => {
      const found = offers.seen > 0 ? null : error();
      if (found !== null) controller.abort(found);
    }, ms);
    timer.unref();
  };
  // From Node 26 on its permission model forbids the connection to our socket too.
  after(NODE_WITHIN_MS, () =>
    hasPermissionModel(pid) ? new LeaklineError('PERMISSION_MODEL', { pid }) : null,
  );
  after(
    OFFER_WITHIN_MS,
    () => new LeaklineError('AGENT_DID_NOT_CONNECT', { pid, waitedMs: OFFER_WITHIN_MS }),
  );
  return controller.signal;
}

/**
 * One process of the tree after the other, until one gives an answer: a launcher turns out to be none of ours when the
 * program appears, and a supervisor starts a program again that has ended. The last report counts.
 */
async function watchTree(
  offers: AgentOffers,
  request: WatchRequest,
  options: {
    readonly signal: AbortSignal;
    readonly exited: Promise<ProgramExit>;
    readonly onProgress: (progress: WatchProgress) => void;
  } & WatchExtras,
): Promise<Report | null> {
  const { signal, exited, onProgress, onSampled, snapshots } = options;
  let last: Report | null = null;
  try {
    for (;;) {
      const offer = await offers.choose(signal);
      if (offer === null) {
        if (signal.reason instanceof LeaklineError) throw signal.reason;
        return last;
      }
      const { peer, hello, relay, superseded } = offer;
      const report = await watchProcess(
        (handlers) => {
          relay.connect(handlers);
          return Promise.resolve({ peer, hello, close: async () => peer.close() });
        },
        request,
        { signal: AbortSignal.any([signal, superseded]), exited, onProgress, onSampled, snapshots },
      ).catch(unlessGone);
      if (report === null || (superseded.aborted && !signal.aborted)) continue;
      last = report;
      const hasEnded = peer.closed && report.verdict.kind !== 'leaking';
      if (signal.aborted || !hasEnded) return report;
    }
  } finally {
    await offers.close();
  }
}

/** A script that a launcher runs first may end before it could be watched: the next one is waited for. */
function unlessGone(error: unknown): null {
  if (error instanceof LeaklineError && error.code === 'TARGET_GONE') return null;
  throw error;
}

/** A watch that failed because its program ended has nothing to report, which is no failure of the program. */
async function unlessEnded(
  watched: Promise<Report | null>,
  exited: Promise<ProgramExit>,
): Promise<Report | null> {
  try {
    return await watched;
  } catch (error) {
    const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), 1000).unref());
    const exit = await Promise.race([exited, late]);
    if (exit === null) throw error;
    return null;
  }
}
