import { setTimeout as sleep } from 'node:timers/promises';
import { LeaklineError } from '../core/errors.ts';
import { type InspectorTarget, listInspectorTargets } from '../wire/inspector-directory.ts';
import { InspectorSocket } from '../wire/inspector-socket.ts';
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
 * NODE_TOO_OLD, INSPECTOR_FAILED; an inspector that we opened is then shut again, if it is the right one. A `session`
 * that is handed in is used, and closed like one of its own.
 */
export async function installAgent(
  pid: number,
  address: InspectorAddress,
  agentSource: string,
  options: Installation,
  session: InspectorSocket | null = null,
): Promise<void> {
  const fail = (cause: unknown): never => {
    if (cause instanceof LeaklineError) throw cause;
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new LeaklineError('INSPECTOR_FAILED', { pid, message }, { cause });
  };
  const socket = session ?? (await openSession(address).catch(fail));
  try {
    const [found, node] = (await evaluate(socket, '[process.pid, process.version]')) as [number, string];
    // A port can belong to another process than the one that was signalled.
    if (found !== pid) {
      throw new LeaklineError('WRONG_PROCESS', { pid, port: address.port, otherPid: found });
    }
    checkNodeVersion(pid, node);
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

const ANSWER_WITHIN_MS = 5000;

async function openSession(address: InspectorAddress): Promise<InspectorSocket> {
  const path = address.path ?? (await targetPath(address));
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
