import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LeaklineError } from '../core/errors.ts';
import { type AgentDoor, type AgentHello, openAgentDoor } from '../wire/agent-door.ts';
import { type InspectorTarget, listInspectorTargets } from '../wire/inspector-directory.ts';
import { InspectorSocket } from '../wire/inspector-socket.ts';
import type { Peer, PeerHandlers } from '../wire/peer.ts';
import { isPortTaken, listeningPorts } from './listening-port.ts';
import { checkNamespaces } from './namespaces.ts';
import { checkIsNode } from './node-executable.ts';
import { makePrivateDirectory } from './private-directory.ts';
import { type ProcessInfo, readProcess } from './process-info.ts';

/** An agent inside a process, and the line to it. */
export type OpenTarget = {
  readonly peer: Peer;
  readonly hello: AgentHello;
  /** Ends the connection, upon which the agent takes itself away, and removes the socket. Never fails. */
  close(): Promise<void>;
};

/**
 * Gets an agent into a process that runs already, and leaves no debugger behind.
 *
 * Signal, if that is safe → make sure that the inspector belongs to this process → one evaluation installs the agent →
 * our inspector client leaves → the agent shuts the inspector if we opened it, and talks to us over a private socket.
 * No inspector connection outlives this call, whichever way it ends: a connected one would keep the target from
 * exiting. Takes some 200 ms.
 */
export async function attach(pid: number, agentSource: string, handlers: PeerHandlers): Promise<OpenTarget> {
  if (process.platform !== 'linux')
    throw new LeaklineError('PLATFORM_UNSUPPORTED', { platform: process.platform });
  const info = readProcess(pid);
  checkNamespaces(pid);
  const openPort = await findInspector(info);
  const port = openPort ?? (await openInspector(info));
  const directory = makePrivateDirectory();
  let door: AgentDoor | null = null;
  try {
    door = await openAgentDoor(join(directory.path, 'agent'));
    chmodSync(door.socketPath, 0o600);
    const accepted = door.accept(handlers, CONNECT_WITHIN_MS);
    // If the installation fails first, that is the error to tell.
    accepted.catch(() => undefined);
    await installAgent(info, port, agentSource, {
      socketPath: door.socketPath,
      token: door.token,
      closeInspector: openPort === null,
    });
    const { peer, hello } = await accepted.catch((cause: unknown) => {
      throw new LeaklineError('AGENT_DID_NOT_CONNECT', { pid, waitedMs: CONNECT_WITHIN_MS }, { cause });
    });
    // A connection needs no path: without it nothing is left even if we are killed.
    directory.remove();
    if (openPort === null) await waitUntil(() => !listeningPorts(pid).includes(port), SHUT_WITHIN_MS);
    return { peer, hello, close: () => closeTarget(peer, door) };
  } catch (error) {
    await door?.close();
    directory.remove();
    throw error;
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
async function openInspector(info: ProcessInfo): Promise<number> {
  const { pid } = info;
  checkIsNode(info);
  if (info.state === 'T' || info.state === 't') throw new LeaklineError('PROCESS_STOPPED', { pid });
  if (info.uptimeMs < SAFE_UPTIME_MS) await sleep(SAFE_UPTIME_MS - info.uptimeMs);
  const now = readProcess(pid);
  if (now.startTicks !== info.startTicks) throw new LeaklineError('NO_SUCH_PROCESS', { pid });
  if (now.sigusr1 === 'lethal') throw new LeaklineError('SIGUSR1_LETHAL', { pid });
  if (now.sigusr1 === 'blocked') throw new LeaklineError('SIGUSR1_DISABLED', { pid });
  const wanted = requestedPort(info);
  const before = new Set(listeningPorts(pid));
  const findOpened = (): number | undefined =>
    listeningPorts(pid).find((port) => !before.has(port) && (wanted === 0 || port === wanted));
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    if (wanted !== 0 && !(await waitUntil(() => !isPortTaken(pid, wanted), PORT_FREE_WITHIN_MS))) {
      throw new LeaklineError('INSPECTOR_PORT_TAKEN', { pid, port: wanted, otherPid: null });
    }
    process.kill(pid, 'SIGUSR1');
    // Two leaklines that look at the same moment both find the port free; the one that comes second tries again.
    const lostRace = (): boolean => wanted !== 0 && isPortTaken(pid, wanted) && findOpened() === undefined;
    await waitUntil(() => findOpened() !== undefined || lostRace(), OPEN_WITHIN_MS);
    const opened = findOpened();
    if (opened !== undefined) return opened;
    if (!lostRace()) break;
  }
  throw new LeaklineError('INSPECTOR_DID_NOT_OPEN', { pid, waitedMs: OPEN_WITHIN_MS });
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
): Promise<void> {
  const { pid } = info;
  const fail = (cause: unknown): never => {
    if (cause instanceof LeaklineError) throw cause;
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new LeaklineError('INSPECTOR_FAILED', { pid, message }, { cause });
  };
  // Just opened, it may need a moment; and an inspector we opened is not to be given up on at once.
  const list = (): Promise<InspectorTarget[]> => listInspectorTargets('127.0.0.1', port, ANSWER_WITHIN_MS);
  const [inspected] = await list()
    .catch(() => sleep(500).then(list))
    .catch(fail);
  if (inspected === undefined) return fail(new Error('it offers nothing to connect to'));
  const socket = await InspectorSocket.open(inspected.webSocketDebuggerUrl, ANSWER_WITHIN_MS).catch(fail);
  try {
    const found = await evaluate(socket, 'process.pid');
    // A port can belong to another process than the one that was signalled.
    if (found !== pid) throw new LeaklineError('WRONG_PROCESS', { pid, port, otherPid: Number(found) });
    await evaluate(socket, installExpression(agentSource, options));
  } catch (error) {
    // Not in another process: that inspector is not ours to shut.
    const isOurs = !(error instanceof LeaklineError && error.code === 'WRONG_PROCESS');
    if (options.closeInspector && isOurs)
      await evaluate(socket, shutExpression(agentSource)).catch(() => undefined);
    fail(error);
  } finally {
    await socket.close();
  }
}

/** Wrapped in a function, so that the agent's own names don't become globals of the target. */
export function installExpression(agentSource: string, options: Installation): string {
  return `(function (require) {\n${agentSource}\nleaklineAgent.install(require, ${JSON.stringify(options)});\n})(require)\n//# sourceURL=leakline-agent.js`;
}

/** Where no agent came about: the inspector we opened is shut once nobody is connected to it. */
function shutExpression(agentSource: string): string {
  return `(function (require) {\n${agentSource}\nleaklineAgent.shutInspector(require);\n})(require)\n//# sourceURL=leakline-agent.js`;
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
