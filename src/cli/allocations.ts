import { gzipSync } from 'node:zlib';
import { toHeapProfile } from '../export/heap-profile.ts';
import { toPprof } from '../export/pprof.ts';
import { toSpeedscope } from '../export/speedscope.ts';
import type { SampledAllocations } from '../session/isolate-watch.ts';
import { writeWholeFile } from './write-file.ts';

/**
 * Gathers the sampled allocations of a watch for `--allocations FILE`, in the format that the file's ending names, and writes
 * them when the answer has been given.
 */
export class AllocationsFile {
  readonly #file: string;
  #sampled: SampledAllocations | string = 'the watch ended before one was taken';

  constructor(file: string) {
    this.#file = file;
  }

  readonly onSampled = (sampled: SampledAllocations | string): void => {
    this.#sampled = sampled;
  };

  /** What a person must know: why there is no file, or `null` where there is one. Throws CANNOT_WRITE. */
  async write(): Promise<string | null> {
    const sampled = this.#sampled;
    if (typeof sampled === 'string')
      return `No profile of allocations was written to ${this.#file}: ${sampled}.`;
    await writeWholeFile(this.#file, encoded(this.#file, sampled));
    return null;
  }
}

function encoded(file: string, { profile, takenAtMs }: SampledAllocations): string | Uint8Array {
  if (file.endsWith('.heapprofile')) return toHeapProfile(profile);
  if (file.endsWith('.speedscope.json')) return toSpeedscope(profile);
  const bytes = toPprof(profile, takenAtMs);
  return file.endsWith('.gz') ? gzipSync(bytes) : bytes;
}
