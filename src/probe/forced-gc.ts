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
  const own = (globalThis as { gc?: () => void }).gc;
  // The program was started with --expose-gc: taking the flag back would take it from its workers.
  if (typeof own === 'function') return () => own();
  v8.setFlagsFromString('--expose-gc');
  try {
    return vm.runInNewContext('gc') as () => void;
  } finally {
    v8.setFlagsFromString('--no-expose-gc');
  }
}

/**
 * How old the last floor may be before one is forced, `watchedMs` into a watch. A leak that did not show in a minute needs
 * a longer stretch and not more floors, so they become rarer as the watch goes on: after an hour one in 90 s. One that begins
 * later is met by natural collections first, and while memory seems to rise this does not hold.
 */
export function floorEveryMs(leastMs: number, watchedMs: number): number {
  return Math.max(leastMs, watchedMs / FLOORS_A_WATCH);
}

const FLOORS_A_WATCH = 40;
