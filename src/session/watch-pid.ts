import type { Report } from '../report/schema.ts';
import { type AttachOptions, attach } from '../target/attach.ts';
import { agentFiles } from './agent-files.ts';
import type { SnapshotDesk } from './snapshot-desk.ts';
import { type WatchProgress, type WatchRequest, watchProcess } from './watch.ts';

/**
 * Watches a process that runs already. Throws a LeaklineError if it can't be attached to, and the reason of `signal` if
 * that was aborted before.
 */
export async function watchPid(
  pid: number,
  request: WatchRequest,
  signal: AbortSignal,
  onProgress: (progress: WatchProgress) => void,
  options?: AttachOptions & { readonly snapshots?: SnapshotDesk },
): Promise<Report> {
  const files = await agentFiles();
  return watchProcess((handlers) => attach(pid, files, handlers, { ...options, signal }), request, {
    signal,
    onProgress,
    snapshots: options?.snapshots,
  });
}
