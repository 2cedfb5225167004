import type { HeapTree } from '../report/schema.ts';
import { readMemoryRooms } from '../target/memory-room.ts';
import { readHeap } from './read-heap.ts';

/**
 * What keeps most alive in a snapshot that was just taken. `null` where that is not worth what it costs: reading takes memory from
 * the machine of the process that has too little, so no more than a part of what is left; and the answer of a watch is not lost because its
 * snapshot can't be read. Takes some five seconds for each gigabyte of the file.
 */
export async function snapshotTree(
  { file, fileBytes }: { readonly file: string; readonly fileBytes: number },
  signal: AbortSignal,
  leftBytes: number = leastLeft(),
): Promise<HeapTree | null> {
  if (BASE_BYTES + fileBytes * MEMORY_BY_FILE > leftBytes * SPARED) return null;
  try {
    const answer = await readHeap(file, { tree: true }, { signal });
    return answer.schema === 'leakline/heap-summary@1' ? answer.tree : null;
  } catch {
    return null;
  }
}

/**
 * Measured at the peak, with the tree: 309 MB for a file of 178 MB, so 1.4 times the file beside what Node takes; without it 1.1 times
 * files of up to 4.38 GB (bench/results/heap.md).
 */
const MEMORY_BY_FILE = 1.5;
const BASE_BYTES = 60_000_000;
const SPARED = 0.5;

/** Of the memory that leakline itself could still take; the watched process may be in the same group or on the same machine. */
function leastLeft(): number {
  return Math.min(...readMemoryRooms(process.pid).map(({ leftBytes }) => leftBytes));
}
