import { chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownIdentity } from './process-identity.ts';

export type PrivateDirectory = { readonly path: string; readonly remove: () => void };

/**
 * A directory only this user can enter (mkdtemp makes it 0700), for the socket the agent connects to. A file in it says
 * whose it is, so that a later leakline can remove it if we are killed (`left-behind.ts`).
 */
export function makePrivateDirectory(folder: string = runtimeDirectory()): PrivateDirectory {
  const path = mkdtempSync(join(folder, DIRECTORY_PREFIX));
  writeFileSync(join(path, OWNER_FILE), ownIdentity());
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

export const DIRECTORY_PREFIX = 'leakline-';
export const OWNER_FILE = 'owner';
/** The socket that the agent connects to. */
export const DOOR_FILE = 'agent';
/** What V8 writes of a snapshot. */
export const RAW_FILE = 'heap';

/** Where root meets another user's process, that user is to come through the door, and nobody else. */
export function giveToUser(uid: number, paths: readonly string[]): void {
  if (process.geteuid?.() !== 0 || uid === 0) return;
  for (const path of paths) chownSync(path, uid, -1);
}

/** Socket paths are limited to 107 bytes, so a deep TMPDIR is passed over. */
export function runtimeDirectory(): string {
  const candidate = tmpdir();
  return candidate.length <= 60 ? candidate : '/tmp';
}
