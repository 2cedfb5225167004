import { LeaklineError } from '../core/errors.ts';
import type { PeerHandlers } from '../wire/peer.ts';
import { type Attempt, type AttachStep, begin, uninterrupted } from './attempt.ts';
import { addressText, type InspectorAddress } from './inspector-address.ts';
import { hasClients, listeningPorts } from './listening-port.ts';
import { InspectorHelper } from './inspector-helper.ts';
import { abandonClaim, takeOverWhatWasLeft } from './left-behind.ts';
import { type Invitation, type OpenTarget, meetAgent } from './meet-agent.ts';
import { checkNamespaces } from './namespaces.ts';
import { checkIsNode } from './node-executable.ts';
import { inspectorPort } from './node-options.ts';
import { checkNodeVersion, nodeVersion } from './node-version.ts';
import { findInspector } from './open-inspector.ts';
import { canLookInto } from './platform.ts';
import { attachPrepared } from './prepared.ts';
import { type ProcessInfo, readProcess, userOf } from './process-info.ts';
import { waitUntil } from './wait-until.ts';

/**
 * Gets an agent into a process that runs already, and leaves no debugger behind.
 *
 * A process that was prepared (`leakline/register`) lets us in by itself, and an inspector that is open already is used.
 * Else: signal, if that is safe → make sure that the inspector belongs to this process → one evaluation installs the agent →
 * our inspector client leaves → the agent shuts the inspector if we opened it, and talks to us over a private socket.
 * No inspector connection outlives this call, whichever way it ends: a connected one would keep the target from
 * exiting. Takes some 200 ms.
 *
 * All that needs an inspector is done by a helper process, which ends it in good order even if leakline is killed.
 */
export async function attach(
  pid: number,
  files: AgentFiles,
  handlers: PeerHandlers,
  options: AttachOptions = {},
): Promise<OpenTarget> {
  const { signal = null, onStep = () => undefined } = options;
  const attempt: Attempt = { signal, onStep };
  begin(attempt, 'check');
  const info = checkAttachable(pid, options);
  if (info === null) return attachBlind(pid, files, handlers);
  const left = takeOverWhatWasLeft(pid);
  const prepared = await attachPrepared(info, files.source, handlers);
  if (prepared !== null) return prepared;
  return attachByInspector(info, left, files, handlers, attempt);
}

async function attachByInspector(
  info: ProcessInfo,
  left: { readonly inspector: boolean },
  files: AgentFiles,
  handlers: PeerHandlers,
  attempt: Attempt,
): Promise<OpenTarget> {
  const { pid } = info;
  for (let tries = 1; ; tries += 1) {
    const openPort = await findInspector(info);
    begin(attempt, 'check');
    const address = openPort === null ? null : { host: '127.0.0.1', port: openPort, path: null };
    const isOurs = openPort === null || left.inspector;
    const helper = new InspectorHelper(files.helper, String(pid));
    try {
      return await attachThrough(info, address, isOurs, files, handlers, helper, attempt);
    } catch (error) {
      if (tries === TRIES || !(openPort === null ? cameUp(error, pid) : wasShut(error, pid, openPort)))
        throw error;
    }
  }
}

/**
 * What can be known of a process without touching it; throws where that is a reason not to attach. `null` where the system tells
 * nothing (not Linux).
 */
export function checkAttachable(pid: number, { consent = false }: AttachOptions = {}): ProcessInfo | null {
  if (!canLookInto(pid, consent, process.platform)) return null;
  const info = readProcess(pid);
  checkNamespaces(pid);
  checkIsNode(info);
  checkNodeVersion(pid, nodeVersion(`/proc/${pid}/exe`));
  checkRuns(info);
  return info;
}

/** Between our look and our signal: that of a leakline which was killed right after its own, or somebody's. */
function cameUp(error: unknown, pid: number): boolean {
  if (!(error instanceof LeaklineError) || error.code !== 'INSPECTOR_PORT_TAKEN') return false;
  return listeningPorts(pid).includes((error as LeaklineError<'INSPECTOR_PORT_TAKEN'>).facts.port);
}

