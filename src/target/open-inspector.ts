import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { LeaklineError } from '../core/errors.ts';
import { listInspectorTargets } from '../wire/inspector-directory.ts';
import { type Attempt, begin, unlessAborted } from './attempt.ts';
import { isPortTaken, listeningPorts, portHolder } from './listening-port.ts';
import { takeInspectorTurn } from './inspector-turn.ts';
import { checkIsNode } from './node-executable.ts';
import { inspectorPort, namesPermissionModel, nodeOptions, opensInspector } from './node-options.ts';
import { type ProcessInfo, parseStat, readProcess } from './process-info.ts';
import { waitUntil } from './wait-until.ts';

/**
 * Sends SIGUSR1 and waits for the port. Throws rather than send it to a process it would end, or that has the port open by
 * now. `beforeSignal` is called right before it is sent.
 */
export async function openInspector(
  info: ProcessInfo,
  attempt: Attempt,
  beforeSignal: () => void,
): Promise<number> {
  const { pid } = info;
  if (info.uptimeMs < SAFE_UPTIME_MS) await unlessAborted(sleep(SAFE_UPTIME_MS - info.uptimeMs), attempt);
  // Node blocks all signals for moments, as while it starts a thread; only an option blocks this one for good.
  const isSettled = waitUntil(() => readProcess(pid).sigusr1 !== 'blocked', SURELY_BLOCKED_MS);
  await unlessAborted(isSettled, attempt);
  const options = nodeOptions(checkSignal(info));
  const wanted = inspectorPort(options);
  if (wanted === 0) return signalUntilOpen(info, wanted, attempt, beforeSignal);
  const turn = await takeInspectorTurn(wanted, attempt);
  try {
    return await signalUntilOpen(info, wanted, attempt, beforeSignal);
  } finally {
    turn.release();
  }
}

async function signalUntilOpen(
  info: ProcessInfo,
  wanted: number,
  attempt: Attempt,
  beforeSignal: () => void,
): Promise<number> {
  const { pid } = info;
  const before = new Set(listeningPorts(pid));
  if (wanted !== 0 && before.has(wanted))
    throw new LeaklineError('INSPECTOR_PORT_TAKEN', { pid, port: wanted, otherPid: pid });
  const findOpened = (): number | undefined =>
    listeningPorts(pid).find((port) => !before.has(port) && (wanted === 0 || port === wanted));
  for (let tries = 1; tries <= ATTEMPTS; tries += 1) {
    if (!(await unlessAborted(comesFree(pid, wanted), attempt))) {
      throw new LeaklineError('INSPECTOR_PORT_TAKEN', { pid, port: wanted, otherPid: portHolder(wanted) });
    }
    begin(attempt, 'signal');
    beforeSignal();
    // Looked at again right before, because waiting for the port takes up to ten seconds.
    checkSignal(info);
    process.kill(pid, 'SIGUSR1');
    begin(attempt, 'await port');
    const rest = new RestWatch(pid);
    // Somebody else may take the port at this very moment: then we try again.
    const lostRace = (): boolean => wanted !== 0 && isPortTaken(pid, wanted) && findOpened() === undefined;
    const isOver = (): boolean => findOpened() !== undefined || lostRace() || rest.isAtRest;
    await unlessAborted(waitUntil(isOver, OPEN_WITHIN_MS), attempt);
    const opened = findOpened();
    if (opened !== undefined) return opened;
    if (lostRace()) continue;
    if (rest.isAtRest) throw new LeaklineError('SIGUSR1_TAKEN', { pid });
    break;
  }
  throw new LeaklineError('INSPECTOR_DID_NOT_OPEN', { pid, waitedMs: OPEN_WITHIN_MS });
}

/** Whether the port is free, or comes to be in time. */
async function comesFree(pid: number, port: number): Promise<boolean> {
  const isFree = (): boolean => port === 0 || !isPortTaken(pid, port);
  if (await waitUntil(isFree, PORT_FREE_WITHIN_MS)) return true;
  return isPassingInspector(port) ? waitUntil(isFree, INSPECTOR_SHUT_WITHIN_MS, 100) : isFree();
}

/** One of Node that no option opened: another leakline's, perhaps, whose process stands still and so can't shut it. */
function isPassingInspector(port: number): boolean {
  const holder = portHolder(port);
  if (holder === null) return false;
  try {
    const info = readProcess(holder);
    checkIsNode(info);
    const options = nodeOptions(info);
    return inspectorPort(options) === port && !opensInspector(options);
  } catch {
    // It has gone meanwhile, or is closed to us.
    return false;
  }
}

/** Throws unless it is still the same process, and the signal does not end it. */
function checkSignal({ pid, startTicks }: ProcessInfo): ProcessInfo {
  const now = readProcess(pid);
  if (now.startTicks !== startTicks) throw new LeaklineError('NO_SUCH_PROCESS', { pid });
  const refusal = signalRefusal(now, nodeOptions(now));
  if (refusal !== null) throw refusal;
  return now;
}

/** Why SIGUSR1 must or need not be sent; `null` if it may. Reads `/proc` only. */
export function signalRefusal(info: ProcessInfo, options: readonly string[]): LeaklineError | null {
  const { pid } = info;
  if (info.sigusr1 === 'lethal') {
    return new LeaklineError('SIGUSR1_LETHAL', { pid, starting: info.uptimeMs < SAFE_UPTIME_MS });
  }
  if (info.sigusr1 === 'caught') return null;
  return new LeaklineError(namesPermissionModel(options) ? 'PERMISSION_MODEL' : 'SIGUSR1_DISABLED', { pid });
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
  const anyPort = wanted === 0 && opensInspector(options);
  return listeningPorts(info.pid).filter((port) => anyPort || port === wanted);
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
      const thread = `/proc/${this.#pid}/task/${this.#pid}`;
      const { state } = parseStat(readFileSync(`${thread}/stat`, 'latin1'));
      // It also sleeps in `Atomics.wait`, and handles no signal there; where the kernel does not tell, nothing is known.
      return state === 'S' && /epoll|ep_poll/.test(readFileSync(`${thread}/wchan`, 'latin1'));
    } catch {
      return false;
    }
  }
}

/** An inspector is there within a tenth of a second. */
const REST_MS = 2000;
const REST_SHARE = 0.9;
const OPEN_WITHIN_MS = 5000;
/** Another leakline, attaching to another process, is through the same port in a quarter of a second. */
const PORT_FREE_WITHIN_MS = 3000;
const INSPECTOR_SHUT_WITHIN_MS = 7000;
const ATTEMPTS = 3;
/** Node installs its handler within 15 ms of its start (measured); before that the signal is lethal. */
const SAFE_UPTIME_MS = 1000;
const SURELY_BLOCKED_MS = 500;
