import type { Report } from '../report/schema.ts';
import { type AttachOptions, attach } from '../target/attach.ts';
import { giveWayTo } from '../target/give-way.ts';
import { agentFiles } from './agent-files.ts';
import { withLastResort } from './last-resort.ts';
import { type WatchExtras, type WatchProgress, type WatchRequest, watchProcess } from './watch.ts';

/**
 * Watches a process that runs already. Throws a LeaklineError if it can't be attached to, and the reason of `signal` if
 * that was aborted before.
 */
export async function watchPid(
  pid: number,
  request: WatchRequest,
  signal: AbortSignal,
  onProgress: (progress: WatchProgress) => void,
  { onSampled, lastResort, snapshots, ...options }: AttachOptions & WatchExtras = {},
): Promise<Report> {
  const { report: watched } = await openPid(pid, request, options, {
    signal,
    onProgress,
    onSampled,
    snapshots,
  });
  const report = await watched;
  return lastResort === undefined ? report : withLastResort(report, lastResort, signal, onProgress);
}

/**
 * For who watches several: resolves when the agent is in, with the report of the watch that goes on by itself. Throws as
 * `watchPid`.
 */
export async function openPid(
  pid: number,
  request: WatchRequest,
  attaching: AttachOptions,
  watching: Parameters<typeof watchProcess>[2],
): Promise<{ readonly report: Promise<Report> }> {
  const files = await agentFiles();
  return new Promise((resolve, reject) => {
    const report = watchProcess(
      async (handlers) => {
        const target = await attach(pid, files, handlers, { ...attaching, signal: watching.signal });
        giveWayTo(pid);
        resolve({ report });
        return target;
      },
      request,
      watching,
    );
    // Also what fails later: whoever opens another one meanwhile does not listen yet.
    report.catch(reject);
  });
}
