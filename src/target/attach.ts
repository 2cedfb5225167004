import { chmodSync, chownSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LeaklineError } from '../core/errors.ts';
import { type AgentDoor, type AgentHello, openAgentDoor } from '../wire/agent-door.ts';
import { type InspectorTarget, listInspectorTargets } from '../wire/inspector-directory.ts';
import { InspectorSocket } from '../wire/inspector-socket.ts';
import type { Peer, PeerHandlers } from '../wire/peer.ts';
import { isPortTaken, listeningPorts } from './listening-port.ts';
import { checkNamespaces } from './namespaces.ts';
import { abandonClaim, claimInspector, takeOverWhatWasLeft } from './left-behind.ts';
import { checkIsNode } from './node-executable.ts';
import { makePrivateDirectory } from './private-directory.ts';
import { processIdentity } from './process-identity.ts';
import { type ProcessInfo, readProcess } from './process-info.ts';

/** An agent inside a process, and the line to it. */
export type OpenTarget = {
  readonly peer: Peer;
  readonly hello: AgentHello;
  /** Ends the connection, upon which the agent takes itself away, and removes the socket. Never fails. */
  close(): Promise<void>;
};

/** What attaching does, in order. Each is told when it is about to be done (`await …` and `install` when it has been asked for), `greeted` when all is. */
export type AttachStep =
  | 'check'
  | 'signal'
  | 'await port'
  | 'list'
  | 'connect'
  | 'identify'
  | 'install'
  | 'await hello'
  | 'greeted';

export type AttachOptions = {
  /** Ends the attempt with the signal's reason. An inspector that we opened is shut first, as after any failure. */
  readonly signal?: AbortSignal;
  readonly onStep?: (step: AttachStep) => void;
};

/**
 * Gets an agent into a process that runs already, and leaves no debugger behind.
 *
 * Signal, if that is safe → make sure that the inspector belongs to this process → one evaluation installs the agent →
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
  if (process.platform !== 'linux')
    throw new LeaklineError('PLATFORM_UNSUPPORTED', { platform: process.platform });
  const attempt: Attempt = { signal: options.signal ?? null, onStep: options.onStep ?? (() => undefined) };
  begin(attempt, 'check');
  const info = readProcess(pid);
  checkNamespaces(pid);
  const left = takeOverWhatWasLeft(pid);
  const foundPort = await findInspector(info);
  begin(attempt, 'check');
  const closeInspector = foundPort === null || left.inspector;
  const directory = makePrivateDirectory();
  let door: AgentDoor | null = null;
  let signalled = left.inspector;
  let opened = false;
  try {
    if (left.inspector) claimInspector(directory, pid);
    const port =
      foundPort ??
      (await openInspector(info, attempt, () => {
        claimInspector(directory, pid);
        signalled = true;
      }));
    opened = true;
    door = await openAgentDoor(join(directory.path, 'agent'));
    letIn(info, directory.path, door.socketPath);
    const accepted = door.accept(handlers, CONNECT_WITHIN_MS);
    // If the installation fails first, that is the error to tell.
    accepted.catch(() => undefined);
    await installAgent(
      info,
      port,
      agentSource,
      { socketPath: door.socketPath, token: door.token, closeInspector },
      attempt,
    );
    begin(attempt, 'await hello');
    const { peer, hello } = await unlessAborted(accepted, attempt).catch((cause: unknown) => {
      if (attempt.signal?.aborted === true) throw cause;
      throw new LeaklineError('AGENT_DID_NOT_CONNECT', { pid, waitedMs: CONNECT_WITHIN_MS }, { cause });
    });
    // A connection needs no path: without it nothing is left even if we are killed.
    directory.remove();
    attempt.onStep('greeted');
    if (closeInspector) await waitUntil(() => !listeningPorts(pid).includes(port), SHUT_WITHIN_MS);
    return { peer, hello, close: () => closeTarget(peer, door) };
  } catch (error) {
    await door?.close();
    const isShut = !signalled || (await shutWhatWeOpened(info, agentSource, { error, opened }));
    if (isShut) directory.remove();
    else abandonClaim(directory);
    throw error;
  }
}

type Attempt = { readonly signal: AbortSignal | null; readonly onStep: (step: AttachStep) => void };

function begin({ signal, onStep }: Attempt, step: AttachStep): void {
  signal?.throwIfAborted();
  onStep(step);
  signal?.throwIfAborted();
}

function unlessAborted<Value>(work: Promise<Value>, { signal }: Attempt): Promise<Value> {
  if (signal === null) return work;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

/** Root may attach to another user's process, whose agent then must be able to come to our socket. */
function letIn({ uid }: ProcessInfo, directory: string, socketPath: string): void {
  chmodSync(socketPath, 0o600);
  if (uid === process.getuid?.()) return;
  chownSync(socketPath, uid, process.getgid?.() ?? 0);
  // To pass through, not to look into.
  chmodSync(directory, 0o711);
}

