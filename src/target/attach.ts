import { LeaklineError } from '../core/errors.ts';
import type { InspectorSocket } from '../wire/inspector-socket.ts';
import type { PeerHandlers } from '../wire/peer.ts';
import { type Attempt, type AttachStep, begin, uninterrupted } from './attempt.ts';
import { installAgent, reachInspector } from './install-agent.ts';
import { addressText, type InspectorAddress } from './inspector-address.ts';
import { hasClients, listeningPorts } from './listening-port.ts';
import { abandonClaim, claimInspector, takeOverWhatWasLeft } from './left-behind.ts';
import { type Invitation, type OpenTarget, meetAgent } from './meet-agent.ts';
import { checkNamespaces } from './namespaces.ts';
import { checkIsNode } from './node-executable.ts';
import { inspectorPort } from './node-options.ts';
import { checkNodeVersion, nodeVersion } from './node-version.ts';
import { findInspector, openInspector, waitUntil } from './open-inspector.ts';
import { canLookInto } from './platform.ts';
import { attachPrepared } from './prepared.ts';
import { type ProcessInfo, readProcess } from './process-info.ts';
import { shutWhatWeOpened } from './shut-inspector.ts';

/**
 * Gets an agent into a process that runs already, and leaves no debugger behind.
 *
 * A process that was prepared (`leakline/register`) lets us in by itself, and an inspector that is open already is used.
 * Else: signal, if that is safe → make sure that the inspector belongs to this process → one evaluation installs the agent →
 * our inspector client leaves → the agent shuts the inspector if we opened it, and talks to us over a private socket.
 * No inspector connection outlives this call, whichever way it ends: a connected one would keep the target from
 * exiting. Takes some 200 ms.
 *
 * A leakline that is killed between signal and installation can't shut what it opened, and one that gives up waiting
 * can't take its signal back. Both leave a note, and the next leakline that attaches to the process shuts it.
 */
export async function attach(
  pid: number,
  agentSource: string,
  handlers: PeerHandlers,
  options: AttachOptions = {},
): Promise<OpenTarget> {
  const { consent = false, signal = null, onStep = () => undefined } = options;
  if (!canLookInto(pid, consent, process.platform)) return attachBlind(pid, agentSource, handlers);
  const attempt: Attempt = { signal, onStep };
  begin(attempt, 'check');
  const info = readProcess(pid);
  checkNamespaces(pid);
  checkIsNode(info);
  checkNodeVersion(pid, nodeVersion(`/proc/${pid}/exe`));
  checkRuns(info);
  const left = takeOverWhatWasLeft(pid);
  const prepared = await attachPrepared(info, agentSource, handlers);
  if (prepared !== null) return prepared;
  const openPort = await findInspector(info);
  begin(attempt, 'check');
  if (openPort !== null && !left.inspector) {
    const address = { host: '127.0.0.1', port: openPort, path: null };
    return attachThrough(info, address, agentSource, handlers, { attempt });
  }
  return attachBySignal(info, openPort, agentSource, handlers, attempt);
}

export type AttachOptions = {
  /** Go on where the system can't tell whether the process may be signalled (not Linux). */
  readonly consent?: boolean;
  /** Ends the attempt with the signal's reason. An inspector that we opened is shut first, as after any failure. */
  readonly signal?: AbortSignal;
  readonly onStep?: (step: AttachStep) => void;
};

/** Opens the inspector, or takes over one that an earlier leakline left open, and has the agent shut it. */
async function attachBySignal(
  info: ProcessInfo,
  openPort: number | null,
  agentSource: string,
  handlers: PeerHandlers,
  attempt: Attempt,
): Promise<OpenTarget> {
  const { pid } = info;
  let signalled = openPort !== null;
  let port = openPort;
  const target = await meetAgent(
    info,
    handlers,
    async ({ directory, socketPath, token }) => {
      if (openPort !== null) claimInspector(directory, pid);
      // The signal comes last: whatever else fails has failed before there is an inspector to shut.
      port ??= await openInspector(info, attempt, () => {
        claimInspector(directory, pid);
        signalled = true;
      });
      const address = { host: '127.0.0.1', port, path: null };
      await installAgent(pid, address, agentSource, { socketPath, token, closeInspector: true }, { attempt });
    },
    {
      attempt,
      onFailure: async (error, directory) => {
        if (!signalled || (await shutWhatWeOpened(info, agentSource, error, port))) return true;
        abandonClaim(directory);
        return false;
      },
    },
  );
  await waitUntil(() => port === null || !listeningPorts(pid).includes(port), SHUT_WITHIN_MS);
  return target;
}

