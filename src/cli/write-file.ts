import { randomBytes } from 'node:crypto';
import { lstat, open, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { LeaklineError } from '../core/errors.ts';

/**
 * Writes a file that is there whole or as it was before, and that only its owner may read: a report has names and places of a
 * program. It is written under another name beside and then takes its place, so whoever reads meanwhile never sees half of it.
 *
 * A link is refused, because it would be replaced where its owner expects to be written through it, and because in a folder that
 * many may write to it could have been put there by somebody else. Pipes and devices are written to as they are.
 *
 * Throws CANNOT_WRITE.
 */
export async function writeWholeFile(file: string, content: string | Uint8Array): Promise<void> {
  try {
    if (await isStream(file)) return await writeInto(file, content);
  } catch (cause) {
    throw cannotWrite(file, cause);
  }
  const partial = join(dirname(file), `.${basename(file)}.${randomBytes(6).toString('hex')}.partial`);
  try {
    const handle = await open(partial, 'wx', OWNER_ONLY);
    try {
      await handle.writeFile(content);
    } finally {
      await handle.close();
    }
    await rename(partial, file);
  } catch (cause) {
    await unlink(partial).catch(() => undefined);
    throw cannotWrite(file, cause);
  }
}

const OWNER_ONLY = 0o600;

/** Whether it takes bytes without being a file that has them then: a pipe, a terminal. Throws what it can't be written to for. */
async function isStream(file: string): Promise<boolean> {
  const own = await lstat(file).catch(whereAbsent);
  if (own === null) return false;
  if (own.isDirectory()) throw new Refusal('it is a directory');
  if (!own.isSymbolicLink()) return !own.isFile();
  const target = await stat(file).catch(whereAbsent);
  // What a shell makes of `>(…)`, and /dev/stdout, are links to what is open already.
  if (target !== null && !target.isFile() && !target.isDirectory()) return true;
  if (/^\/(?:dev|proc)\//.test(file)) return true;
  throw new Refusal(
    'it is a symbolic link, and what it leads to is not written through it; name that itself',
  );
}

async function writeInto(file: string, content: string | Uint8Array): Promise<void> {
  const handle = await open(file, 'w');
  try {
    await handle.writeFile(content);
  } finally {
    await handle.close();
  }
}

function whereAbsent(cause: unknown): null {
  if (codeOf(cause) === 'ENOENT') return null;
  throw cause;
}

class Refusal extends Error {}

function cannotWrite(file: string, cause: unknown): LeaklineError {
  return new LeaklineError('CANNOT_WRITE', { file, message: reasonWords(file, cause) }, { cause });
}

/** In words for what people run into; else as the system says it. */
function reasonWords(file: string, cause: unknown): string {
  const folder = dirname(file);
  switch (codeOf(cause)) {
    case 'ENOENT':
      return `there is no directory ${folder}`;
    case 'ENOTDIR':
      return `${folder} is not a directory`;
    case 'EACCES':
    case 'EPERM':
      return `this user may not write in the directory ${folder}`;
    case 'EROFS':
      return `the file system of ${folder} can only be read`;
    case 'ENOSPC':
    case 'EDQUOT':
      return `there is no room left for it in ${folder}`;
    case 'ENAMETOOLONG':
      return 'its name is too long';
    default:
      return cause instanceof Error ? cause.message : String(cause);
  }
}

function codeOf(cause: unknown): string | undefined {
  return cause instanceof Error ? (cause as NodeJS.ErrnoException).code : undefined;
}