/** The inspector we asked for, without an agent to shut it. Returns whether that is seen to. Never fails. */
async function shutWhatWeOpened(
  info: ProcessInfo,
  agentSource: string,
  { error, opened }: { error: unknown; opened: boolean },
): Promise<boolean> {
  const code = error instanceof LeaklineError ? error.code : null;
  // It has been waited for long enough; it may open yet.
  if (code === 'INSPECTOR_DID_NOT_OPEN') return false;
  // Node tries the port once, and says on its standard error that it was taken.
  if (code === 'INSPECTOR_PORT_TAKEN' || code === 'WRONG_PROCESS') return true;
  try {
    const findPort = (): number | undefined =>
      listeningPorts(info.pid).find((one) => mayBeInspector(info, one));
    const isGone = (): boolean => processIdentity(info.pid) === null;
    // An agent that was installed has perhaps shut it already.
    if (!opened) await waitUntil(() => findPort() !== undefined || isGone(), SHUT_WITHIN_MS);
    const port = findPort();
    if (port === undefined) return opened || isGone();
    const [inspected] = await listInspectorTargets('127.0.0.1', port, SHUT_WITHIN_MS);
    if (inspected === undefined) return false;
    const socket = await InspectorSocket.open(inspected.webSocketDebuggerUrl, SHUT_WITHIN_MS);
    try {
      if ((await evaluate(socket, 'process.pid')) !== info.pid) return false;
      await evaluate(socket, shutExpression(agentSource));
      return true;
    } finally {
      await socket.close();
    }
  } catch {
    return false;
  }
}

const OPEN_WITHIN_MS = 5000;
const CONNECT_WITHIN_MS = 5000;
/** The agent looks every 150 ms whether the inspector can be shut. */
const SHUT_WITHIN_MS = 1000;
/** Another leakline, attaching to another process, is through the same port in a quarter of a second. */
const PORT_FREE_WITHIN_MS = 3000;
const ATTEMPTS = 3;
const ANSWER_WITHIN_MS = 5000;
/** Node installs its handler within 15 ms of its start (measured); before that the signal is lethal. */
const SAFE_UPTIME_MS = 1000;
const SURELY_BLOCKED_MS = 500;
const DEFAULT_INSPECTOR_PORT = 9229;

export async function closeTarget(peer: Peer, door: AgentDoor | null): Promise<void> {
  peer.close();
  await door?.close();
}

/** An inspector the process has open already: somebody else's, so it stays open. */
async function findInspector(info: ProcessInfo): Promise<number | null> {
  for (const port of listeningPorts(info.pid)) {
    if (!mayBeInspector(info, port)) continue;
    const targets = await listInspectorTargets('127.0.0.1', port, 500).catch(() => []);
    if (targets.length > 0) return port;
  }
  return null;
}

/**
 * Only ports that can be an inspector's are asked: a request to the program's own server would be traffic it did not
 * have. That is the port named by `--inspect…`, or the default.
 */
function mayBeInspector(info: ProcessInfo, port: number): boolean {
  return (
    port === requestedPort(info) ||
    (requestedPort(info) === 0 && info.arguments.some((a) => a.startsWith('--inspect')))
  );
}

function requestedPort(info: ProcessInfo): number {
  for (const argument of info.arguments) {
    const match = /^--(?:inspect|inspect-brk|inspect-wait|inspect-port|debug-port)=(?:.*:)?(\d+)$/.exec(
      argument,
    );
    if (match !== null) return Number(match[1]);
  }
  return DEFAULT_INSPECTOR_PORT;
}

/** Sends SIGUSR1 and waits for the port. Throws rather than send it to a process it would end. */
async function openInspector(info: ProcessInfo, attempt: Attempt, beforeSignal: () => void): Promise<number> {
  const { pid } = info;
  checkIsNode(info);
  if (info.state === 'T' || info.state === 't') throw new LeaklineError('PROCESS_STOPPED', { pid });
  if (info.uptimeMs < SAFE_UPTIME_MS) await unlessAborted(sleep(SAFE_UPTIME_MS - info.uptimeMs), attempt);
  // Node blocks all signals for moments, as while it starts a thread; only an option blocks this one for good.
  await unlessAborted(
    waitUntil(() => readProcess(pid).sigusr1 !== 'blocked', SURELY_BLOCKED_MS),
    attempt,
  );
  checkSignal(info);
  const wanted = requestedPort(info);
  const before = new Set(listeningPorts(pid));
  const findOpened = (): number | undefined =>
    listeningPorts(pid).find((port) => !before.has(port) && (wanted === 0 || port === wanted));
  for (let tries = 1; tries <= ATTEMPTS; tries += 1) {
    const isFree = waitUntil(() => wanted === 0 || !isPortTaken(pid, wanted), PORT_FREE_WITHIN_MS);
    if (!(await unlessAborted(isFree, attempt))) {
      throw new LeaklineError('INSPECTOR_PORT_TAKEN', { pid, port: wanted, otherPid: null });
    }
    begin(attempt, 'signal');
    beforeSignal();
    // Looked at again right before, because waiting for the port takes up to three seconds.
    checkSignal(info);
    process.kill(pid, 'SIGUSR1');
    begin(attempt, 'await port');
    // Two leaklines that look at the same moment both find the port free; the one that comes second tries again.
    const lostRace = (): boolean => wanted !== 0 && isPortTaken(pid, wanted) && findOpened() === undefined;
    await unlessAborted(
      waitUntil(() => findOpened() !== undefined || lostRace(), OPEN_WITHIN_MS),
      attempt,
    );
    const opened = findOpened();
    if (opened !== undefined) return opened;
    if (!lostRace()) break;
  }
  throw new LeaklineError('INSPECTOR_DID_NOT_OPEN', { pid, waitedMs: OPEN_WITHIN_MS });
}

