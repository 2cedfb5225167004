import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { ScriptSource, SourceReader } from '../diagnose/source/source-reader.ts';

/**
 * Scripts and their source maps from this machine's disk: outside the target, whose memory maps would cost. A script
 * that changed since it was loaded gives wrong lines; one that is gone gives none.
 */
export function sourceFiles(program: Partial<ProgramFiles> = {}): SourceReader {
  const files = { stripsTypes: null, nodeSourceMap: () => Promise.resolve(null), ...program };
  const known = new Map<string, Promise<ScriptSource | null>>();
  return {
    read(url) {
      let source = known.get(url);
      if (source === undefined) {
        source = readScript(url, files);
        known.set(url, source);
      }
      return source;
    },
  };
}

/** What becomes of files on their way into the program. */
export type ProgramFiles = {
  /** Whether its Node runs TypeScript as it stands; `null` where nobody can say, and its text is not read. */
  readonly stripsTypes: boolean | null;
  /** The map that it keeps of a script with a file URL, as JSON or as a data URL; `null` where it keeps none. Never rejects. */
  readonly nodeSourceMap: (url: string) => Promise<string | null>;
};

async function readScript(
  url: string,
  { stripsTypes, nodeSourceMap }: ProgramFiles,
): Promise<ScriptSource | null> {
  const path = scriptPath(url);
  if (path === null) return null;
  const code = await readText(path);
  if (code === null) return null;
  const kept = async (): Promise<string | null> => {
    const map = await nodeSourceMap(url.startsWith('/') ? pathToFileURL(url).href : url);
    return map?.startsWith('data:') === true ? decodeDataUrl(map) : map;
  };
  if (stripsTypes !== null && /\.[cm]?ts$/.test(path)) {
    const typed = { code, typed: true, map: null };
    return stripsTypes ? typed : { ...typed, rewritten: { map: await kept() } };
  }
  const reference = lastMapReference(code);
  if (reference?.startsWith('data:') === true) return { code, map: decodeDataUrl(reference) };
  // A bundler may leave the comment out and still lay the map beside the script.
  const mapPath = reference === null ? `${path}.map` : resolve(dirname(path), decodeURI(reference));
  const map = await readText(mapPath);
  if (map !== null) return { code, map, mapUrl: mapPath };
  // A file that brings no map, and of which Node has one, was written anew as it was loaded.
  const rewritten = /\.[cm]?jsx?$/.test(path) ? await kept() : null;
  return { code, map, ...(rewritten !== null && { rewritten: { map: rewritten } }) };
}

/** Where a script lies on this machine's disk; `null` if it came from elsewhere. */
export function scriptPath(url: string): string | null {
  if (url.startsWith('/')) return url;
  if (!url.startsWith('file://')) return null;
  return fileURLToPath(url.replace(/[?#].*$/, ''));
}

async function readText(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    // No such file is an answer: the finding then has no line, or the generated one.
    return null;
  }
}

/** The last one counts (ECMA-426). */
function lastMapReference(code: string): string | null {
  const references = [...code.slice(-MAP_COMMENT_WITHIN).matchAll(/\/\/[#@]\s*sourceMappingURL=(\S+)\s*$/gm)];
  return references.at(-1)?.[1] ?? null;
}

/** An inline map can be megabytes, so the whole file is searched. */
const MAP_COMMENT_WITHIN = 100_000_000;

function decodeDataUrl(url: string): string | null {
  const match = /^data:[^,]*?(;base64)?,(.*)$/s.exec(url);
  if (match?.[2] === undefined) return null;
  if (match[1] !== undefined) return Buffer.from(match[2], 'base64').toString('utf8');
  try {
    return decodeURIComponent(match[2]);
  } catch {
    // A broken map is a missing map.
    return null;
  }
}
