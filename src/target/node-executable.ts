import { LeaklineError } from '../core/errors.ts';
import type { ProcessInfo } from './process-info.ts';

/** Throws NOT_NODE unless the executable has one of the names Node is installed under. */
export function checkIsNode({ pid, executable }: ProcessInfo): void {
  if (!/^(node|nodejs)([-.\d]*)$/.test(nameOf(executable)))
    throw new LeaklineError('NOT_NODE', { pid, executable });
}

/** JavaScript, but not Node: Bun has no V8, and Deno no inspector that takes a signal. */
export function isOtherRuntime({ executable }: ProcessInfo): boolean {
  return /^(bun|deno)$/.test(nameOf(executable));
}

function nameOf(executable: string): string {
  return executable.slice(executable.lastIndexOf('/') + 1);
}