/** Throws unless it is still the same process, and the signal does not end it. */
function checkSignal({ pid, startTicks }: ProcessInfo): void {
  const now = readProcess(pid);
  if (now.startTicks !== startTicks) throw new LeaklineError('NO_SUCH_PROCESS', { pid });
  if (now.sigusr1 === 'lethal') throw new LeaklineError('SIGUSR1_LETHAL', { pid });
  if (now.sigusr1 === 'blocked') throw new LeaklineError('SIGUSR1_DISABLED', { pid });
}

/** Whether the condition came true in time; looks every 20 ms. */
async function waitUntil(condition: () => boolean, timeoutMs: number): Promise<boolean> {
  const deadlineMs = performance.now() + timeoutMs;
  while (!condition()) {
    if (performance.now() >= deadlineMs) return false;
    await sleep(20);
  }
  return true;
}

type Installation = { readonly socketPath: string; readonly token: string; readonly closeInspector: boolean };

async function installAgent(
  info: ProcessInfo,
  port: number,
  agentSource: string,
  options: Installation,
  attempt: Attempt,
): Promise<void> {
  const { pid } = info;
  const fail = (cause: unknown): never => {
    if (cause instanceof LeaklineError || attempt.signal?.aborted === true) throw cause;
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new LeaklineError('INSPECTOR_FAILED', { pid, message }, { cause });
  };
  // Just opened, it may need a moment; and an inspector we opened is not to be given up on at once.
  const list = (): Promise<InspectorTarget[]> => listInspectorTargets('127.0.0.1', port, ANSWER_WITHIN_MS);
  begin(attempt, 'list');
  const listed = list().catch(() => sleep(500).then(list));
  const [inspected] = await unlessAborted(listed, attempt).catch(fail);
  if (inspected === undefined) return fail(new Error('it offers nothing to connect to'));
  begin(attempt, 'connect');
  const socket = await InspectorSocket.open(inspected.webSocketDebuggerUrl, ANSWER_WITHIN_MS).catch(fail);
  try {
    begin(attempt, 'identify');
    // Not given up on an abort: a client must not leave under its own evaluation (see `deferred`).
    const found = await evaluate(socket, 'process.pid');
    // A port can belong to another process than the one that was signalled.
    if (found !== pid) throw new LeaklineError('WRONG_PROCESS', { pid, port, otherPid: Number(found) });
    attempt.signal?.throwIfAborted();
    const installing = evaluate(socket, installExpression(agentSource, options));
    installing.catch(() => undefined);
    begin(attempt, 'install');
    await installing;
  } catch (error) {
    fail(error);
  } finally {
    await socket.close();
  }
}

/** Wrapped in a function, so that the agent's own names don't become globals of the target. */
function installExpression(agentSource: string, options: Installation): string {
  return deferred(agentSource, `leaklineAgent.install(require, ${JSON.stringify(options)});`);
}

/** Where no agent came about: the inspector we opened is shut once nobody is connected to it. */
function shutExpression(agentSource: string): string {
  return deferred(agentSource, 'leaklineAgent.shutInspector(require);');
}

/**
 * The evaluation itself only schedules. Were it still running when its client is killed, Node 20 and 22 would end the
 * process with a segmentation fault (docs/decisions/0006-answer-before-leaving.md).
 */
function deferred(agentSource: string, call: string): string {
  return `(function (require) {
require('node:timers').setImmediate(() => {
try {
${agentSource}
${call}
} catch {}
});
})(require)
//# sourceURL=leakline-agent.js`;
}

async function evaluate(socket: InspectorSocket, expression: string): Promise<unknown> {
  const answer = (await socket.post(
    'Runtime.evaluate',
    { expression, returnByValue: true, includeCommandLineAPI: true, silent: true },
    ANSWER_WITHIN_MS,
  )) as {
    result: { value?: unknown };
    exceptionDetails?: { exception?: { description?: string }; text: string };
  };
  if (answer.exceptionDetails !== undefined) {
    const { exception, text } = answer.exceptionDetails;
    throw new Error(exception?.description?.split('\n')[0] ?? text);
  }
  return answer.result.value;
}
