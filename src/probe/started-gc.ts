import type * as v8Module from 'node:v8';
import type * as workerThreads from 'node:worker_threads';

/**
 * Makes V8 begin a full collection of the kind it begins by itself: marked beside the program, with a short pause at the
 * end, in one of the next turns of the event loop.
 *
 * V8 begins one when array buffers hold 64 MiB more than after the last (src/heap/heap.cc of V8 11 to 14, where external
 * memory presses). So a buffer of a little more is made. Nobody writes to it, so the kernel never gives it a page; and it is sent
 * through a closed port, which frees it before this returns: left to be collected it would show in the program's
 * `memoryUsage()`. What was measured: docs/decisions/0010-started-collections.md.
 */
export class StartedGc {
  readonly #v8: typeof v8Module;
  readonly #closedPort: workerThreads.MessagePort;
  readonly #v8Major: number;

  constructor(
    v8: typeof v8Module,
    { MessageChannel }: Pick<typeof workerThreads, 'MessageChannel'>,
    v8Version: string,
  ) {
    this.#v8 = v8;
    this.#closedPort = new MessageChannel().port1;
    this.#closedPort.close();
    this.#v8Major = majorOf(v8Version);
  }

  begin(): void {
    if (this.#v8Major !== 11) this.#press();
    else {
      // Its tasks take a moment in which V8's helpers hold all the work that is left for the end of it, and the main thread
      // does the rest in one pause, one time in ten. Without tasks it goes on beside the program, and allocation ends it.
      this.#v8.setFlagsFromString('--no-incremental-marking-task');
      try {
        this.#press();
      } finally {
        this.#v8.setFlagsFromString('--incremental-marking-task');
      }
    }
  }

  /** A second later: ends the marking in a program that allocates nothing, where no task does. */
  goOn(): void {
    if (this.#v8Major === 11) this.#press();
  }

  #press(): void {
    const buffer = new ArrayBuffer(BUFFER_BYTES);
    this.#closedPort.postMessage(null, [buffer]);
  }
}

/**
 * Whether there is room for it. Beyond half of the old generation's limit V8 collects on the spot. That limit is not
 * told by itself, so this leaves room for a large young generation too.
 */
export function canStartGc({ getHeapStatistics }: Pick<typeof v8Module, 'getHeapStatistics'>): boolean {
  const { heap_size_limit: limit, external_memory: external } = getHeapStatistics();
  return limit > 2 * external + 512 * 1024 * 1024;
}

/** V8 12 (Node 22) does all the marking in the pause at the end, one time in ten, and nothing keeps it from it. */
export function mayMarkInPause(v8Version: string): boolean {
  return majorOf(v8Version) === 12;
}

function majorOf(version: string): number {
  return Number.parseInt(version, 10);
}

/** V8 waits for 64 MiB. */
const BUFFER_BYTES = 72 * 1024 * 1024;
