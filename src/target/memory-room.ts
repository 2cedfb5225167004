import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KernelRoots } from './limits.ts';

export type Room = { readonly which: 'container' | 'rlimit' | 'machine'; readonly leftBytes: number };

/**
 * How much more resident memory a process may take before something ends it: what is left under every cgroup it is in,
 * ancestors included, under its resource limits, and on the machine. V8's own limit is not among them: what V8 takes for
 * a snapshot is outside of its heap.
 */
export function readMemoryRooms(
  pid: number,
  roots: KernelRoots = { proc: '/proc', cgroup: '/sys/fs/cgroup' },
): Room[] {
  const container = leftInCgroups(pid, roots);
  const rlimit = leftOfResourceLimits(pid, roots);
  const machine = availableOnMachine(roots);
  return [
    ...(container === null ? [] : [{ which: 'container' as const, leftBytes: container }]),
    ...(rlimit === null ? [] : [{ which: 'rlimit' as const, leftBytes: rlimit }]),
    ...(machine === null ? [] : [{ which: 'machine' as const, leftBytes: machine }]),
  ];
}

/** `null` where no cgroup limits the process. */
function leftInCgroups(pid: number, { proc, cgroup }: KernelRoots): number | null {
  let least = Number.POSITIVE_INFINITY;
  for (const line of readLines(join(proc, String(pid), 'cgroup'))) {
    const [id = '', controllers = '', ...path] = line.split(':');
    const below = path.join(':');
    if (id === '0') {
      // A hybrid host has the second version's tree in a folder of its own.
      for (const mount of [cgroup, join(cgroup, 'unified')])
        least = Math.min(least, leftUpwards(mount, below, VERSION_2));
    } else if (controllers.split(',').includes('memory')) {
      least = Math.min(least, leftUpwards(join(cgroup, 'memory'), below, VERSION_1));
    }
  }
  return least === Number.POSITIVE_INFINITY ? null : Math.max(0, least);
}

type CgroupFiles = {
  readonly limits: readonly string[];
  readonly usage: string;
  readonly reclaimable: RegExp;
};

/** Above `memory.high` the kernel stops a process again and again until it needs less: as bad as an end. */
const VERSION_2: CgroupFiles = {
  limits: ['memory.max', 'memory.high'],
  usage: 'memory.current',
  reclaimable: /^inactive_file (\d+)$/m,
};
const VERSION_1: CgroupFiles = {
  limits: ['memory.limit_in_bytes'],
  usage: 'memory.usage_in_bytes',
  reclaimable: /^total_inactive_file (\d+)$/m,
};

function leftUpwards(mount: string, path: string, { limits, usage, reclaimable }: CgroupFiles): number {
  let least = Number.POSITIVE_INFINITY;
  for (let at = path.replace(/\/+$/, ''); ; at = at.slice(0, at.lastIndexOf('/'))) {
    const folder = `${mount}${at}`;
    const used = readNumber(`${folder}/${usage}`);
    // Pages of files nobody used lately: the kernel takes them back before it ends a process.
    const files = Number(reclaimable.exec(readText(`${folder}/memory.stat`))?.[1] ?? 0);
    for (const file of limits) {
      const limit = readNumber(`${folder}/${file}`);
      if (limit > 0 && used >= 0) least = Math.min(least, limit - Math.max(0, used - files));
    }
    if (!at.includes('/')) return least;
  }
}

function leftOfResourceLimits(pid: number, { proc }: KernelRoots): number | null {
  const limits = readLines(join(proc, String(pid), 'limits'));
  const status = readLines(join(proc, String(pid), 'status'));
  let least = Number.POSITIVE_INFINITY;
  for (const [limit, size] of [
    ['Max address space', 'VmSize'],
    ['Max data size', 'VmData'],
  ] as const) {
    const softBytes = Number(/\s{2,}(\d+)\s/.exec(lineOf(limits, limit))?.[1] ?? 'NaN');
    const usedBytes = Number(/(\d+) kB/.exec(lineOf(status, `${size}:`))?.[1] ?? 'NaN') * 1024;
    if (softBytes >= 0 && usedBytes >= 0) least = Math.min(least, softBytes - usedBytes);
  }
  return least === Number.POSITIVE_INFINITY ? null : Math.max(0, least);
}

function availableOnMachine({ proc }: KernelRoots): number | null {
  const kilobytes = Number(
    /(\d+) kB/.exec(lineOf(readLines(join(proc, 'meminfo')), 'MemAvailable:'))?.[1] ?? 'NaN',
  );
  return Number.isNaN(kilobytes) ? null : kilobytes * 1024;
}

/** "max" and what can't be read are no number. */
function readNumber(path: string): number {
  return Number(readText(path).trim() || 'NaN');
}

function lineOf(lines: readonly string[], start: string): string {
  return lines.find((line) => line.startsWith(start)) ?? '';
}

function readLines(path: string): string[] {
  return readText(path).trim().split('\n');
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Not this kind of cgroup, or not readable: no limit that we can know.
    return '';
  }
}
