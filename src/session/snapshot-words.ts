import { readFile } from 'node:fs/promises';
import type { KnownWords } from '../capture/redaction.ts';
import type { ScriptOrigin } from '../core/snapshot-capture.ts';
import { codeWords } from '../diagnose/source/code-words.ts';
import { scriptPath } from './source-files.ts';

/** A script of the program, by V8's number, as the sidecar lists it. */
export type SnapshotScript = {
  readonly id: number;
  readonly url: string;
  /** As the script names it; `inline` where the script has it within; `null` if there is none. */
  readonly sourceMap: string | null;
};

export function listScripts(origins: readonly ScriptOrigin[]): SnapshotScript[] {
  return origins.map(({ id, url, sourceMap }) => ({
    id: Number(id),
    url: placeOf(url),
    sourceMap: mapReference(sourceMap),
  }));
}

/** What a snapshot may show: the names in the texts of the scripts, and where the scripts are from. */
export type ProgramWords = {
  readonly words: KnownWords;
  /** Scripts that are not JavaScript as far as we can read: their names stay hidden. */
  readonly unread: number;
};

/**
 * Words that are known already, those in texts that are nobody's secret, and those of the program. A script's text
 * is read from disk, which costs the program nothing; where the text there is not what runs (TypeScript that a loader
 * compiled), `askFor` gets the texts that V8 has.
 */
export async function readProgramWords(
  origins: readonly ScriptOrigin[],
  ownWords: ReadonlySet<string>,
  ownSources: readonly string[],
  {
    askFor,
    scriptLengthMax,
  }: {
    readonly askFor: (ids: readonly string[]) => AsyncIterable<readonly [id: string, source: string]>;
    /** Longer ones are not read: parsing takes memory. */
    readonly scriptLengthMax: number;
  },
): Promise<ProgramWords> {
  const read = (code: string | null): Set<string> | null =>
    code === null || code === '' || code.length > scriptLengthMax ? null : codeWords(code);
  const words = new Set(ownWords);
  const missing: string[] = [];
  for (const source of ownSources) addWords(words, codeWords(source));
  for (const { id, url } of origins) {
    const place = placeOf(url);
    const path = scriptPath(place);
    addPlaces(words, place, path);
    const code = path === null ? null : await readFile(path, 'utf8').catch(() => null);
    const names = read(code);
    if (names === null) missing.push(id);
    else addWords(words, names);
  }
  let unread = missing.length;
  if (missing.length > 0) {
    for await (const [, source] of askFor(missing)) {
      const names = read(source);
      if (names !== null) unread -= 1;
      addWords(words, names);
    }
  }
  return { words, unread };
}

function addWords(words: Set<string>, more: ReadonlySet<string> | null): void {
  for (const word of more ?? []) words.add(word);
}

function addPlaces(words: Set<string>, url: string, path: string | null): void {
  if (url !== EVALUATED) words.add(url);
  if (path === null) return;
  words.add(path);
  // CommonJS keeps the folder of each module.
  words.add(path.slice(0, path.lastIndexOf('/')));
}

function mapReference(sourceMap: string): string | null {
  if (sourceMap === '') return null;
  return sourceMap.startsWith('data:') ? 'inline' : withoutQuery(sourceMap);
}

/**
 * What stands behind a `?` may be anything, before an `@` a password; a data: URL is a whole text, and what a program evaluates
 * it may call what it likes.
 */
function placeOf(url: string): string {
  return /^(?:\/|file:|https?:|webpack(?:-internal)?:)/.test(url) ? withoutQuery(url) : EVALUATED;
}

export function withoutQuery(url: string): string {
  return url.replace(/[?#].*$/s, '').replace(/^([\w+.-]+:\/\/)[^/@]*@/, '$1');
}

const EVALUATED = '(evaluated)';
