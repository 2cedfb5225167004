import { readFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { join } from 'node:path';

export type MemoryLimits = {
  readonly heapBytes: number | null;
  readonly containerBytes: number | null;
  /** Of `setrlimit`: the address space or the data of the process, less what of it is reserved and not resident. */
  readonly rlimitBytes: number | null;
  readonly effectiveBytes: number | null;
  readonly which: 'heap' | 'container' | 'rlimit' | null;
};

/**
 * The lowest of V8's heap limit, the limits of every cgroup the process is in (ancestors included, which Node itself
 * overlooks), and its resource limits. `heapLimitBytes` is `null` where V8 was not asked. `roots` are where the kernel's
 * files are, for tests.
 */
export function readLimits(
  pid: number,
  heapLimitBytes: number | null,
  roots: KernelRoots = { proc: '/proc', cgroup: '/sys/fs/cgroup' },
): MemoryLimits {
  const containerBytes = readCgroupLimit(pid, roots);
  const rlimitBytes = readResourceLimit(pid, roots);
  const limits = { heapBytes: heapLimitBytes, containerBytes, rlimitBytes };
  const known = [
    { which: 'heap' as const, bytes: heapLimitBytes },
    { which: 'container' as const, bytes: containerBytes },
    { which: 'rlimit' as const, bytes: rlimitBytes },
  ].filter(
    (limit): limit is { which: 'heap' | 'container' | 'rlimit'; bytes: number } => limit.bytes !== null,
  );
  const [lowest] = known.sort((a, b) => a.bytes - b.bytes);
  return { ...limits, effectiveBytes: lowest?.bytes ?? null, which: lowest?.which ?? null };
}

/** The limits of a worker thread's heap; those of the process are told of its main thread. */
export function heapLimits(heapLimitBytes: number): MemoryLimits {
  return {
    heapBytes: heapLimitBytes,
    containerBytes: null,
    rlimitBytes: null,
    effectiveBytes: heapLimitBytes,
    which: 'heap',
  };
}

export type KernelRoots = { readonly proc: string; readonly cgroup: string };

/** `null` where no cgroup limits the process: 0, "max", and anything from the physical memory up mean none. */
function readCgroupLimit(pid: number, { proc, cgroup }: KernelRoots): number | null {
  let lowest = Number.POSITIVE_INFINITY;
  for (const line of readLines(join(proc, String(pid), 'cgroup'))) {
    const [id, controllers, path] = splitOnce(line);
    if (id === '0') {
      const files = ['memory.max', 'memory.high'];
      // A hybrid host has the second version's tree in a folder of its own.
      for (const mount of [cgroup, join(cgroup, 'unified')])
        lowest = Math.min(lowest, lowestUpwards(mount, path, files));
    } else if (controllers.split(',').includes('memory')) {
      lowest = Math.min(lowest, lowestUpwards(join(cgroup, 'memory'), path, ['memory.limit_in_bytes']));
    }
  }
  return lowest < totalmem() ? lowest : null;
}

function lowestUpwards(mount: string, path: string, files: readonly string[]): number {
  let lowest = Number.POSITIVE_INFINITY;
  for (let at = path.replace(/\/+$/, ''); ; at = at.slice(0, at.lastIndexOf('/'))) {
    for (const file of files) {
      const value = Number(readLines(`${mount}${at}/${file}`)[0] ?? 'NaN');
      if (value > 0) lowest = Math.min(lowest, value);
    }
    if (!at.includes('/')) return lowest;
  }
}

/**
 * What resource limits leave to resident memory. V8 reserves gigabytes of address space it never touches, so the part
 * that is not resident now is taken off: more resident memory needs as much more of the limit.
 */
function readResourceLimit(pid: number, { proc }: KernelRoots): number | null {
  const limits = readLines(join(proc, String(pid), 'limits'));
  const status = readLines(join(proc, String(pid), 'status'));
  const residentBytes = kilobytesOf(status, 'VmRSS');
  let lowest = Number.POSITIVE_INFINITY;
  for (const [limit, size] of [
    ['Max address space', 'VmSize'],
    ['Max data size', 'VmData'],
  ] as const) {
    const softBytes = Number(/\s{2,}(\d+)\s/.exec(lineOf(limits, limit))?.[1] ?? 'NaN');
    if (softBytes > 0)
      lowest = Math.min(lowest, softBytes - Math.max(0, kilobytesOf(status, size) - residentBytes));
  }
  return lowest < totalmem() ? Math.max(0, lowest) : null;
}

function kilobytesOf(status: readonly string[], name: string): number {
  return Number(/(\d+) kB/.exec(lineOf(status, name))?.[1] ?? 0) * 1024;
}

function lineOf(lines: readonly string[], start: string): string {
  return lines.find((line) => line.startsWith(start)) ?? '';
}

function readLines(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').trim().split('\n');
  } catch {
    // Not this kind of cgroup, or not readable: no limit that we can know.
    return [];
  }
}

function splitOnce(line: string): [string, string, string] {
  const [id = '', controllers = '', ...path] = line.split(':');
  return [id, controllers, path.join(':')];
}
