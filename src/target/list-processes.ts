import { readdirSync, realpathSync } from 'node:fs';
import { LeaklineError } from '../core/errors.ts';
import { checkRuns } from './attach.ts';
import { isPortTaken, portHolder } from './listening-port.ts';
import { checkNamespaces } from './namespaces.ts';
import { checkIsNode, isOtherRuntime } from './node-executable.ts';
import { inspectorPort, nodeOptions } from './node-options.ts';
import { checkNodeVersion, nodeVersion } from './node-version.ts';
import { likelyInspectorPorts, signalRefusal } from './open-inspector.ts';
import { canLookInto } from './platform.ts';
import { isPrepared } from './prepared.ts';
import { type ProcessInfo, type ProcessOutline, readOutline, readProcess } from './process-info.ts';
import { systemProcessList } from './system-process-list.ts';

export type ListedProcess = {
  readonly outline: ProcessOutline;
  /** As `v20.20.2`; `null` where the executable can't be read or does not tell. */
  readonly node: string | null;
  /** How leakline would get in; `null` if it can't. */
  readonly way: WayIn | null;
  /** Why it can't now; `null` if it can. */
  readonly refusal: LeaklineError | null;
};

/** `prepared`: by leakline/register. `inspector`: one that is open already. `signal`: SIGUSR1 opens one. */
export type WayIn = 'prepared' | 'inspector' | 'signal';

/**
 * The Node processes of this machine, leakline's own left out. Bun and Deno are listed too, as what can't be attached to.
 *
 * Reads `/proc` and nothing else, so two things show only when one attaches: that the program handles SIGUSR1 itself,
 * and that a debugger holds it. Where there is no `/proc` the system's tools are asked. Throws PROCESS_LIST_FAILED there.
 */
export function listProcesses(): ListedProcess[] {
  if (process.platform !== 'linux')
    return listElsewhere(process.platform, systemProcessList(process.platform));
  const callers = ancestors(process.pid, (pid) => readOutline(pid)?.parent);
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && pid !== process.pid)
    .flatMap((pid) => list(pid) ?? [])
    .filter(({ outline }) => !isLeakline(outline, callers));
}

/** What is called node. Whether it may be opened is not to be seen there, so each needs the user's word. */
export function listElsewhere(
  platform: NodeJS.Platform,
  outlines: readonly ProcessOutline[],
): ListedProcess[] {
  const parentByPid = new Map(outlines.map(({ pid, parent }) => [pid, parent]));
  const callers = ancestors(process.pid, (pid) => parentByPid.get(pid));
  return outlines
    .filter((outline) => outline.pid !== process.pid && /^(node|nodejs)(\.exe)?$/i.test(outline.name))
    .filter((outline) => !isLeakline(outline, callers))
    .map((outline) =>
      unreachable(
        outline,
        refusalBy(() => canLookInto(outline.pid, false, platform)),
      ),
    );
}

/** `null` for what is no Node, and what has gone meanwhile. */
function list(pid: number): ListedProcess | null {
  const outline = readOutline(pid);
  if (outline === null) return null;
  try {
    const info = readProcess(pid);
    if (isOtherRuntime(info))
      return unreachable(
        outline,
        refusalBy(() => checkIsNode(info)),
      );
    if (refusalBy(() => checkIsNode(info)) !== null) return null;
    const node = nodeVersion(`/proc/${pid}/exe`);
    const found = findWay(info, node);
    return found instanceof LeaklineError
      ? { ...unreachable(outline, found), node }
      : { outline, node, way: found, refusal: null };
  } catch (error) {
    // Gone between two looks; or closed to us, and then its name has to tell what it is.
    if (!(error instanceof LeaklineError)) throw error;
    if (error.code === 'NO_SUCH_PROCESS' || !looksLikeNode(outline)) return null;
    return unreachable(outline, error);
  }
}

function unreachable(outline: ProcessOutline, refusal: LeaklineError | null): ListedProcess {
  return { outline, node: null, way: null, refusal };
}

/** The order is that of `attach`. */
function findWay(info: ProcessInfo, node: string | null): WayIn | LeaklineError {
  const { pid } = info;
  const refusal = refusalBy(() => {
    checkNamespaces(pid);
    checkNodeVersion(pid, node);
    checkRuns(info);
  });
  if (refusal !== null) return refusal;
  if (isPrepared(pid)) return 'prepared';
  if (likelyInspectorPorts(info).length > 0) return 'inspector';
  const options = nodeOptions(info);
  const port = inspectorPort(options);
  const unsafe = signalRefusal(info, options);
  if (unsafe !== null) return unsafe;
  if (port !== 0 && isPortTaken(pid, port)) {
    return new LeaklineError('INSPECTOR_PORT_TAKEN', { pid, port, otherPid: portHolder(port) });
  }
  return 'signal';
}

function refusalBy(check: () => void): LeaklineError | null {
  try {
    check();
    return null;
  } catch (error) {
    if (error instanceof LeaklineError) return error;
    throw error;
  }
}

/** Newer versions of Node name their main thread, and so the process. */
function looksLikeNode({ name, arguments: [first = ''] }: ProcessOutline): boolean {
  return /^(node|nodejs|MainThread|node-MainThread)$/.test(name) || /(^|\/)(node|nodejs)$/.test(first);
}

/** A leakline, or the npx that started this one. */
function isLeakline(
  { pid, arguments: words, workingDirectory }: ProcessOutline,
  callers: ReadonlySet<number>,
): boolean {
  if (callers.has(pid) && words.some((word) => /\bleakline\b/.test(word))) return true;
  const script = words[1] ?? '';
  if (!/leakline|cli\.js/.test(script)) return false;
  const path = resolved(script.startsWith('/') ? script : `${workingDirectory ?? ''}/${script}`);
  return path === resolved(process.argv[1] ?? '') || path.endsWith('/leakline/dist/cli.js');
}

function resolved(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function ancestors(pid: number, parentOf: (pid: number) => number | undefined): Set<number> {
  const found = new Set<number>();
  for (let at = parentOf(pid) ?? 0; at > 0 && !found.has(at); at = parentOf(at) ?? 0) {
    found.add(at);
  }
  return found;
}
