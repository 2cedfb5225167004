import type { Report } from '../report/schema.ts';
import { attachToInspector } from '../target/attach.ts';
import { parseInspectorAddress } from '../target/inspector-address.ts';
import { agentFiles } from './agent-files.ts';
import { withLastResort } from './last-resort.ts';
import { type WatchExtras, type WatchProgress, type WatchRequest, watchProcess } from './watch.ts';

/**
 * Watches the process behind an inspector that is open already (`host:port` or `ws://…`) and leaves that open. Throws a
 * LeaklineError if the address is none, or if it can't be attached to.
 */
export async function watchInspector(
  address: string,
  request: WatchRequest,
  signal: AbortSignal,
  onProgress: (progress: WatchProgress) => void,
  { onSampled, lastResort, snapshots }: WatchExtras = {},
): Promise<Report> {
  const parsed = parseInspectorAddress(address);
  const files = await agentFiles();
  const report = await watchProcess((handlers) => attachToInspector(parsed, files, handlers), request, {
    signal,
    onProgress,
    onSampled,
    snapshots,
  });
  return lastResort === undefined ? report : withLastResort(report, lastResort, signal, onProgress);
}
