import type { WatchRequest } from '../session/watch.ts';
import type { AttachTarget } from './attach-target.ts';
import { type AttachCommandOptions, attachCommand } from './attach.ts';

/**
 * `leakline watch <pid>`, or two of them: as `attach`, for an alarm at night. Nobody waits for its verdict, so it has the patience of a standing
 * watch, and tells where there is no terminal only what changes it. Returns the exit code.
 */
export function watchCommand(
  target: AttachTarget,
  request: WatchRequest,
  options: AttachCommandOptions,
): Promise<number> {
  return attachCommand(target, { ...request, patience: 'standing' }, options, {
    name: 'leakline watch',
    lines: 'verdicts',
  });
}
