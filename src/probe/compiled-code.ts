import type * as v8Module from 'node:v8';
import type { HeapShape } from './heap-shape.ts';

/**
 * How the program's compiled code grows: machine code after each collection, for nothing; bytecode when it is looked at. A
 * server that warms up compiles for minutes, and V8 throws bytecode away that did not run for some collections of its own:
 * half a megabyte at once, in the midst of a leak of 20 KB/s.
 */
export class CompiledCode {
  #firstMachineCode: number | undefined;
  #firstBytecode: number | undefined;
  #bytecodeGrownBy = 0;
  readonly #largestCounted: number;

  /** Counting is to take no more than half of that pause. */
  constructor(maxPauseMs: number) {
    this.#largestCounted = Math.min(LARGEST_COUNTED, (maxPauseMs / 2 / MS_PER_MB) * 1e6);
  }

  /** V8 counts bytecode by going through the old space: 0.15 to 0.4 ms a MB. */
  countBytecode(v8: typeof v8Module, { smallObjectBytes }: HeapShape): void {
    if (smallObjectBytes > this.#largestCounted) return;
    const bytes = v8.getHeapCodeStatistics().bytecode_and_metadata_size;
    this.#firstBytecode ??= bytes;
    this.#bytecodeGrownBy = bytes - this.#firstBytecode;
  }

  /** Since the first floor, in bytes, for one that has so much machine code. */
  grownBy(machineCodeBytes: number): number {
    this.#firstMachineCode ??= machineCodeBytes;
    return machineCodeBytes - this.#firstMachineCode + this.#bytecodeGrownBy;
  }
}

/** At most. */
const MS_PER_MB = 0.4;
/** Of 17 MB uncounted, a leak of 39 KB/s was called steady: leakline's own 0.2 MB of bytecode had gone meanwhile. */
const LARGEST_COUNTED = 40_000_000;
