import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { LeaklineError } from '../core/errors.ts';
import { listInspectorTargets } from '../wire/inspector-directory.ts';
import { isPortTaken, listeningPorts, portHolder } from './listening-port.ts';
import { hasPermissionModel, inspectorPort, nodeOptions } from './node-options.ts';
import { type ProcessInfo, parseStat, readProcess } from './process-info.ts';

/** Sends SIGUSR1 and waits for the port. Throws rather than send it to a process it would end. */
export async function openInspector(info: ProcessInfo): Promise<number> {
  const { pid } = info;
  if (info.uptimeMs < SAFE_UPTIME_MS) await sleep(SAFE_UPTIME_MS - info.uptimeMs);
  const now = readProcess(pid);
  if (now.startTicks !== info.startTicks) throw new LeaklineError('NO_SUCH_PROCESS', { pid });
  const options = nodeOptions(now);
  const refusal = signalRefusal(now, options);
  if (refusal !== null) throw refusal;
  const wanted = inspectorPort(options);
  const before = new Set(listeningPorts(pid));
  const findOpened = (): number | undefined =>
    listeningPorts(pid).find((port) => !before.has(port) && (wanted === 0 || port === wanted));
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    if (wanted !== 0 && !(await waitUntil(() => !isPortTaken(pid, wanted), PORT_FREE_WITHIN_MS))) {
      throw new LeaklineError('INSPECTOR_PORT_TAKEN', { pid, port: wanted, otherPid: portHolder(wanted) });
    }
    process.kill(pid, 'SIGUSR1');
    const rest = new RestWatch(pid);
    // Two leaklines that look at the same moment both find the port free; the one that comes second tries again.
    const lostRace = (): boolean => wanted !== 0 && isPortTaken(pid, wanted) && findOpened() === undefined;
    await waitUntil(() => findOpened() !== undefined || lostRace() || rest.isAtRest, OPEN_WITHIN_MS);
    const opened = findOpened();
    if (opened !== undefined) return opened;
    if (lostRace()) continue;
    if (rest.isAtRest) throw new LeaklineError('SIGUSR1_TAKEN', { pid });
    break;
  }
  throw new LeaklineError('INSPECTOR_DID_NOT_OPEN', { pid, waitedMs: OPEN_WITHIN_MS });
}

/** Why SIGUSR1 must or need not be sent; `null` if it may. Reads `/proc` only. */
export function signalRefusal(info: ProcessInfo, options: readonly string[]): LeaklineError | null {
  const { pid } = info;
  if (info.sigusr1 === 'lethal') {
    return new LeaklineError('SIGUSR1_LETHAL', { pid, starting: info.uptimeMs < SAFE_UPTIME_MS });
  }
  if (info.sigusr1 === 'caught') return null;
  return new LeaklineError(hasPermissionModel(options) ? 'PERMISSION_MODEL' : 'SIGUSR1_DISABLED', { pid });
}

/** An inspector the process has open already: somebody else's, so it stays open. */
export async function findInspector(info: ProcessInfo): Promise<number | null> {
  for (const port of likelyInspectorPorts(info)) {
    const targets = await listInspectorTargets('127.0.0.1', port, 500).catch(() => []);
    if (targets.length > 0) return port;
  }
  return null;
}

/**
 * Only ports that can be an inspector's are asked: a request to the program's own server would be traffic it did not
 * have. That is the port named by `--inspect…`, or the default.
 */
export function likelyInspectorPorts(info: ProcessInfo): number[] {
  const options = nodeOptions(info);
  const wanted = inspectorPort(options);
  const anyPort = wanted === 0 && options.some((option) => /^--inspect(?:-brk|-wait)?(?:=|$)/.test(option));
  return listeningPorts(info.pid).filter((port) => anyPort || port === wanted);
}

/** Whether the condition came true in time; looks every 20 ms. */
export async function waitUntil(condition: () => boolean, timeoutMs: number): Promise<boolean> {
  const deadlineMs = performance.now() + timeoutMs;
  while (!condition()) {
    if (performance.now() >= deadlineMs) return false;
    await sleep(LOOK_EVERY_MS);
  }
  return true;
}

/**
 * Node opens its inspector from the event loop or, under running JavaScript, by an interrupt. A main thread that sleeps
 * nearly always has had the time, and has done something else with the signal: the program has a handler of its own.
 */
class RestWatch {
  readonly #pid: number;
  readonly #startedMs = performance.now();
  #looks = 0;
  #asleep = 0;

  constructor(pid: number) {
    this.#pid = pid;
  }

  get isAtRest(): boolean {
    this.#looks += 1;
    if (this.#sleeps()) this.#asleep += 1;
    return performance.now() - this.#startedMs >= REST_MS && this.#asleep >= REST_SHARE * this.#looks;
  }

  #sleeps(): boolean {
    try {
      return parseStat(readFileSync(`/proc/${this.#pid}/task/${this.#pid}/stat`, 'latin1')).state === 'S';
    } catch {
      return false;
    }
  }
}

/** An inspector is there within a tenth of a second. */
const REST_MS = 2000;
const REST_SHARE = 0.9;
const LOOK_EVERY_MS = 20;
const OPEN_WITHIN_MS = 5000;
/** Another leakline, attaching to another process, is through the same port in a quarter of a second. */
const PORT_FREE_WITHIN_MS = 3000;
const ATTEMPTS = 3;
/** Node installs its handler within 15 ms of its start (measured); before that the signal is lethal. */
const SAFE_UPTIME_MS = 1000;
