import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { LeaklineError } from '../core/errors.ts';
import { toHeapProfile } from '../export/heap-profile.ts';
import { toPprof } from '../export/pprof.ts';
import { toSpeedscope } from '../export/speedscope.ts';
import type { SampledAllocations } from '../session/isolate-watch.ts';

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
    try {
      await writeWhole(this.#file, encoded(this.#file, sampled));
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      throw new LeaklineError('CANNOT_WRITE', { file: this.#file, message }, { cause });
    }
    return null;
  }
}

function encoded(file: string, { profile, takenAtMs }: SampledAllocations): string | Uint8Array {
  if (file.endsWith('.heapprofile')) return toHeapProfile(profile);
  if (file.endsWith('.speedscope.json')) return toSpeedscope(profile);
  const bytes = toPprof(profile, takenAtMs);
  return file.endsWith('.gz') ? gzipSync(bytes) : bytes;
}

/** Under another name until it is whole, for its owner alone: names of functions and files are the program's business. */
async function writeWhole(file: string, content: string | Uint8Array): Promise<void> {
  const partial = `${file}.${randomBytes(6).toString('hex')}.partial`;
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  const handle = await open(partial, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  try {
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(partial, file);
  } catch (cause) {
    await rm(partial, { force: true });
    throw cause;
  }
}
