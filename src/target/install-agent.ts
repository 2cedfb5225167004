import { setTimeout as sleep } from 'node:timers/promises';
import { LeaklineError } from '../core/errors.ts';
import { type InspectorTarget, listInspectorTargets } from '../wire/inspector-directory.ts';
import { InspectorSocket } from '../wire/inspector-socket.ts';
import { type Attempt, begin, unlessAborted, uninterrupted } from './attempt.ts';
import { addressText, type InspectorAddress } from './inspector-address.ts';
import { checkNodeVersion } from './node-version.ts';

export type Installation = {
  readonly socketPath: string;
  readonly token: string;
  /** The inspector was opened by us, so the agent is to shut it. */
  readonly closeInspector: boolean;
};

/**
 * A session with an open inspector, and the pid of the process behind it. Throws INSPECTOR_UNREACHABLE if none answers.
 * The caller closes the session, and soon: while it is open the process can't exit.
 */
export async function reachInspector(
  address: InspectorAddress,
): Promise<{ readonly session: InspectorSocket; readonly pid: number }> {
  const unreachable = (cause: unknown): never => {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new LeaklineError('INSPECTOR_UNREACHABLE', { address: addressText(address), message }, { cause });
  };
  const session = await openSession(address).catch(unreachable);
  try {
    return { session, pid: Number(await evaluate(session, 'process.pid')) };
  } catch (cause) {
    await session.close();
    return unreachable(cause);
  }
}

/**
 * One inspector session: makes sure that this is the process, evaluates the agent, and leaves. Throws WRONG_PROCESS,
 * NODE_TOO_OLD, INSPECTOR_FAILED, or the reason of the attempt's signal. A `session`
 * that is handed in is used, and closed like one of its own: each session is a line in the program's output.
 */
export async function installAgent(
  pid: number,
  address: InspectorAddress,
  agentSource: string,
  options: Installation,
  attempt: Attempt,
  session: InspectorSocket | null = null,
): Promise<void> {
  const fail = (cause: unknown): never => {
    if (cause instanceof LeaklineError || attempt.signal?.aborted === true) throw cause;
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new LeaklineError('INSPECTOR_FAILED', { pid, message }, { cause });
  };
  const socket = session ?? (await openSession(address, attempt).catch(fail));
  try {
    begin(attempt, 'identify');
    // Not given up on an abort: a client must not leave under its own evaluation (see `deferred`).
    const [found, node] = (await evaluate(socket, '[process.pid, process.version]')) as [number, string];
    // A port can belong to another process than the one that was signalled.
    if (found !== pid) {
      throw new LeaklineError('WRONG_PROCESS', { pid, port: address.port, otherPid: found });
    }
    checkNodeVersion(pid, node);
    attempt.signal?.throwIfAborted();
    const installing = evaluate(socket, installExpression(agentSource, options));
    installing.catch(() => undefined);
    attempt.onStep('install');
    await installing;
    attempt.signal?.throwIfAborted();
  } catch (error) {
    fail(error);
  } finally {
    await socket.close();
  }
}

const ANSWER_WITHIN_MS = 5000;

/** Evaluates what shuts the inspector once nobody is connected to it, where no agent came about. */
export async function shutInspector(
  pid: number,
  address: InspectorAddress,
  agentSource: string,
): Promise<boolean> {
  const socket = await openSession(address);
  try {
    if ((await evaluate(socket, 'process.pid')) !== pid) return false;
    await evaluate(socket, shutExpression(agentSource));
    return true;
  } finally {
    await socket.close();
  }
}

async function openSession(
  address: InspectorAddress,
  attempt: Attempt = uninterrupted,
): Promise<InspectorSocket> {
  begin(attempt, 'list');
  const path = address.path ?? (await unlessAborted(targetPath(address), attempt));
  begin(attempt, 'connect');
  return InspectorSocket.open(`ws://${addressText(address)}${path}`, ANSWER_WITHIN_MS);
}

/** Only the path is taken from the answer: whom we connect to is not for it to say. */
async function targetPath({ host, port }: InspectorAddress): Promise<string> {
  const list = (): Promise<InspectorTarget[]> => listInspectorTargets(host, port, ANSWER_WITHIN_MS);
  // Just opened, it may need a moment; and an inspector we opened is not to be given up on at once.
  const [inspected] = await list().catch(() => sleep(500).then(list));
  if (inspected === undefined) throw new Error('it offers nothing to connect to');
  return new URL(inspected.webSocketDebuggerUrl).pathname;
}

/** Wrapped in a function, so that the agent's own names don't become globals of the target. */
export function installExpression(agentSource: string, options: Installation): string {
  return deferred(agentSource, `leaklineAgent.install(require, ${JSON.stringify(options)});`);
}

/** Where no agent came about: the inspector we opened is shut once nobody is connected to it. */
function shutExpression(agentSource: string): string {
  return deferred(agentSource, 'leaklineAgent.shutInspector(require);');
}

/**
 * The evaluation itself only schedules. Were it still running when its client is killed, Node 20 and 22 would end the
 * process with a segmentation fault (docs/decisions/0007-answer-before-leaving.md). What the text throws must not reach the
 * program; that no agent has come is told by whoever waits for it.
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
