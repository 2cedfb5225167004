import { constants } from 'node:os';
import { renderReport } from '../present/text/report-text.ts';
import type { Report } from '../report/schema.ts';
import { preloadPath } from '../session/agent-files.ts';
import { type WatchRequest, watchProcess } from '../session/watch.ts';
import { type ProgramExit, startWithAgent } from '../target/spawn.ts';
import type { PeerHandlers } from '../wire/peer.ts';
import { EXIT, exitCodeOf } from './exit-codes.ts';
import { listenForInterrupt } from './interrupt.ts';
import type { OutputOptions } from './options.ts';
import { openOutput } from './output.ts';

/**
 * `leakline run -- node app.js`: starts the program, watches it, and passes its exit code on unless a leak was found.
 * The program has the terminal, so progress is plain lines. When the answer is known the program goes on running
 * until it ends by itself: it was asked to run.
 */
export async function runCommand(
  command: readonly string[],
  request: WatchRequest,
  options: OutputOptions,
): Promise<number> {
  const interrupt = listenForInterrupt();
  // The program's output and a redrawn screen would overwrite each other.
  const output = await openOutput({ ...options, quiet: options.quiet ?? process.stdout.isTTY }, '');
  const relay = new Relay();
  try {
    const started = await startWithAgent(command, preloadPath(), relay.handlers);
    interrupt.signal.addEventListener('abort', () => started.child.kill(interrupt.received() ?? 'SIGTERM'));
    const startedMs = performance.now();
    const watched = watchProcess(
      (handlers) => {
        relay.connect(handlers);
        return started.target;
      },
      request,
      {
        signal: interrupt.signal,
        exited: started.exited,
        onProgress: ({ report, activity }) => {
          output.progress({
            elapsedMs: performance.now() - startedMs,
            sides: [{ name: `pid ${report.target.pid}`, activity, report, load: null }],
          });
        },
      },
    );
    const ended = started.exited.then((exit) => ({ exit }));
    const first = await Promise.race([watched.then((report) => ({ report })), ended]);
    // A program that ends before the agent was heard of has told nothing to watch.
    const report = 'report' in first ? first.report : await settledSoon(watched);
    if (report !== null) await output.answer(report, renderReport(report, output.text));
    const exit = await started.exited;
    const leaking = report !== null && exitCodeOf(report) === EXIT.leak;
    return leaking ? EXIT.leak : programExitCode(exit);
  } finally {
    await output.close();
    interrupt.dispose();
  }
}

/** The agent may speak before the watch has begun: what it says then waits. */
class Relay {
  #handlers: PeerHandlers | null = null;
  #closed = false;
  readonly #early: [string, unknown][] = [];
  readonly handlers: PeerHandlers = {
    onEvent: (event, params) => {
      if (this.#handlers === null) this.#early.push([event, params]);
      else this.#handlers.onEvent?.(event, params);
    },
    onClose: () => {
      this.#closed = true;
      this.#handlers?.onClose?.();
    },
  };

  connect(handlers: PeerHandlers): void {
    this.#handlers = handlers;
    for (const [event, params] of this.#early.splice(0)) handlers.onEvent?.(event, params);
    if (this.#closed) handlers.onClose?.();
  }
}

async function settledSoon(watched: Promise<Report>): Promise<Report | null> {
  const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), 1000).unref());
  return Promise.race([watched.catch(() => null), late]);
}

/** As a shell reports it: 128 and the signal's number for a program that a signal ended. */
function programExitCode({ code, signal }: ProgramExit): number {
  if (code !== null) return code;
  return signal === null ? EXIT.failed : 128 + constants.signals[signal];
}
