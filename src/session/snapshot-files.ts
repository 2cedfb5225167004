import { accessSync, constants, lstatSync, rmSync } from 'node:fs';
import { type FileHandle, link, open, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { SnapshotRewriter, SnapshotShape } from '../capture/snapshot-rewriter.ts';
import { LeaklineError } from '../core/errors.ts';
import { readRawFile } from '../target/raw-file.ts';
import type { SnapshotScript } from './snapshot-words.ts';

/**
 * The snapshot and, beside it, where its scripts are from. Both are written under another name, whole and safe on disk
 * before either has its own; whatever fails, both are gone. Only their owner may read them.
 */
export class SnapshotFiles {
  readonly scriptsFile: string;
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
    this.scriptsFile = scriptsFileOf(file);
  }

  /** Throws CANNOT_WRITE, FILE_EXISTS, SNAPSHOT_UNREADABLE where the program's own is not whole, or the signal's reason. */
  async write(
    rawFile: number,
    rewriter: SnapshotRewriter,
    scripts: readonly SnapshotScript[],
    signal: AbortSignal,
  ): Promise<{ readonly shape: SnapshotShape; readonly bytes: number }> {
    const partial = `${this.#file}.partial`;
    const partialScripts = `${this.scriptsFile}.partial`;
    const undo = [partial, partialScripts];
    try {
      // Left by a leakline that was killed: we hold the lock, so nobody is writing them.
      for (const path of undo) rmSync(path, { force: true });
      await withNewFile(partialScripts, (handle) => handle.writeFile(scriptsText(scripts)));
      const written = await withNewFile(partial, async (handle) => {
        let bytes = 0;
        for await (const chunk of readRawFile(rawFile)) {
          signal.throwIfAborted();
          for (const part of rewriter.feed(chunk)) bytes += await writeAll(handle, part);
        }
        return { shape: rewriter.end(), bytes };
      });
      await giveName(partialScripts, this.scriptsFile);
      undo.push(this.scriptsFile);
      await giveName(partial, this.#file);
      return written;
    } catch (cause) {
      for (const path of undo) rmSync(path, { force: true });
      if (cause instanceof LeaklineError || signal.aborted) throw cause;
      throw cannotWrite(this.#file, cause);
    }
  }
}

/** Before anything is asked of the program. Throws FILE_EXISTS, CANNOT_WRITE. */
export function checkFree(file: string): void {
  for (const path of [file, scriptsFileOf(file)]) {
    // A link that leads nowhere is there too.
    if (lstatSync(path, { throwIfNoEntry: false }) !== undefined)
      throw new LeaklineError('FILE_EXISTS', { file: path });
  }
  try {
    accessSync(dirname(file), constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw cannotWrite(file, cause);
  }
}

/** Where the scripts of a snapshot are listed. */
export function scriptsFileOf(file: string): string {
  return `${file.replace(/\.heapsnapshot$/, '')}.scripts.json`;
}

function scriptsText(scripts: readonly SnapshotScript[]): string {
  return `${JSON.stringify({ schema: 'leakline/snapshot-scripts@1', scripts }, null, 1)}\n`;
}

async function withNewFile<Result>(
  path: string,
  work: (handle: FileHandle) => Promise<Result>,
): Promise<Result> {
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  const handle = await open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  try {
    const result = await work(handle);
    await handle.sync();
    return result;
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

function cannotWrite(file: string, cause: unknown): LeaklineError {
  const message = cause instanceof Error ? cause.message : String(cause);
  return new LeaklineError('CANNOT_WRITE', { file, message }, { cause });
}
