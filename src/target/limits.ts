import { readFileSync } from 'node:fs';
import { totalmem } from 'node:os';

export type MemoryLimits = {
  readonly heapBytes: number | null;
  readonly containerBytes: number | null;
  readonly effectiveBytes: number | null;
  readonly which: 'heap' | 'container' | null;
};

/** The lowest of V8's heap limit and the limits of every cgroup the process is in, ancestors included. */
export function readLimits(pid: number, heapLimitBytes: number | null): MemoryLimits {
  const containerBytes = readCgroupLimit(pid);
  const heapBytes = heapLimitBytes;
  if (heapBytes === null && containerBytes === null) {
    return { heapBytes, containerBytes, effectiveBytes: null, which: null };
  }
  const which =
    (heapBytes ?? Number.POSITIVE_INFINITY) <= (containerBytes ?? Number.POSITIVE_INFINITY)
      ? 'heap'
      : 'container';
  return { heapBytes, containerBytes, effectiveBytes: which === 'heap' ? heapBytes : containerBytes, which };
}

/** `null` where no cgroup limits the process: 0, "max", and anything from the physical memory up mean none. */
function readCgroupLimit(pid: number): number | null {
  let lowest = Number.POSITIVE_INFINITY;
  for (const line of readLines(`/proc/${pid}/cgroup`)) {
    const [id, controllers, path] = splitOnce(line);
    if (id === '0')
      lowest = Math.min(lowest, lowestUpwards('/sys/fs/cgroup', path, ['memory.max', 'memory.high']));
    else if (controllers.split(',').includes('memory')) {
      lowest = Math.min(lowest, lowestUpwards('/sys/fs/cgroup/memory', path, ['memory.limit_in_bytes']));
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
    if (at === '') return lowest;
  }
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
