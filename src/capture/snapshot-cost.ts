import type { Sample, Series } from '../core/series.ts';
import type { SnapshotCost } from '../core/snapshot-cost.ts';

/**
 * What a heap snapshot would cost the process, by what was measured on heaps of 200 and 600 MB of small objects (Node 20
 * to 26): 0.07 to 0.14 s of standstill and 11 to 14 MB of resident memory a megabyte, and up to 22 where all are plain
 * objects. `leakline snapshot` counts first and knows it better. The cost follows the number of
 * objects, not their bytes, so what lies in the space of large objects is left out. `null` before the first sample.
 */
export function predictSnapshotCost({ samples, floors }: Series): SnapshotCost | null {
  const last = samples.at(-1);
  if (last === undefined) return null;
  const heapBytes = smallBytes(last);
  // V8 collects all garbage first: the least is what was alive at the last floor. What came since may all be garbage, or all stay.
  const floor = floors.at(-1);
  const atFloor = floor && samples.find(({ timeMs }) => timeMs >= floor.timeMs);
  const leastBytes = floor && atFloor ? Math.min(heapBytes, floor.heapBytes, smallBytes(atFloor)) : heapBytes;
  return {
    heapBytes,
    pauseMs: [PAUSE_MS_PER_MB[0] * (leastBytes / 1e6), PAUSE_MS_PER_MB[1] * (heapBytes / 1e6)],
    memoryBytes: [MEMORY_FACTOR[0] * leastBytes, MEMORY_FACTOR[1] * heapBytes],
  };
}

const PAUSE_MS_PER_MB = [70, 140] as const;
const MEMORY_FACTOR = [11, 22] as const;

/**
 * Summed up from the spaces, which are read at one moment: `heapUsed` is read some turns of the event loop before them, and a
 * program that allocates a large array in between had less in use than lies in the space of large objects alone.
 */
function smallBytes({ heapUsed, inside }: Sample): number {
  if (inside === undefined) return heapUsed;
  const { young, old, code } = inside.spaces;
  return young + old + code;
}
