import { chownSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LeaklineError } from '../core/errors.ts';
import { AGENT_FILE, type Knock, knockAddress, knockName } from '../wire/knock.ts';
import type { PeerHandlers } from '../wire/peer.ts';
import { socketInodes } from './listening-port.ts';
import { type OpenTarget, meetAgent } from './meet-agent.ts';
import type { ProcessInfo } from './process-info.ts';

/**
 * Gets an agent into a process that was started with `leakline/register`: no signal, no inspector. `null` if it was not,
 * or if it does not let us in (the other ways are still to be tried).
 */
export async function attachPrepared(
  info: Pick<ProcessInfo, 'pid' | 'uid'>,
  agentSource: string,
  handlers: PeerHandlers,
): Promise<OpenTarget | null> {
  if (!isPrepared(info.pid)) return null;
  try {
    return await meetAgent(info, handlers, async (invitation) => {
      const file = join(invitation.directory, AGENT_FILE);
      writeFileSync(file, agentSource, { mode: 0o600, flag: 'wx' });
      if (process.geteuid?.() === 0) chownSync(file, info.uid, -1);
      await knock(info.pid, invitation);
    });
  } catch (error) {
    if (error instanceof LeaklineError) throw error;
    return null;
  }
}

/** Whether the process itself, and nobody else under its name, waits for a knock. */
export function isPrepared(pid: number): boolean {
  if (process.platform !== 'linux') return existsSync(knockAddress(pid, process.platform, tmpdir()));
  const inode = knockInodes(pid).get(knockName(pid));
  return inode !== undefined && socketInodes(pid).has(inode);
}

const ANSWER_WITHIN_MS = 2000;
const LISTENING_FLAG = 0x10000;

/** Abstract sockets somebody listens on, by name: number, counts, protocol, flags, type, state, inode, path. */
function knockInodes(pid: number): Map<string, string> {
  const inodeByName = new Map<string, string>();
  let table: string;
  try {
    table = readFileSync(`/proc/${pid}/net/unix`, 'latin1');
  } catch {
    return inodeByName;
  }
  for (const line of table.split('\n')) {
    const [, , , flags = '', , , inode = '', path = ''] = line.trim().split(/\s+/);
    const listens = (Number.parseInt(flags, 16) & LISTENING_FLAG) !== 0;
    if (listens && path.startsWith('@leakline-')) inodeByName.set(path.slice(1), inode);
  }
  return inodeByName;
}

/** Rejects with a plain `Error` if the process does not answer, or answers that it won't. */
function knock(pid: number, { directory, socketPath, token }: Knock): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(knockAddress(pid, process.platform, tmpdir()));
    let answer = '';
    socket.setTimeout(ANSWER_WITHIN_MS, () => socket.destroy(new Error('no answer')));
    socket.on('connect', () => socket.write(`${JSON.stringify({ directory, socketPath, token })}\n`));
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
    socket.on('error', reject);
    socket.on('close', () => (answer === 'ok\n' ? resolve() : reject(new Error(answer.trim()))));
  });
}
