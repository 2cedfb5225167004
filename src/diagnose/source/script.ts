import { AnyMap, LEAST_UPPER_BOUND, originalPositionFor, type TraceMap } from '@jridgewell/trace-mapping';
import type { SourceReader } from './source-reader.ts';
import { type AnyNode, type Program, parseScript } from './syntax.ts';
import { parseTypeScript } from './typed-syntax.ts';

/** A script as V8 runs it, parsed, with the map back to what was written; or what was written itself, where nobody has the other. */
export type Script = {
  readonly url: string;
  readonly code: string;
  /** Offsets at which the lines begin. */
  readonly lineStarts: readonly number[];
  /** `null` if the text is no JavaScript. */
  readonly program: Program | null;
  readonly map: TraceMap | null;
  /** V8 runs another text, made of this one as it was loaded: the map from its places to this one's, if there is one. */
  readonly rewritten: { readonly map: TraceMap | null } | null;
};

/** A place in a script's text. */
export type ScriptPlace = { readonly script: Script; readonly offset: number };

/** The place where a node begins. */
export function placeOf(script: Script, node: AnyNode): ScriptPlace {
  return { script, offset: node.start };
}

/** Reads and parses each script once. */
export class Scripts {
  readonly #reader: SourceReader;
  readonly #byUrl = new Map<string, Promise<Script | null>>();

  constructor(reader: SourceReader) {
    this.#reader = reader;
  }

  /** `null` if there is no such source, or it is one of Node's own. */
  find(url: string): Promise<Script | null> {
    if (url === '' || url.startsWith('node:')) return Promise.resolve(null);
    // One file may be known by two names: `require` gives paths, `import` gives URLs.
    const key = url.startsWith('file://') ? decodeUrlPath(url) : url;
    const known = this.#byUrl.get(key);
    if (known !== undefined) return known;
    const script = this.#read(url);
    this.#byUrl.set(key, script);
    return script;
  }

  /** Those that were read so far. */
  async loaded(): Promise<Script[]> {
    const scripts = await Promise.all(this.#byUrl.values());
    return scripts.filter((script) => script !== null);
  }

  /** A text that is no script of its own: what a map was made from. `null` if it can't be had. */
  async text(url: string): Promise<string | null> {
    return (await this.#reader.read(url))?.code ?? null;
  }

  async #read(url: string): Promise<Script | null> {
    const source = await this.#reader.read(url);
    if (source === null) return null;
    return {
      url,
      code: source.code,
      lineStarts: lineStartsOf(source.code),
      program: parseScript(source.code) ?? (source.typed === true ? parseTypeScript(source.code) : null),
      map: source.map === null ? null : parseMap(source.map, source.mapUrl ?? url),
      rewritten: source.rewritten === undefined ? null : { map: mapOfOne(source.rewritten.map, url) },
    };
  }
}

/**
 * The offset of V8's line and column (both from 0), kept inside the text; `null` if they are those of another text, and nothing leads
 * from there to this one.
 */
export function offsetAt(script: Script, line: number, column: number): number | null {
  if (script.rewritten === null) return offsetOf(script, line, column);
  const { map } = script.rewritten;
  const found = map && originalPositionFor(map, { line: line + 1, column });
  return found?.line == null ? null : offsetOf(script, found.line - 1, found.column);
}

/** The same for the place of a function, which V8 puts before the first of its parameters. */
export function functionOffsetAt(script: Script, line: number, column: number): number | null {
  if (script.rewritten === null) return offsetOf(script, line, column);
  const { map } = script.rewritten;
  if (map === null) return null;
  // What a map has before that place may be the function's name, which is not in it: what it has next is a parameter or the body.
  for (let lines = 0; lines < LINES_TO_BODY; lines += 1) {
    const from = { line: line + 1 + lines, column: lines === 0 ? column : 0 };
    const found = originalPositionFor(map, { ...from, bias: LEAST_UPPER_BOUND });
    if (found.line !== null) return offsetOf(script, found.line - 1, found.column);
  }
  return null;
}

const LINES_TO_BODY = 3;

function offsetOf(script: Script, line: number, column: number): number {
  const start = script.lineStarts[Math.max(0, Math.min(line, script.lineStarts.length - 1))] ?? 0;
  return Math.min(start + Math.max(0, column), script.code.length);
}

/** Line and column, both from 0. */
export function positionAt(
  script: Script,
  offset: number,
): { readonly line: number; readonly column: number } {
  let low = 0;
  let high = script.lineStarts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((script.lineStarts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low, column: offset - (script.lineStarts[low] ?? 0) };
}

/** `/app/a b.js` of `file:///app/a%20b.js`, `C:/app/a.js` of `file:///C:/app/a.js`. */
export function decodeUrlPath(url: string): string {
  const path = url.slice('file://'.length).replace(/^\/(?=[a-z]:)/i, '');
  try {
    return decodeURIComponent(path);
  } catch {
    // A `%` that is no escape: then the path is what it looks like.
    return path;
  }
}

// V8 counts lines as the language does: U+2028 and U+2029 end one too.
function lineStartsOf(code: string): number[] {
  const starts = [0];
  for (const end of code.matchAll(/\r\n|[\n\r\u2028\u2029]/g)) starts.push(end.index + end[0].length);
  return starts;
}

function parseMap(json: string, mapUrl: string): TraceMap | null {
  try {
    // Some servers put `)]}'` before their JSON, so that it can't be run; the specification lets it pass.
    return new AnyMap(json.replace(/^\)\]\}'[^\n]*\n/, ''), mapUrl);
  } catch {
    // A broken map is a missing map: the generated line is still a true line.
    return null;
  }
}

/** A map that leads to one text; what was made of several files can't be told from one of them. */
function mapOfOne(json: string | null, url: string): TraceMap | null {
  const map = json === null ? null : parseMap(json, url);
  return map?.sources.length === 1 ? map : null;
}
