import { LeaklineError } from '../core/errors.ts';
import { type ProcessInfo, readProcess } from './process-info.ts';

/** Throws NOT_NODE unless the executable has one of the names Node is installed under. */
export function checkIsNode({ pid, executable }: ProcessInfo): void {
  if (!/^(node|nodejs)([-.\d]*)$/.test(nameOf(executable)))
    throw new LeaklineError('NOT_NODE', { pid, executable });
}

/**
 * A Node that has the texts of the process's own: its executable, where that is ours to start and Node by name (an application that
 * was built into one would start once more), or else ours, if that is of the same version; `null` if there is none.
 */
export function nodeLike(pid: number, version: string): string | null {
  if (process.platform === 'linux') {
    try {
      const { uid, executable } = readProcess(pid);
      if (uid === process.geteuid?.() && /^node(?:js)?[\d.-]*$/.test(nameOf(executable)))
        return `/proc/${pid}/exe`;
    } catch {
      // It has ended, or it is not ours to look at.
    }
  }
  return version === process.version ? process.execPath : null;
}

/** JavaScript, but not Node: Bun has no V8, and Deno no inspector that takes a signal. */
export function isOtherRuntime({ executable }: ProcessInfo): boolean {
  return /^(bun|deno)$/.test(nameOf(executable));
}

function nameOf(executable: string): string {
  return executable.slice(executable.lastIndexOf('/') + 1);
}