/**
 * Gets an agent into the process behind an inspector that is open already, and leaves that open: it is somebody else's.
 * Throws INSPECTOR_UNREACHABLE, or NOT_THIS_MACHINE if the process is not one of this machine's that listens there.
 */
export async function attachToInspector(
  address: InspectorAddress,
  agentSource: string,
  handlers: PeerHandlers,
): Promise<OpenTarget> {
  const { session, pid } = await reachInspector(address);
  try {
    return await attachThrough(findBehind(address, pid), address, agentSource, handlers, { session });
  } finally {
    await session.close();
  }
}

/** A forwarded port (ssh -L, a container's) leads to a process that only shares its number with one of ours. */
function findBehind(address: InspectorAddress, pid: number): Pick<ProcessInfo, 'pid' | 'uid'> {
  if (process.platform !== 'linux') return ownProcess(pid);
  const info = readUnlessGone(pid);
  if (info === null || !listeningPorts(pid).includes(address.port)) {
    throw new LeaklineError('NOT_THIS_MACHINE', { address: addressText(address), pid });
  }
  checkNamespaces(pid);
  return info;
}

/**
 * macOS and Windows, untested: nothing is known of the process before, and whether somebody else is connected to the
 * inspector can't be seen from inside, so it stays open.
 */
async function attachBlind(pid: number, agentSource: string, handlers: PeerHandlers): Promise<OpenTarget> {
  const prepared = await attachPrepared(ownProcess(pid), agentSource, handlers);
  if (prepared !== null) return prepared;
  try {
    (process as unknown as { _debugProcess(pid: number): void })._debugProcess(pid);
  } catch (cause) {
    throw new LeaklineError('NO_SUCH_PROCESS', { pid }, { cause });
  }
  const address = { host: '127.0.0.1', port: inspectorPort([]), path: null };
  return attachThrough(ownProcess(pid), address, agentSource, handlers);
}

/** Where it can't be known whose a process is, it is taken to be ours: another's could not have been opened. */
function ownProcess(pid: number): Pick<ProcessInfo, 'pid' | 'uid'> {
  return { pid, uid: process.getuid?.() ?? 0 };
}

/** The agent looks every 150 ms whether the inspector can be shut. */
const SHUT_WITHIN_MS = 1000;

function readUnlessGone(pid: number): ProcessInfo | null {
  try {
    return readProcess(pid);
  } catch (error) {
    if (error instanceof LeaklineError && error.code === 'NO_SUCH_PROCESS') return null;
    throw error;
  }
}

export function checkRuns({ pid, state }: ProcessInfo): void {
  if (state === 'T' || state === 't') throw new LeaklineError('PROCESS_STOPPED', { pid });
}

async function attachThrough(
  info: Pick<ProcessInfo, 'pid' | 'uid'>,
  address: InspectorAddress,
  agentSource: string,
  handlers: PeerHandlers,
  { attempt = uninterrupted, session = null }: { attempt?: Attempt; session?: InspectorSocket | null } = {},
): Promise<OpenTarget> {
  const { pid } = info;
  try {
    const invite = ({ socketPath, token }: Invitation): Promise<void> => {
      const installation = { socketPath, token, closeInspector: false };
      return installAgent(pid, address, agentSource, installation, { attempt, session });
    };
    return await meetAgent(info, handlers, invite, { attempt });
  } catch (cause) {
    // A debugger that has paused the program answers for it, and the program itself does nothing.
    const isSilent = cause instanceof LeaklineError && cause.code === 'AGENT_DID_NOT_CONNECT';
    if (isSilent && hasClients(pid, address.port)) {
      throw new LeaklineError('FOREIGN_DEBUGGER', { pid, port: address.port }, { cause });
    }
    throw cause;
  }
}
