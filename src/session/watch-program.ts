import type { Report } from '../report/schema.ts';
import { type ProgramExit, startWithAgent } from '../target/spawn.ts';
import type { OpenTarget } from '../target/attach.ts';
import type { PeerHandlers } from '../wire/peer.ts';
import { preloadPath } from './agent-files.ts';
import { Relay } from './relay.ts';
import { type WatchProgress, type WatchRequest, watchProcess } from './watch.ts';

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
): Promise<WatchedProgram> {
  const relay = new Relay();
  const { child, exited, target } = await startWithAgent(command, preloadPath(), relay.handlers);
  const opened = (handlers: PeerHandlers): Promise<OpenTarget> => {
    relay.connect(handlers);
    return target;
  };
  const watched = watchProcess(opened, request, { signal, exited, onProgress });
  return { report: unlessEnded(watched, exited), exited, kill: (name) => void child.kill(name) };
}

/** A watch that failed because its program ended has nothing to report, which is no failure of the program. */
async function unlessEnded(watched: Promise<Report>, exited: Promise<ProgramExit>): Promise<Report | null> {
  try {
    return await watched;
  } catch (error) {
    const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), 1000).unref());
    const exit = await Promise.race([exited, late]);
    if (exit === null) throw error;
    return null;
  }
}
