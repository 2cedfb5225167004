import { readdirSync } from 'node:fs';
import { LeaklineError } from '../core/errors.ts';
import { checkNamespaces } from './namespaces.ts';
import { checkIsNode } from './node-executable.ts';
import { type ProcessInfo, readProcess } from './process-info.ts';

export type ListedProcess = {
  readonly info: ProcessInfo;
  /** Why leakline can't attach to it now; `null` if it can. */
  readonly refusal: LeaklineError | null;
};

/** The Node processes this user can see, ourselves left out. Reads `/proc` only. */
export function listProcesses(): ListedProcess[] {
  if (process.platform !== 'linux')
    throw new LeaklineError('PLATFORM_UNSUPPORTED', { platform: process.platform });
  const listed: ListedProcess[] = [];
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    try {
      const info = readProcess(pid);
      checkIsNode(info);
      listed.push({ info, refusal: refusalOf(info) });
    } catch (error) {
      // Gone meanwhile, somebody else's, or no Node: nothing to list.
      if (!(error instanceof LeaklineError)) throw error;
    }
  }
  return listed;
}

function refusalOf({ pid, state, sigusr1 }: ProcessInfo): LeaklineError | null {
  try {
    checkNamespaces(pid);
  } catch (error) {
    if (error instanceof LeaklineError) return error;
    throw error;
  }
  if (state === 'T' || state === 't') return new LeaklineError('PROCESS_STOPPED', { pid });
  if (sigusr1 === 'lethal') return new LeaklineError('SIGUSR1_LETHAL', { pid });
  if (sigusr1 === 'blocked') return new LeaklineError('SIGUSR1_DISABLED', { pid });
  return null;
}
