import { lstatSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DIRECTORY_PREFIX, OWNER_FILE, runtimeDirectory } from './private-directory.ts';
import { hasEnded, processIdentity } from './process-identity.ts';

/** Notes that we are about to open this process's inspector: to be written before the signal is sent. */
export function claimInspector(directory: string, pid: number): void {
  const identity = processIdentity(pid);
  if (identity !== null) writeFileSync(join(directory, CLAIM_FILE), identity);
}

/** We give up an inspector that we asked for and that did not open yet, or did not let itself be shut. */
export function abandonClaim(directory: string): void {
  rmSync(join(directory, OWNER_FILE), { force: true });
  rmSync(join(directory, 'agent'), { force: true });
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
    rmSync(path, { recursive: true, force: true });
  }
  return { inspector };
}

/** The same of leaklines that were killed while they made the file for a snapshot, beside the one that was to stay. */
export function removeWhatWasLeft(folder: string): void {
  for (const path of ownDirectories(folder)) {
    if (readText(join(path, CLAIM_FILE)) === null && isAbandoned(path))
      rmSync(path, { recursive: true, force: true });
  }
}

const CLAIM_FILE = 'inspector';

/** Between mkdtemp and its first file a directory is empty for a moment. */
const SURELY_MADE_MS = 60_000;

function isAbandoned(path: string): boolean {
  const owner = readText(join(path, OWNER_FILE));
  if (owner !== null) return hasEnded(owner);
  if (readText(join(path, CLAIM_FILE)) !== null) return true;
  const modifiedMs = lstatSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Number.POSITIVE_INFINITY;
  return onlySocket(path) && Date.now() - modifiedMs > SURELY_MADE_MS;
}

/** Nothing else was ever ours, and other programs may use the prefix. */
function onlySocket(path: string): boolean {
  try {
    return readdirSync(path).every((name) => name === 'agent');
  } catch {
    return false;
  }
}

/**
 * Made by mkdtemp for this user: a link or another user's directory in the shared folder is not followed. Root gives its
 * directories to the users of the processes it attaches to.
 */
function ownDirectories(folder: string = runtimeDirectory()): string[] {
  return readdirSync(folder)
    .filter((name) => /^[A-Za-z0-9]{6}$/.test(name.replace(DIRECTORY_PREFIX, '')))
    .map((name) => join(folder, name))
    .filter((path) => {
      const stat = lstatSync(path, { throwIfNoEntry: false });
      return stat?.isDirectory() === true && (stat.uid === process.getuid?.() || process.getuid?.() === 0);
    });
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return null;
  }
}
