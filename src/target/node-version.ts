import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { LeaklineError } from '../core/errors.ts';

/**
 * The version of a Node executable, as `v20.20.2`; `null` if it does not tell.
 *
 * Read from the address of its headers, which every release has in its text (`process.release.headersUrl`). Running the
 * file to ask it would be to run a stranger's program, as root perhaps. Takes some 30 ms a file, once.
 */
export function nodeVersion(path: string): string | null {
  try {
    const { dev, ino, mtimeMs } = statSync(path);
    const identity = `${dev}:${ino}:${mtimeMs}`;
    const known = versionByFile.get(identity);
    if (known !== undefined) return known;
    const version = searchVersion(path);
    versionByFile.set(identity, version);
    return version;
  } catch {
    // Not readable, or replaced meanwhile.
    return null;
  }
}

/** Throws NODE_TOO_OLD for a version that lacks what the agent needs. An unknown version passes. */
export function checkNodeVersion(pid: number, version: string | null): void {
  const major = Number(/^v(\d+)\./.exec(version ?? '')?.[1] ?? OLDEST_MAJOR);
  if (major < OLDEST_MAJOR) throw new LeaklineError('NODE_TOO_OLD', { pid, node: version ?? '' });
}

/** Before it, nothing of the agent has been tried. */
const OLDEST_MAJOR = 20;

const versionByFile = new Map<string, string | null>();
const CHUNK_BYTES = 4_194_304;
const OVERLAP_BYTES = 64;

function searchVersion(path: string): string | null {
  const marker = Buffer.from('/download/release/v');
  const buffer = Buffer.alloc(CHUNK_BYTES);
  const file = openSync(path, 'r');
  try {
    for (let offset = 0; ; offset += CHUNK_BYTES - OVERLAP_BYTES) {
      const length = readSync(file, buffer, 0, CHUNK_BYTES, offset);
      const text = buffer.subarray(0, length);
      for (let at = text.indexOf(marker); at !== -1; at = text.indexOf(marker, at + 1)) {
        const match = /^v\d+\.\d+\.\d+(?=\/)/.exec(
          text.toString('latin1', at + marker.length - 1, at + marker.length + 20),
        );
        if (match !== null) return match[0];
      }
      if (length < CHUNK_BYTES) return null;
    }
  } finally {
    closeSync(file);
  }
}
