import { readlinkSync } from 'node:fs';
import { LeaklineError } from '../core/errors.ts';

/**
 * Throws OTHER_CONTAINER if the process sees other ports or other pids than we do. Its inspector would listen on a loopback
 * we can't reach, and a port of that number on ours would be somebody else's.
 */
export function checkNamespaces(pid: number): void {
  for (const kind of ['net', 'pid']) {
    if (namespaceOf('self', kind) !== namespaceOf(String(pid), kind))
      throw new LeaklineError('OTHER_CONTAINER', { pid });
  }
}

function namespaceOf(process: string, kind: string): string | null {
  try {
    return readlinkSync(`/proc/${process}/ns/${kind}`);
  } catch {
    // Not told for another user's process, which is refused for that.
    return null;
  }
}
