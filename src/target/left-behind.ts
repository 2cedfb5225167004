import { lstatSync, readFileSync, readdirSync, rmSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DIRECTORY_PREFIX, DOOR_FILE, OWNER_FILE, RAW_FILE, runtimeDirectory } from './private-directory.ts';
import { hasEnded, processIdentity } from './process-identity.ts';

const CLAIM_FILE = 'inspector';

/** Notes that we are about to open this process's inspector: to be written before the signal is sent. */
export function claimInspector(directory: string, pid: number): void {
  const identity = processIdentity(pid);
  if (identity !== null) writeFileSync(join(directory, CLAIM_FILE), identity);
}

/** We give up an inspector that we asked for and that did not open yet, or did not let itself be shut. */
export function abandonClaim(directory: string): void {
  rmSync(join(directory, OWNER_FILE), { force: true });
  rmSync(join(directory, DOOR_FILE), { force: true });
}

/**
 * Removes the directories of leaklines that were killed while they attached, and tells whether one of them has opened,
 * or asked for, the inspector of `pid`: nobody wants that one open, so it is ours to shut. What was left for another
 * process that still runs stays, for whoever attaches to that one. Without a pid only the removing is done.
 */
export function takeOverWhatWasLeft(pid: number | null): { readonly inspector: boolean } {
  const target = pid === null ? null : processIdentity(pid);
  let inspector = false;
  for (const path of ownDirectories()) {
    if (!isAbandoned(path)) continue;
    const claim = readText(join(path, CLAIM_FILE));
    if (claim !== null && claim === target) inspector = true;
    else if (claim !== null && !hasEnded(claim)) continue;
    remove(path);
  }
  return { inspector };
}

/**
 * The same of leaklines that were killed while they made the file for a snapshot, beside the one that was to stay. It is a folder of
 * the user's, so only what says whose it was is taken for ours.
 */
export function removeWhatWasLeft(folder: string): void {
  for (const path of ownDirectories(folder)) {
    const owner = readText(join(path, OWNER_FILE));
    if (owner !== null && readText(join(path, CLAIM_FILE)) === null && hasEnded(owner)) remove(path);
  }
}

/** Between mkdtemp and its first file a directory is empty for a moment. */
const SURELY_MADE_MS = 60_000;

function isAbandoned(path: string): boolean {
  const owner = readText(join(path, OWNER_FILE));
  if (owner !== null) return hasEnded(owner);
  if (readText(join(path, CLAIM_FILE)) !== null) return true;
  const modifiedMs = lstatSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Number.POSITIVE_INFINITY;
  return Date.now() - modifiedMs > SURELY_MADE_MS;
}

/**
 * Made by mkdtemp for this user, for nobody else to enter, and with nothing in it but what we put there: somebody may have a folder
 * called `leakline-server`. A link or another user's directory is not followed. Root gives its directories to the users of the
 * processes it attaches to.
 */
function ownDirectories(folder: string = runtimeDirectory()): string[] {
  return readdirSync(folder)
    .filter((name) => name.startsWith(DIRECTORY_PREFIX) && SIX.test(name.slice(DIRECTORY_PREFIX.length)))
    .map((name) => join(folder, name))
    .filter((path) => {
      const stat = lstatSync(path, { throwIfNoEntry: false });
      const isPrivate = stat?.isDirectory() === true && (stat.mode & 0o077) === 0;
      return (
        isPrivate && (stat.uid === process.getuid?.() || process.getuid?.() === 0) && holdsOursAlone(path)
      );
    });
}

/** The letters that mkdtemp adds. */
const SIX = /^[A-Za-z0-9]{6}$/;
const OUR_FILES: ReadonlySet<string> = new Set([OWNER_FILE, CLAIM_FILE, RAW_FILE]);

function holdsOursAlone(path: string): boolean {
  try {
    return readdirSync(path, { withFileTypes: true }).every((entry) =>
      entry.isFile() ? OUR_FILES.has(entry.name) : entry.isSocket() && entry.name === DOOR_FILE,
    );
  } catch {
    return false;
  }
}

/** Name by name, and the directory only if that leaves it empty: whatever else comes in meanwhile stays. */
function remove(path: string): void {
  try {
    for (const name of [...OUR_FILES, DOOR_FILE]) rmSync(join(path, name), { force: true });
    rmdirSync(path);
  } catch {
    // It is left for the next.
  }
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return null;
  }
}
