/**
 * How leakline asks a prepared process (`leakline/register`) to let it in: it connects to the process's own address and
 * writes one line of JSON; the process answers with one line, `ok` or why not.
 *
 * Whoever can connect may ask, so the line holds no secret and gives no power. It names a directory, and the process
 * goes there only if that directory belongs to its own user and is open to nobody else.
 */
export type Knock = {
  /** Absolute; holds the agent's text as `AGENT_FILE`. */
  readonly directory: string;
  readonly socketPath: string;
  readonly token: string;
};

export const AGENT_FILE = 'agent.js';

/** A longer line is nobody we know. */
export const KNOCK_MAX_BYTES = 4096;

/**
 * The address of a prepared process. On Linux an abstract socket: no file, so a process that is killed leaves nothing.
 *
 * Padded to all the 108 bytes of a socket's name, because Node 20 fills a shorter one with zeros and newer versions do
 * not: one could not reach the other (measured on 20, 22, 24 and 26).
 */
export function knockAddress(pid: number, platform: NodeJS.Platform, temporary: string): string {
  if (platform === 'linux') return `\0${knockName(pid)}`;
  return platform === 'win32' ? `\\\\.\\pipe\\leakline-${pid}` : `${temporary}/leakline-${pid}.knock`;
}

/** As the kernel lists it, without the `@` it puts in front. */
export function knockName(pid: number): string {
  return `leakline-${pid}-`.padEnd(107, '-');
}
