import { LeaklineError } from '../core/errors.ts';
import { shutInspector } from './install-agent.ts';
import { likelyInspectorPorts } from './open-inspector.ts';
import { processIdentity } from './process-identity.ts';
import { readProcess } from './process-info.ts';
import { waitUntil } from './wait-until.ts';

/**
 * Shuts the inspector we asked for, where no agent came about that would. `port` is `null` if it was not seen open yet.
 * Returns whether that is seen to, and never fails.
 *
 * An agent that was sent is given the time to shut it itself. A client that came at the moment in which it does could end the
 * process (docs/decisions/0007-answer-before-leaving.md): only after that time does the agent look right before it shuts.
 */
export async function shutWhatWeOpened(
  pid: number,
  agentSource: string,
  error: unknown,
  port: number | null,
  agentWasSent: boolean,
): Promise<boolean> {
  const code = error instanceof LeaklineError ? error.code : null;
  // It has been waited for long enough; it may open yet. So it may where the program seemed to have its own handler, and
  // was waiting for a child process (`execSync`).
  if (code === 'INSPECTOR_DID_NOT_OPEN' || code === 'SIGUSR1_TAKEN') return false;
  // Node tries the port once, and says on its standard error that it was taken.
  if (code === 'INSPECTOR_PORT_TAKEN' || code === 'WRONG_PROCESS') return true;
  try {
    const isGone = (): boolean => processIdentity(pid) === null;
    const ports = (): number[] => (isGone() ? [] : likelyInspectorPorts(readProcess(pid)));
    // An agent that was installed has perhaps shut it already.
    if (port === null) await waitUntil(() => isGone() || ports().length > 0, OPENS_WITHIN_MS);
    else if (agentWasSent)
      await waitUntil(() => isGone() || !ports().includes(port), AGENT_SHUTS_WITHIN_MS, 60);
    const open = ports().find((one) => port === null || one === port);
    if (open === undefined) return port !== null || isGone();
    return await shutInspector(pid, { host: '127.0.0.1', port: open, path: null }, agentSource);
  } catch {
    return false;
  }
}

const OPENS_WITHIN_MS = 1000;
/** Four times as long as the agent believes what leakline has seen. */
const AGENT_SHUTS_WITHIN_MS = 2000;
