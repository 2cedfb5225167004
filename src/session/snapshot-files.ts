import { constants, createReadStream, existsSync, rmSync } from 'node:fs';
import { type FileHandle, link, open, rename, unlink } from 'node:fs/promises';
import type { SnapshotRewriter, SnapshotShape } from '../capture/snapshot-rewriter.ts';
import { LeaklineError } from '../core/errors.ts';

/**
 * The snapshot and what stands beside it. Both are written under another name, whole and safe on disk before either has
 * its own; whatever fails, both are gone. Only their owner may read them.
 */
export class SnapshotFiles {
  readonly scriptsFile: string;
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
    this.scriptsFile = scriptsFileOf(file);
  }

  async write(
    rawFile: number,
    rewriter: SnapshotRewriter,
    scripts: object,
    signal: AbortSignal,
  ): Promise<{ readonly shape: SnapshotShape; readonly bytes: number }> {
    const partial = `${this.#file}.partial`;
    const partialScripts = `${this.scriptsFile}.partial`;
    // Left by a leakline that was killed: we hold the lock, so nobody is writing them.
    rmSync(partial, { force: true });
    rmSync(partialScripts, { force: true });
    let scriptsNamed = false;
    try {
      const text = Buffer.from(`${JSON.stringify(scripts, null, 1)}\n`);
      await withNewFile(partialScripts, async (handle) => {
        await handle.writeFile(text);
      });
      let bytes = 0;
      let shape: SnapshotShape | null = null;
      await withNewFile(partial, async (handle) => {
        for await (const chunk of createReadStream('', {
          fd: rawFile,
          start: 0,
          autoClose: false,
          highWaterMark: CHUNK_BYTES,
        })) {
          signal.throwIfAborted();
          for (const part of rewriter.feed(chunk as Buffer)) bytes += await writeAll(handle, part);
        }
        shape = rewriter.end();
      });
      await giveName(partialScripts, this.scriptsFile);
      scriptsNamed = true;
      await giveName(partial, this.#file);
      return { shape: shape ?? rewriter.end(), bytes };
    } catch (cause) {
      for (const path of [partial, partialScripts, ...(scriptsNamed ? [this.scriptsFile] : [])])
        rmSync(path, { force: true });
      if (cause instanceof LeaklineError || signal.aborted) throw cause;
      const message = cause instanceof Error ? cause.message : String(cause);
      throw new LeaklineError('CANNOT_WRITE', { file: this.#file, message }, { cause });
    }
  }
}

/** Before anything is asked of the program. Throws FILE_EXISTS. */
export function checkFree(file: string): void {
  for (const path of [file, scriptsFileOf(file)]) {
    if (existsSync(path)) throw new LeaklineError('FILE_EXISTS', { file: path });
  }
}

function scriptsFileOf(file: string): string {
  return `${file.replace(/\.heapsnapshot$/, '')}.scripts.json`;
}

async function withNewFile(path: string, work: (handle: FileHandle) => Promise<void>): Promise<void> {
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  const handle = await open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  try {
    await work(handle);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<number> {
  for (let at = 0; at < bytes.length; ) at += (await handle.write(bytes, at)).bytesWritten;
  return bytes.length;
}

/** Never over a file that has come since: a link fails where a rename would replace. */
async function giveName(partial: string, file: string): Promise<void> {
  try {
    await link(partial, file);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw new LeaklineError('FILE_EXISTS', { file }, { cause });
    // A file system without links.
    await rename(partial, file);
    return;
  }
  await unlink(partial);
}

const CHUNK_BYTES = 1 << 20;
