import { chownSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A directory only this user can enter (mkdtemp makes it 0700), for the socket the agent connects to. */
export function makePrivateDirectory(): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(runtimeDirectory(), PREFIX));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Removes what a leakline that was killed has left: directories of ours whose socket nobody listens on any more. */
export async function removeStaleDirectories(): Promise<void> {
  const folder = runtimeDirectory();
  const names = readdirSync(folder).filter((name) => name.startsWith(PREFIX));
  await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name);
      if (isOurs(path) && (await isAbandoned(join(path, 'agent'))))
        rmSync(path, { recursive: true, force: true });
    }),
  );
}

const PREFIX = 'leakline-';

/** Where root meets another user's process, that user is to come through the door, and nobody else. */
export function giveToUser(uid: number, paths: readonly string[]): void {
  if (process.geteuid?.() !== 0 || uid === 0) return;
  for (const path of paths) chownSync(path, uid, -1);
}

/** Socket paths are limited to 107 bytes, so a deep TMPDIR is passed over. */
function runtimeDirectory(): string {
  const candidate = tmpdir();
  return candidate.length <= 60 ? candidate : '/tmp';
}

function isOurs(path: string): boolean {
  try {
    const { uid, mode, mtimeMs } = statSync(path);
    // A younger one may be between its bind and its listen, and would look abandoned.
    const isSettled = Date.now() - mtimeMs > 10_000;
    return uid === process.geteuid?.() && (mode & 0o777) === 0o700 && isSettled;
  } catch {
    return false;
  }
}

/** Refused means a socket without a listener. One that is not there may be about to come. */
function isAbandoned(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketPath, () => {
      socket.destroy();
      resolve(false);
    });
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNREFUSED'));
  });
}
