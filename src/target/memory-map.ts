import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a process's resident memory is made of, as far as the kernel tells for nothing. */
export type MemoryMap = {
  /** Its own pages: V8's heap, what was allocated with malloc, stacks. */
  readonly anonymousBytes: number;
  /** Pages of files: the executable, libraries, what it has mapped. The kernel takes clean ones back when it needs room. */
  readonly fileBytes: number;
  readonly sharedBytes: number;
  /** The main heap of malloc, resident or not. */
  readonly mainHeapBytes: number;
  /** What glibc's other arenas have asked of the kernel; they hardly ever give any of it back. */
  readonly arenas: { readonly count: number; readonly bytes: number };
};

/**
 * Reads `/proc/PID/status` and `/proc/PID/maps`, and never `smaps` or `smaps_rollup`: these walk the page tables of the
 * process, 60 ms for 1.4 GB, under the lock its own mmap waits for (docs/decisions/0009-maps-not-smaps.md). `null` where
 * there is no such file, as on macOS or once the process has ended.
 */
export function readMemoryMap(pid: number, procRoot = '/proc'): MemoryMap | null {
  try {
    const read = (name: string): string => readFileSync(join(procRoot, String(pid), name), 'utf8');
    return memoryMapOf(read('status'), read('maps'));
  } catch {
    // Not Linux, not ours to read, or gone.
    return null;
  }
}

/** `null` for what is no status of a process with memory. */
export function memoryMapOf(status: string, maps: string): MemoryMap | null {
  const anonymousBytes = kilobytesOf(status, 'RssAnon');
  const fileBytes = kilobytesOf(status, 'RssFile');
  const sharedBytes = kilobytesOf(status, 'RssShmem');
  if (anonymousBytes === null || fileBytes === null || sharedBytes === null) return null;
  const areas = areasOf(maps);
  const mainHeapBytes = areas
    .filter(({ name }) => name === '[heap]')
    .reduce((sum, { from, to }) => sum + (to - from), 0);
  return { anonymousBytes, fileBytes, sharedBytes, mainHeapBytes, arenas: arenasOf(areas) };
}

type Area = { readonly from: number; readonly to: number; readonly access: string; readonly name: string };

// HEAP_MAX_SIZE of glibc on 64-bit machines: an arena grows in heaps that begin at multiples of it and reserve all of it.
const ARENA_HEAP_BYTES = 64 * 2 ** 20;
// HEAP_MIN_SIZE is 32 pages, and one more for the arena itself.
const LEAST_ARENA_BYTES = 132 * 2 ** 10;

/**
 * An arena's heap has a shape that little else has: anonymous, it begins at a multiple of 64 MB, its used part can be
 * written, and the rest up to the next multiple is reserved and can't. Full heaps lie side by side as one area.
 */
function arenasOf(areas: readonly Area[]): MemoryMap['arenas'] {
  let count = 0;
  let bytes = 0;
  for (const [place, { from, to, access, name }] of areas.entries()) {
    if (name !== '' || access !== 'rw-p' || from % ARENA_HEAP_BYTES !== 0) continue;
    const full = Math.floor((to - from) / ARENA_HEAP_BYTES);
    const rest = (to - from) % ARENA_HEAP_BYTES;
    const after = areas[place + 1];
    const reserved =
      after !== undefined &&
      after.from === to &&
      after.name === '' &&
      after.access === '---p' &&
      after.to === from + (full + 1) * ARENA_HEAP_BYTES;
    const isHeap = rest === 0 ? full > 0 : reserved && to - from >= LEAST_ARENA_BYTES;
    if (!isHeap) continue;
    count += full + (rest > 0 ? 1 : 0);
    bytes += to - from;
  }
  return { count, bytes };
}

function areasOf(maps: string): readonly Area[] {
  return maps.split('\n').flatMap((line) => {
    const found = /^([0-9a-f]{1,16})-([0-9a-f]{1,16}) ([rwxsp-]{4}) \S+ \S+ \d+ *(.*)$/.exec(line);
    if (found === null) return [];
    const [, from = '', to = '', access = '', name = ''] = found;
    // Addresses of a process lie below 2^47, or 2^56 where it asks for that; sums of sizes stay exact either way.
    return [{ from: Number.parseInt(from, 16), to: Number.parseInt(to, 16), access, name }];
  });
}

function kilobytesOf(status: string, field: string): number | null {
  const found = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status);
  return found === null ? null : Number(found[1]) * 1024;
}
