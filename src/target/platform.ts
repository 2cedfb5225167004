import { chmodSync } from 'node:fs';
import { basename, join } from 'node:path';
import { LeaklineError } from '../core/errors.ts';
import { DOOR_FILE } from './private-directory.ts';

/**
 * Whether the system tells what a process is and what a signal would do to it (Linux, through `/proc`). Elsewhere the
 * user has to answer for that: throws CONSENT_NEEDED without `consent`.
 */
export function canLookInto(pid: number, consent: boolean, platform: NodeJS.Platform): boolean {
  if (platform === 'linux') return true;
  if (!consent) throw new LeaklineError('CONSENT_NEEDED', { pid, platform });
  return false;
}

/** Where the agent connects to: a socket in our private directory; on Windows a named pipe, which has no place in it. */
export function doorPath(directory: string, platform: NodeJS.Platform): string {
  return platform === 'win32' ? `\\\\.\\pipe\\${basename(directory)}` : join(directory, DOOR_FILE);
}

/** The socket itself for its owner only. A pipe has no such mode; there the token alone protects. */
export function restrictToOwner(path: string, platform: NodeJS.Platform): void {
  if (platform !== 'win32') chmodSync(path, 0o600);
}
