import { LeaklineError } from '../core/errors.ts';
import type { ProcessInfo } from './process-info.ts';

/** Throws NOT_NODE unless the executable has one of the names Node is installed under. */
export function checkIsNode({ pid, executable }: ProcessInfo): void {
  const name = executable.slice(executable.lastIndexOf('/') + 1);
  if (!/^(node|nodejs)([-.\d]*)$/.test(name)) throw new LeaklineError('NOT_NODE', { pid, executable });
}
