import { closeSync, constants, openSync, read, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { giveToUser, makePrivateDirectory, RAW_FILE } from './private-directory.ts';
import { seesDirectory } from './meet-agent.ts';

/**
 * A file for the program's snapshot as V8 writes it, with everything that was ever secret in it. It has a name only until
 * the program has opened it, and is empty until then: whoever is killed when, nothing of it is left.
 */
export type RawFile = {
  readonly path: string;
  /** Ours, to read what the program has written. */
  readonly file: number;
  /** Takes the name away. */
  unname(): void;
  close(): void;
};

export type RawPlace = { readonly folder: string; readonly leftBytes: number; readonly isMemory: boolean };

/**
 * Where the file would go, of these folders. A disk before memory, one that is this machine's alone (the program waits for
 * each write), and only where the program finds our files.
 */
export function findRawPlace(pid: number, folders: readonly string[]): RawPlace | null {
  const places = folders
    .filter((folder) => seesDirectory(pid, folder))
    .map((folder) => placeAt(folder))
    .filter((place) => place !== null);
  return places.find(({ isMemory }) => !isMemory) ?? places[0] ?? null;
}

function placeAt(folder: string): RawPlace | null {
  try {
    const { type, bavail, bsize } = statfsSync(folder);
    if (REMOTE.has(type)) return null;
    return { folder, leftBytes: bavail * bsize, isMemory: IN_MEMORY.has(type) };
  } catch {
    return null;
  }
}

export function makeRawFile(folder: string, uid: number): RawFile {
  const directory = makePrivateDirectory(folder);
  const path = join(directory.path, RAW_FILE);
  let file: number | null = null;
  try {
    const { O_RDWR, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
    file = openSync(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
    giveToUser(uid, [path, directory.path]);
  } catch (error) {
    if (file !== null) closeSync(file);
    directory.remove();
    throw error;
  }
  const opened = file;
  return { path, file: opened, unname: directory.remove, close: () => closeSync(opened) };
}

/**
 * All that is in it, whoever else has moved the position of the file. A chunk is overwritten by the next. (A stream would
 * close the file when it is given up, and the number may be another file's by then.)
 */
export async function* readRawFile(file: number): AsyncGenerator<Uint8Array> {
  const chunk = new Uint8Array(CHUNK_BYTES);
  for (let at = 0; ; ) {
    const length = await new Promise<number>((resolve, reject) => {
      read(file, chunk, 0, chunk.length, at, (error, bytes) =>
        error === null ? resolve(bytes) : reject(error),
      );
    });
    if (length === 0) return;
    at += length;
    yield chunk.subarray(0, length);
  }
}

const CHUNK_BYTES = 1 << 20;

/** `f_type` of statfs(2): tmpfs and ramfs. */
const IN_MEMORY = new Set([0x0102_1994, 0x8584_58f6]);
/** NFS, SMB and its successors, FUSE, Ceph, AFS, 9p: a server that does not answer would stop the program for as long. */
const REMOTE = new Set([
  0x6969, 0x517b, 0xff53_4d42, 0xfe53_4d42, 0x6573_5546, 0x00c3_6400, 0x5346_414f, 0x0102_1997,
]);
