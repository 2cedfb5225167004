import type { Sample } from '../core/series.ts';
import type { IsolateReport, ResidentMemory } from '../report/schema.ts';
import { readMemoryMap } from '../target/memory-map.ts';

/** What a process's resident memory consisted of at the first look and at the last. */
export class ResidentWatch {
  readonly #pid: number;
  #first: ResidentMemory | null = null;
  #last: ResidentMemory | null = null;

  constructor(pid: number) {
    this.#pid = pid;
  }

  /** Looks at most every ten seconds: the kernel's answer costs the process nothing, and leakline a millisecond. */
  look({ timeMs, heapTotal, external }: Sample): void {
    if (this.#last !== null && timeMs - this.#last.timeMs < LOOK_EVERY_MS) return;
    const map = readMemoryMap(this.#pid);
    if (map === null) return;
    const { mainHeapBytes: mallocMainBytes, ...sizes } = map;
    this.#last = { timeMs: Math.round(timeMs), ...sizes, v8Bytes: heapTotal + external, mallocMainBytes };
    this.#first ??= this.#last;
  }

  get seen(): IsolateReport['residentMemory'] {
    return this.#first === null || this.#last === null ? null : { first: this.#first, last: this.#last };
  }
}

const LOOK_EVERY_MS = 10_000;