/** Under us, by the agent of another leakline that had opened it. */
function wasShut(error: unknown, pid: number, port: number): boolean {
  const failed = error instanceof LeaklineError && error.code === 'INSPECTOR_FAILED';
  return failed && !listeningPorts(pid).includes(port);
}

const TRIES = 3;

/** The built texts that attaching needs: the agent, and the path of the helper process. */
export type AgentFiles = { readonly source: string; readonly helper: string };

export type AttachOptions = {
  /** Go on where the system can't tell whether the process may be signalled (not Linux). */
  readonly consent?: boolean;
  /** Ends the attempt with the signal's reason. An inspector that we opened is shut first, as after any failure. */
  readonly signal?: AbortSignal;
  readonly onStep?: (step: AttachStep) => void;
};

/**
 * Gets an agent into the process behind an inspector that is open already, and leaves that open: it is somebody else's.
 * Throws INSPECTOR_UNREACHABLE, or NOT_THIS_MACHINE if the process is not one of this machine's that listens there.
 */
export async function attachToInspector(
  address: InspectorAddress,
  files: AgentFiles,
  handlers: PeerHandlers,
): Promise<OpenTarget> {
  const helper = new InspectorHelper(files.helper, addressText(address));
  try {
    const info = findBehind(address, await helper.identify(address));
    return await attachThrough(info, address, false, files, handlers, helper);
  } finally {
    helper.dismiss();
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
async function attachBlind(pid: number, files: AgentFiles, handlers: PeerHandlers): Promise<OpenTarget> {
  const prepared = await attachPrepared(ownProcess(pid), files.source, handlers);
  if (prepared !== null) return prepared;
  try {
    (process as unknown as { _debugProcess(pid: number): void })._debugProcess(pid);
  } catch (cause) {
    throw new LeaklineError('NO_SUCH_PROCESS', { pid }, { cause });
  }
  const address = { host: '127.0.0.1', port: inspectorPort([]), path: null };
  return attachThrough(
    ownProcess(pid),
    address,
    false,
    files,
    handlers,
    new InspectorHelper(files.helper, String(pid)),
  );
}

function ownProcess(pid: number): Pick<ProcessInfo, 'pid' | 'uid'> {
  return { pid, uid: userOf(pid) };
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

/** `address` is `null` where the inspector is to be opened; `isOurs`, where the agent is to shut it. */
async function attachThrough(
  info: Pick<ProcessInfo, 'pid' | 'uid'>,
  address: InspectorAddress | null,
  isOurs: boolean,
  { source }: AgentFiles,
  handlers: PeerHandlers,
  helper: InspectorHelper,
  attempt: Attempt = uninterrupted,
): Promise<OpenTarget> {
  const { pid } = info;
  const contended = address !== null && (await hasOtherClient(pid, address.port));
  let port = 0;
  let note: string | null = null;
  const invite = async ({ directory, socketPath, token }: Invitation): Promise<void> => {
    note = directory;
    const errand = { pid, address, isOurs, agentSource: source, socketPath, token, directory };
    port = await helper.run(errand, attempt);
  };
  const onFailure = async (): Promise<boolean> => {
    // Before the helper was asked for anything there is nothing to undo.
    if (note === null || (await helper.undo())) return true;
    abandonClaim(note);
    return false;
  };
  try {
    const target = await meetAgent(info, handlers, invite, { attempt, onFailure });
    if (isOurs) await waitUntil(() => !listeningPorts(pid).includes(port), SHUT_WITHIN_MS);
    return { ...target, contended };
  } catch (cause) {
    // A debugger that has paused the program answers for it, and the program itself does nothing.
    const isSilent = cause instanceof LeaklineError && cause.code === 'AGENT_DID_NOT_CONNECT';
    if (isSilent && address !== null && hasClients(pid, address.port)) {
      throw new LeaklineError('FOREIGN_DEBUGGER', { pid, port: address.port }, { cause });
    }
    throw cause;
  } finally {
    helper.dismiss();
  }
}

/** Looked at before we are one ourselves, when the request that found the inspector has gone. */
async function hasOtherClient(pid: number, port: number): Promise<boolean> {
  if (process.platform !== 'linux') return false;
  return !(await waitUntil(() => !hasClients(pid, port), REQUEST_GONE_MS));
}

const REQUEST_GONE_MS = 200;
