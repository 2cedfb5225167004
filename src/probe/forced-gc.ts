import type * as v8Module from 'node:v8';
import type * as vmModule from 'node:vm';

/**
 * A function that runs one full, synchronous garbage collection.
 *
 * `HeapProfiler.collectGarbage` would do several rounds and drop compiled code (`CollectAllAvailableGarbage`), which
 * costs the target up to three times as long and makes it compile again. V8's own `gc()` does one. It is called
 * without an argument: on Node 20 any options object, `{type: 'major'}` included, runs a scavenge (measured,
 * docs/decisions/0003). The flag is put back at once, so no context made later gets a `gc`.
 */
export function createForcedGc(v8: typeof v8Module, vm: typeof vmModule): () => void {
  v8.setFlagsFromString('--expose-gc');
  try {
    return vm.runInNewContext('gc') as () => void;
  } finally {
    v8.setFlagsFromString('--no-expose-gc');
  }
}

/**
 * Whether a forced collection fits, and how long it will take.
 *
 * A full collection visits live objects, so its time follows the small-object heap; large arrays are scanned some five
 * times faster. The first guess (0.6 ms a MB of small objects) lies above every Node 20 to 26 heap measured; later
 * guesses scale the pause last seen, with a quarter on top.
 */
export class GcBudget {
  readonly #maxPauseMs: number;
  #lastPauseMs: number | null = null;
  #lastHeapBytes = 0;
  #lastAtMs = Number.NEGATIVE_INFINITY;
  #count = 0;

  constructor(maxPauseMs: number) {
    this.#maxPauseMs = maxPauseMs;
  }

  get count(): number {
    return this.#count;
  }

  predictMs(heap: HeapShape): number {
    if (this.#lastPauseMs === null) {
      return 3 + (heap.smallObjectBytes * 0.6 + heap.largeObjectBytes * 0.12) / 1e6;
    }
    const growth = Math.max(1, (heap.smallObjectBytes + heap.largeObjectBytes) / Math.max(1, this.#lastHeapBytes));
    return this.#lastPauseMs * growth * 1.25;
  }

  /**
   * At least `everyMs` apart, and never more than a fiftieth of the time: a pause of 40 ms buys two seconds of rest.
   */
  allows(heap: HeapShape, nowMs: number, everyMs: number): boolean {
    const restMs = Math.max(everyMs, (this.#lastPauseMs ?? 0) * 50);
    // Half the budget: a prediction can be off by a factor of two on a busy machine.
    return nowMs - this.#lastAtMs >= restMs && this.predictMs(heap) <= this.#maxPauseMs / 2;
  }

  learn(pauseMs: number, heap: HeapShape, nowMs: number): void {
    this.#count += 1;
    this.#lastPauseMs = pauseMs;
    this.#lastHeapBytes = heap.smallObjectBytes + heap.largeObjectBytes;
    this.#lastAtMs = nowMs;
  }
}

export type HeapShape = { readonly smallObjectBytes: number; readonly largeObjectBytes: number };

/** Reads the heap's spaces; about 20 µs. */
export function readHeapShape(v8: typeof v8Module): HeapShape {
  let smallObjectBytes = 0;
  let largeObjectBytes = 0;
  for (const space of v8.getHeapSpaceStatistics()) {
    // Spelled out by V8: large_object_space, new_large_object_space, code_large_object_space, ...
    if (space.space_name.includes('large_object')) largeObjectBytes += space.space_used_size;
    else if (space.space_name !== 'read_only_space') smallObjectBytes += space.space_used_size;
  }
  return { smallObjectBytes, largeObjectBytes };
}
