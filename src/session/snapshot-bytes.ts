import { type FileHandle, open, stat } from 'node:fs/promises';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { LeaklineError } from '../core/errors.ts';

/**
 * The text of a snapshot file in chunks; gzip is opened on the way. A chunk is overwritten after the next one is asked for: two
 * buffers take turns, one is filled while the other is read, and no garbage is made.
 *
 * Everything about the world that can fail fails in here, so a bug of the reader is never taken for a bad file.
 */
export async function* snapshotBytes(file: string): AsyncGenerator<Uint8Array> {
  let offset = 0;
  try {
    for await (const chunk of unpacked(file)) {
      yield chunk;
      offset += chunk.length;
    }
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new LeaklineError(
      'SNAPSHOT_UNREADABLE',
      { offset: offset === 0 ? null : offset, message },
      { cause },
    );
  }
}

/** How many bytes `snapshotBytes` will bring; undefined for gzip, a pipe and what can't be opened. */
export async function snapshotSize(file: string): Promise<number | undefined> {
  const facts = await factsOf(file);
  return facts === undefined || facts.isPacked ? undefined : facts.bytes;
}

export async function isPacked(file: string): Promise<boolean> {
  return (await factsOf(file))?.isPacked ?? false;
}

async function factsOf(
  file: string,
): Promise<{ readonly bytes: number; readonly isPacked: boolean } | undefined> {
  let handle: FileHandle | null = null;
  try {
    // Opened, a pipe would be at its end once it is closed again, and whoever writes into it gone.
    const status = await stat(file);
    if (!status.isFile()) return undefined;
    handle = await open(file);
    const { buffer, bytesRead } = await handle.read(new Uint8Array(GZIP_MAGIC.length), { position: 0 });
    return { bytes: status.size, isPacked: isGzip(buffer.subarray(0, bytesRead)) };
  } catch {
    // Whatever it is, reading will meet it and say so.
    return undefined;
  } finally {
    await handle?.close();
  }
}

/** Known by its first bytes, not by the file's name; they are read in passing, so a pipe will do. */
async function* unpacked(file: string): AsyncGenerator<Uint8Array> {
  const chunks = inTurns(file);
  const first = await chunks.next();
  if (first.done === true) return;
  const whole = withFirst(first.value, chunks);
  if (!isGzip(first.value)) {
    yield* whole;
    return;
  }
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
  // An error of the source destroys gunzip with it, and the loop over gunzip throws it.
  pipeline(Readable.from(copies(whole)), gunzip, () => {});
  for await (const chunk of gunzip) yield chunk as Buffer;
}

async function* inTurns(file: string): AsyncGenerator<Uint8Array> {
  const handle = await open(file);
  try {
    let filled = new Uint8Array(CHUNK_BYTES);
    let free = new Uint8Array(CHUNK_BYTES);
    let reading = readAtLeast(handle, filled);
    for (;;) {
      const length = await reading;
      if (length === 0) return;
      reading = readAtLeast(handle, free);
      // Its failure is met when it is awaited, not before.
      reading.catch(() => {});
      yield filled.subarray(0, length);
      [filled, free] = [free, filled];
    }
  } finally {
    await handle.close();
  }
}

/** A pipe may bring its first byte alone, which would not tell what it is. */
async function readAtLeast(handle: FileHandle, into: Uint8Array): Promise<number> {
  let length = 0;
  while (length < GZIP_MAGIC.length) {
    const { bytesRead } = await handle.read(into, length, into.length - length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return length;
}

async function* withFirst(first: Uint8Array, rest: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield first;
    yield* rest;
  } finally {
    // Closes the file when the reader has seen enough.
    await rest.return(undefined);
  }
}

async function* copies(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) yield chunk.slice();
}

function isGzip(head: Uint8Array): boolean {
  return GZIP_MAGIC.every((byte, at) => head[at] === byte);
}

const CHUNK_BYTES = 1 << 18;
const GZIP_MAGIC = [0x1f, 0x8b];
