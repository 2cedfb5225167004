import { statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { LeaklineError } from '../core/errors.ts';
import { type AgentDoor, type AgentHello, openAgentDoor } from '../wire/agent-door.ts';
import type { Peer, PeerHandlers } from '../wire/peer.ts';
import { type Attempt, begin, unlessAborted, uninterrupted } from './attempt.ts';
import { doorPath, restrictToOwner } from './platform.ts';
import { giveToUser, makePrivateDirectory } from './private-directory.ts';
import { isConnected } from './listening-port.ts';
import type { ProcessInfo } from './process-info.ts';

/** An agent inside a process, and the line to it. */
export type OpenTarget = {
  readonly peer: Peer;
  readonly hello: AgentHello;
  /** Another debugger is connected to the inspector that let us in. */
  readonly contended?: boolean;
  /** Ends the connection, upon which the agent takes itself away, and removes the socket. Never fails. */
  close(): Promise<void>;
};

/** Where the agent is to connect to, and what it shows there. */
export type Invitation = {
  readonly directory: string;
  readonly socketPath: string;
  readonly token: string;
};

/**
 * Opens a door only the process's owner can come through, has `invite` get an agent into the process, and waits for it.
 * Throws AGENT_DID_NOT_CONNECT, OTHER_CONTAINER where the process does not see our files, or what `invite` throws. When it
 * fails, `onFailure` undoes what `invite` has done; the directory stays if that returns false.
 */
export async function meetAgent(
  { pid, uid }: Pick<ProcessInfo, 'pid' | 'uid'>,
  handlers: PeerHandlers,
  invite: (invitation: Invitation) => Promise<void>,
  {
    attempt = uninterrupted,
    onFailure,
  }: {
    readonly attempt?: Attempt;
    readonly onFailure?: () => Promise<boolean>;
  } = {},
): Promise<OpenTarget> {
  const directory = makePrivateDirectory();
  let door: AgentDoor | null = null;
  try {
    if (!seesDirectory(pid, directory.path)) throw new LeaklineError('OTHER_CONTAINER', { pid });
    door = await openAgentDoor(doorPath(directory.path, process.platform));
    restrictToOwner(door.socketPath, process.platform);
    giveToUser(uid, [door.socketPath, directory.path]);
    const accepted = door.accept(answering(pid, handlers), INVITE_WITHIN_MS);
    // If the installation fails first, that is the error to tell.
    accepted.catch(() => undefined);
    await invite({ directory: directory.path, socketPath: door.socketPath, token: door.token });
    begin(attempt, 'await hello');
    const greeting = Promise.race([accepted, sleep(CONNECT_WITHIN_MS, null, { ref: false })]);
    const met = await unlessAborted(greeting, attempt);
    if (met === null) throw new LeaklineError('AGENT_DID_NOT_CONNECT', { pid, waitedMs: CONNECT_WITHIN_MS });
    const { peer, hello } = met;
    // A connection needs no path: without it nothing is left even if we are killed.
    directory.remove();
    attempt.onStep('greeted');
    return { peer, hello, close: () => leave(peer, door) };
  } catch (error) {
    await door?.close();
    if (onFailure === undefined || (await onFailure())) directory.remove();
    throw error;
  }
}

async function leave(peer: Peer, door: AgentDoor | null): Promise<void> {
  peer.close();
  await door?.close();
}

/** What the agent has looked up outside, because it would take the program's time. */
function answering(pid: number, handlers: PeerHandlers): PeerHandlers {
  return {
    ...handlers,
    onCall: (method, params) =>
      method === 'is connected'
        ? isConnected(pid, (params as { readonly port: number }).port)
        : handlers.onCall?.(method, params),
  };
}

const CONNECT_WITHIN_MS = 5000;
/** With all its waiting for ports and answers an invitation takes less. */
const INVITE_WITHIN_MS = 120_000;

/** A process may have a file system of its own (chroot, a service's private /tmp) in the same network. */
export function seesDirectory(pid: number, path: string): boolean {
  if (process.platform !== 'linux') return true;
  try {
    const ours = statSync(path);
    const theirs = statSync(`/proc/${pid}/root${path}`);
    return ours.ino === theirs.ino && ours.dev === theirs.dev;
  } catch {
    return false;
  }
}
