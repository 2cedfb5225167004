import { readFileSync, readlinkSync } from 'node:fs';
import { LeaklineError } from '../core/errors.ts';

/** What the system says of a process, without touching it. */
export type ProcessInfo = {
  readonly pid: number;
  readonly executable: string;
  readonly arguments: readonly string[];
  readonly workingDirectory: string;
  readonly uid: number;
  /** One letter of `/proc/<pid>/stat`: R running, S sleeping, T stopped, Z zombie, … */
  readonly state: string;
  /** Since boot, in clock ticks: with the pid it identifies the process, which the pid alone does not. */
  readonly startTicks: number;
  readonly uptimeMs: number;
  readonly rssBytes: number;
  readonly sigusr1: 'caught' | 'lethal' | 'blocked';
};

/** What the system tells everybody of a process, whoever owns it and even when it has ended. */
export type ProcessOutline = {
  readonly pid: number;
  readonly parent: number;
  /** The kernel's name for it, at most 15 characters. */
  readonly name: string;
  readonly arguments: readonly string[];
  /** `null` for another user's. */
  readonly workingDirectory: string | null;
  readonly uptimeMs: number;
  readonly rssBytes: number;
};

/** Reads `/proc`; `null` if there is no such process. */
export function readOutline(pid: number): ProcessOutline | null {
  const directory = `/proc/${pid}`;
  try {
    const stat = readFileSync(`${directory}/stat`, 'latin1');
    const { parent, startTicks } = parseStat(stat);
    return {
      pid,
      parent,
      name: stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')')),
      arguments: readArguments(directory),
      workingDirectory: readWorkingDirectory(directory),
      uptimeMs: readUptime(startTicks),
      rssBytes: readRss(readFileSync(`${directory}/status`, 'latin1')),
    };
  } catch {
    return null;
  }
}

/** Reads `/proc`. Throws NO_SUCH_PROCESS, OTHER_USER where it may not be read. */
export function readProcess(pid: number): ProcessInfo {
  const directory = `/proc/${pid}`;
  let status: string;
  try {
    status = readFileSync(`${directory}/status`, 'latin1');
  } catch (cause) {
    throw new LeaklineError('NO_SUCH_PROCESS', { pid }, { cause });
  }
  let stat: string;
  try {
    stat = readFileSync(`${directory}/stat`, 'latin1');
  } catch (cause) {
    // It ended between two looks.
    throw new LeaklineError('NO_SUCH_PROCESS', { pid }, { cause });
  }
  const { state, startTicks } = parseStat(stat);
  const uid = readUser(status);
  if (state === 'Z' || state === 'X') throw new LeaklineError('PROCESS_ZOMBIE', { pid });
  try {
    return {
      pid,
      executable: readlinkSync(`${directory}/exe`).replace(/ \(deleted\)$/, ''),
      arguments: readArguments(directory),
      workingDirectory: readlinkSync(`${directory}/cwd`),
      uid,
      state,
      startTicks,
      uptimeMs: readUptime(startTicks),
      rssBytes: readRss(status),
      sigusr1: readDisposition(status),
    };
  } catch (cause) {
    const gone = ['ENOENT', 'ESRCH'].includes((cause as NodeJS.ErrnoException).code ?? '');
    if (gone) throw new LeaklineError('NO_SUCH_PROCESS', { pid }, { cause });
    const mine = uid === process.getuid?.() || process.getuid?.() === 0;
    throw new LeaklineError(mine ? 'NOT_READABLE' : 'OTHER_USER', { pid, uid }, { cause });
  }
}

/** The process's user. Where the system does not tell it is taken to be ours: another's could not have been opened. */
export function userOf(pid: number): number {
  return process.platform === 'linux' ? readProcess(pid).uid : (process.getuid?.() ?? 0);
}

function readArguments(directory: string): string[] {
  return readFileSync(`${directory}/cmdline`, 'utf8')
    .split('\0')
    .filter((part) => part !== '');
}

function readWorkingDirectory(directory: string): string | null {
  try {
    return readlinkSync(`${directory}/cwd`);
  } catch {
    return null;
  }
}

function readUptime(startTicks: number): number {
  const booted = Number(readFileSync('/proc/uptime', 'latin1').split(' ')[0]) * TICKS_PER_SECOND;
  return ((booted - startTicks) / TICKS_PER_SECOND) * 1000;
}

/**
 * The effective user: real, effective, saved and file system's stand in this order. Not the owner of `/proc/<pid>`, which
 * is root as soon as a process has changed its user: a server that gave up root when it had its port.
 */
function readUser(status: string): number {
  return Number(/^Uid:\s*\d+\s+(\d+)/m.exec(status)?.[1] ?? Number.NaN);
}

function readRss(status: string): number {
  return Number(/^VmRSS:\s*(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
}

/** `USER_HZ`, 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** Field 3 is the state, field 4 the parent, field 22 the start time; the command in parentheses before them may hold spaces. */
export function parseStat(stat: string): { state: string; parent: number; startTicks: number } {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0] ?? '', parent: Number(fields[1]), startTicks: Number(fields[19]) };
}

/** SIGUSR1 is signal 10: bit 9 of the masks. Neither caught, ignored nor blocked means that it ends the process. */
export function readDisposition(status: string): ProcessInfo['sigusr1'] {
  const has = (field: string): boolean => {
    const mask = new RegExp(`^${field}:\\s*([0-9a-f]+)`, 'm').exec(status)?.[1];
    return mask !== undefined && (BigInt(`0x${mask}`) & 0x200n) !== 0n;
  };
  if (has('SigBlk') || has('SigIgn')) return 'blocked';
  return has('SigCgt') ? 'caught' : 'lethal';
}
