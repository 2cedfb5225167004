import { readFileSync, readlinkSync } from 'node:fs';
import { parseStat } from './process-info.ts';

/**
 * What tells a process from all others, earlier ones with its number among them: pid namespace, pid and start time.
 * `null` where there is no such process, or none that has not exited.
 */
export function processIdentity(pid: number): string | null {
  try {
    const { state, startTicks } = parseStat(readFileSync(`/proc/${pid}/stat`, 'latin1'));
    return state === 'Z' || state === 'X' ? null : `${pidNamespace()} ${pid} ${startTicks}`;
  } catch {
    return null;
  }
}

export function ownIdentity(): string {
  return processIdentity(process.pid) ?? `${pidNamespace()} ${process.pid} 0`;
}

/** Whether that process has ended. One of another pid namespace can't be seen, so it counts as running. */
export function hasEnded(identity: string): boolean {
  const match = /^(\S+) (\d+) \d+$/.exec(identity);
  return match !== null && match[1] === pidNamespace() && processIdentity(Number(match[2])) !== identity;
}

function pidNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return 'unknown';
  }
}
