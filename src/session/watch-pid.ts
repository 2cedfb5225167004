import type { Report } from '../report/schema.ts';
import { type AttachOptions, attach } from '../target/attach.ts';
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
  const files = await agentFiles();
  const report = await watchProcess(
    (handlers) => attach(pid, files, handlers, { ...options, signal }),
    request,
    {
      signal,
      onProgress,
      onSampled,
      snapshots,
    },
  );
  return lastResort === undefined ? report : withLastResort(report, lastResort, signal, onProgress);
}
