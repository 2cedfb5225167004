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
 * A full collection visits live objects. Measured on Node 20 and 2 cores: 3 ms, 0.3 ms a MB of small objects, 0.22 ms a
 * MB of large arrays (bench/forced-gc). How much slower this process and machine are than that is learnt from the
 * pauses seen.
 */
export class GcBudget {
  readonly #maxPauseMs: number;
  #slowdown = 1;
  #lastPauseMs = 0;
  #lastAtMs = Number.NEGATIVE_INFINITY;
  #count = 0;

  constructor(maxPauseMs: number) {
    this.#maxPauseMs = maxPauseMs;
  }

  get count(): number {
    return this.#count;
  }

  predictMs(heap: HeapShape): number {
    return modelMs(heap) * this.#slowdown;
  }

  /**
   * At least `everyMs` apart, never more than a fiftieth of the time (a pause of 40 ms buys two seconds of rest), and
   * only if two thirds of the budget suffice: predictions can be off by half on a busy machine.
   */
  allows(heap: HeapShape, nowMs: number, everyMs: number): boolean {
    if (nowMs - this.#lastAtMs < Math.max(everyMs, this.#lastPauseMs * 50)) return false;
    if (this.predictMs(heap) <= this.#maxPauseMs * 0.67) return true;
    // A machine that was busy for a moment must not be taken for a slow one for ever.
    this.#slowdown = Math.max(1, this.#slowdown * 0.85);
    return false;
  }

  learn(pauseMs: number, heap: HeapShape, nowMs: number): void {
    this.#count += 1;
    this.#lastPauseMs = pauseMs;
    this.#lastAtMs = nowMs;
    const seen = Math.min(4, Math.max(1, pauseMs / modelMs(heap)));
    // Up at once, down slowly.
    this.#slowdown = seen > this.#slowdown ? seen : (this.#slowdown + seen) / 2;
  }
}

function modelMs({ smallObjectBytes, largeObjectBytes }: HeapShape): number {
  return 3 + (smallObjectBytes * 0.3 + largeObjectBytes * 0.22) / 1e6;
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
