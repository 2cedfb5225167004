import { readFile } from 'node:fs/promises';
import type { KnownWords } from '../capture/redaction.ts';
import { codeWords } from '../diagnose/source/code-words.ts';
import { mapReference, scriptPath } from './source-files.ts';

/** A script of the program, by V8's number, as the sidecar lists it. */
export type SnapshotScript = {
  readonly id: number;
  readonly url: string;
  /** As the script names it; `inline` where the script has it within; `null` if there is none. */
  readonly sourceMap: string | null;
};

/**
 * The words of a program that a snapshot may show: the names in the text of its scripts and in Node's, and where the
 * scripts are from. Read from disk, so it costs the program nothing; a script that is not there, or is not JavaScript
 * there, has no words, and its names are hidden.
 */
export async function readProgramWords(
  urlByScriptId: ReadonlyMap<string, string>,
  nodeWords: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<{
  readonly words: KnownWords;
  readonly scripts: readonly SnapshotScript[];
  readonly unread: number;
}> {
  const words = new Set(nodeWords);
  for (const source of nodeSources()) addWords(words, codeWords(source));
  const scripts: SnapshotScript[] = [];
  let unread = 0;
  for (const [id, loadedFrom] of urlByScriptId) {
    signal.throwIfAborted();
    const url = withoutQuery(loadedFrom);
    words.add(url);
    const path = scriptPath(url);
    if (path !== null) words.add(path);
    const code = path === null ? null : await readFile(path, 'utf8').catch(() => null);
    const names = code === null ? null : codeWords(code);
    if (names === null) unread += 1;
    else addWords(words, names);
    scripts.push({ id: Number(id), url, sourceMap: code === null ? null : mapOf(code) });
  }
  return { words, scripts, unread };
}

function addWords(words: Set<string>, more: ReadonlySet<string> | null): void {
  for (const word of more ?? []) words.add(word);
}

/** What stands behind a `?` may be anything, and a data: URL is a text. */
function withoutQuery(url: string): string {
  if (url.startsWith('data:')) return 'data:';
  return url.replace(/[?#].*$/s, '').replace(/^(\w+:\/\/)[^/@]*@/, '$1');
}

function mapOf(code: string): string | null {
  const reference = mapReference(code);
  if (reference === null) return null;
  return reference.startsWith('data:') ? 'inline' : withoutQuery(reference);
}

/** Node has the text of its own modules within; a private door to it, so it may be shut. */
function nodeSources(): string[] {
  try {
    const { binding } = process as unknown as { binding(name: string): Record<string, unknown> };
    const sources = binding.call(process, 'natives');
    return Object.values(sources).filter((source) => typeof source === 'string');
  } catch {
    return [];
  }
}
