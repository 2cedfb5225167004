import type * as v8Module from 'node:v8';
import type * as workerThreads from 'node:worker_threads';

/**
 * A function that makes V8 begin a full collection of the kind it begins by itself: marked beside the program, with a
 * short pause at the end, in one of the next turns of the event loop.
 *
 * V8 begins one when array buffers hold 64 MiB more than after the last (`HandleExternalMemoryInterrupt` in
 * src/heap/heap.cc, `ReportExternalMemoryPressure` before). So a buffer of a little more is made. Nobody writes to it, so the
 * kernel never gives it a page; and it is sent through a closed port, which frees it before this returns. Left to be
 * collected it would show in the program's `memoryUsage()`, and count against V8's limits meanwhile, which made one
 * collection in twelve stop the program for all of its marking (docs/decisions/0010-started-collections.md).
 */
export function createStartedGc({
  MessageChannel,
}: Pick<typeof workerThreads, 'MessageChannel'>): () => void {
  const { port1: closedPort } = new MessageChannel();
  closedPort.close();
  return () => {
    const buffer = new ArrayBuffer(BUFFER_BYTES);
    closedPort.postMessage(null, [buffer]);
  };
}

/**
 * Whether V8 begins a collection then, and does not do one on the spot, as it does beyond half of its limit: with twice the
 * room that the buffer needs.
 */
export function canStartGc({ getHeapStatistics }: Pick<typeof v8Module, 'getHeapStatistics'>): boolean {
  const { heap_size_limit: limit, external_memory: external } = getHeapStatistics();
  return limit > 2 * (external + 2 * BUFFER_BYTES);
}

/**
 * Whether the pause at the end may be all of the marking: V8 before 13 (Node 20, 22) takes a moment in which its helpers
 * hold all that is left to do for the end of it, one time in ten. Then it is as long as a forced collection.
 */
export function mayMarkInPause(v8Version: string): boolean {
  return Number.parseInt(v8Version, 10) < 13;
}

/** V8 waits for 64 MiB. */
const BUFFER_BYTES = 72 * 1024 * 1024;

/**
 * How long the pause of a started collection will be. It hardly grows with the heap: at 30 to 400 MB of small objects 1 to 9
 * ms on a quiet machine, up to 54 on a busy one, where a forced one takes 13 to 320. What was seen lately counts, so that a
 * heap or a machine with which it takes long is left alone for a while.
 */
export class StartedGcPauses {
  #expectedMs = FIRST_GUESS_MS;

  expectMs(): number {
    return this.#expectedMs;
  }

  learn(pauseMs: number): void {
    this.#expectedMs = Math.max(pauseMs, this.#expectedMs * 0.7);
  }

  /** None was started because of that, and time passes. */
  forget(): void {
    this.#expectedMs = Math.max(FIRST_GUESS_MS, this.#expectedMs * 0.97);
  }
}

const FIRST_GUESS_MS = 20;
