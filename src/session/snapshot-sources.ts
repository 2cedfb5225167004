import { readFile, stat } from 'node:fs/promises';
import type { ScriptSource, SourceReader } from '../diagnose/source/source-reader.ts';
import { scriptPath, sourceFiles } from './source-files.ts';
import { scriptsFileOf } from './snapshot-files.ts';

/** By V8's number of a script, where it is from: the sidecar that `leakline snapshot` writes. Empty without one. */
export async function readSidecar(file: string): Promise<ReadonlyMap<number, string>> {
  try {
    const text = await readFile(scriptsFileOf(file.replace(/\.gz$/, '')), 'utf8');
    const document = JSON.parse(text) as { scripts?: readonly { id?: unknown; url?: unknown }[] };
    const rows = (document.scripts ?? []).flatMap(({ id, url }): [number, string][] =>
      typeof id === 'number' && typeof url === 'string' ? [[id, url]] : [],
    );
    return new Map(rows);
  } catch {
    // None, or of something else: then the snapshot's own names have to do.
    return new Map();
  }
}

/**
 * The program's text from this machine's disk, if it is the text that ran: a snapshot shows how its scripts begin. What is no
 * file is not opened, since a snapshot from elsewhere may call its scripts anything.
 */
export class SnapshotSources implements SourceReader {
  /** Files that are gone, and files that begin otherwise than what ran. */
  readonly missing: Set<string> = new Set();
  readonly changed: Set<string> = new Set();
  readonly #files = sourceFiles();
  readonly #beginningByUrl: ReadonlyMap<string, string>;

  constructor(beginningByUrl: ReadonlyMap<string, string>) {
    this.#beginningByUrl = beginningByUrl;
  }

  async read(url: string): Promise<ScriptSource | null> {
    const path = scriptPath(url);
    const source = path !== null && (await isReadable(path)) ? await this.#files.read(url) : null;
    const beginning = this.#beginningByUrl.get(url);
    if (source === null) {
      if (beginning !== undefined) this.missing.add(url);
      return null;
    }
    if (beginning === undefined || isCompiled(url) || isHidden(beginning)) return source;
    if (source.code.startsWith(beginning)) return source;
    this.changed.add(url);
    return null;
  }
}

async function isReadable(path: string): Promise<boolean> {
  const status = await stat(path).catch(() => null);
  return status !== null && status.isFile() && status.size <= SOURCE_BYTES_MAX;
}

/** A loader ran something else, with every position where it was. */
function isCompiled(url: string): boolean {
  return /\.[cm]?tsx?$/.test(url);
}

/** As `leakline snapshot` writes what it does not show. */
function isHidden(text: string): boolean {
  return /^~[^~\s]+~\d+$/.test(text);
}

const SOURCE_BYTES_MAX = 64 << 20;
