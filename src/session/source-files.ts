import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ScriptSource, SourceReader } from '../diagnose/source/source-reader.ts';

/**
 * Scripts and their source maps from this machine's disk: outside the target, whose memory maps would cost. A script
 * that changed since it was loaded gives wrong lines; one that is gone gives none. `stripsTypes`: whether the program's Node runs
 * TypeScript as it stands.
 */
export function sourceFiles({ stripsTypes = false }: { readonly stripsTypes?: boolean } = {}): SourceReader {
  const known = new Map<string, Promise<ScriptSource | null>>();
  return {
    read(url) {
      let source = known.get(url);
      if (source === undefined) {
        source = readScript(url, stripsTypes);
        known.set(url, source);
      }
      return source;
    },
  };
}

async function readScript(url: string, stripsTypes: boolean): Promise<ScriptSource | null> {
  const path = scriptPath(url);
  if (path === null) return null;
  const code = await readText(path);
  if (code === null) return null;
  if (stripsTypes && /\.[cm]?ts$/.test(path)) return { code, typed: true, map: null };
  const reference = lastMapReference(code);
  if (reference?.startsWith('data:') === true) return { code, map: decodeDataUrl(reference) };
  // A bundler may leave the comment out and still lay the map beside the script.
  const mapPath = reference === null ? `${path}.map` : resolve(dirname(path), decodeURI(reference));
  const map = await readText(mapPath);
  return { code, map, ...(map !== null && { mapUrl: mapPath }) };
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
  return match[1] === undefined
    ? decodeURIComponent(match[2])
    : Buffer.from(match[2], 'base64').toString('utf8');
}
