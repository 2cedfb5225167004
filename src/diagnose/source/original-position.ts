import { originalPositionFor, sourceContentFor, type TraceMap } from '@jridgewell/trace-mapping';
import { positionAt, type Script } from './script.ts';

export type OriginalPosition = {
  readonly source: string;
  readonly line: number;
  readonly column: number;
  readonly name: string | null;
};

/** Where the text at the offset was written, `null` without a map or where the map says nothing. */
export function tracePosition(script: Script, offset: number): OriginalPosition | null {
  if (script.map === null) return null;
  const { line, column } = positionAt(script, offset);
  // trace-mapping counts lines from 1 and columns from 0.
  const found = originalPositionFor(script.map, { line: line + 1, column });
  // A source without a name (`null`) resolves to the map's folder, which is no file.
  if (found.source === null || isNameless(script.map, found.source)) return null;
  return { source: found.source, line: found.line, column: found.column, name: found.name };
}

/**
 * What the developer called the thing whose generated name stands at the offset: `sessions` where a minifier made
 * `e` of it. The map's names know it, or the original text at that place; else the generated name.
 */
export function originalName(script: Script, offset: number, generatedName: string): string {
  const original = tracePosition(script, offset);
  if (original === null) return generatedName;
  if (original.name !== null) return original.name;
  const word = /^[\p{ID_Start}$_][\p{ID_Continue}$]*/u.exec(lineOf(script, original).slice(original.column));
  return word === null || KEYWORDS.has(word[0]) ? generatedName : word[0];
}

/** The same for a private name (`#t`), which a minifier shortens too. Some maps have it without its `#`. */
export function originalPrivateName(script: Script, offset: number, generatedName: string): string {
  const original = tracePosition(script, offset);
  if (original === null) return generatedName;
  const inText = /^#[\p{ID_Start}$_][\p{ID_Continue}$]*/u.exec(
    lineOf(script, original).slice(original.column),
  )?.[0];
  const name = original.name ?? inText;
  if (name === undefined) return generatedName;
  return name.startsWith('#') ? name : `#${name}`;
}

/**
 * The name of a class whose generated text has none any more. A minifier that puts a class where it is used maps the
 * word `class` to that place, but the body to the body: `class Autosaver extends Base {` stands before it.
 */
export function originalClassName(script: Script, bodyOffset: number): string | null {
  const original = tracePosition(script, bodyOffset);
  if (original === null) return null;
  const before = lineOf(script, original).slice(0, original.column);
  return /\bclass\s+([\w$]+)[^{}]*$/.exec(before)?.[1] ?? null;
}

/** The original line; empty where the map brings no sources along. */
function lineOf(script: Script, position: OriginalPosition): string {
  const content = script.map === null ? null : sourceContentFor(script.map, position.source);
  return content?.split(/\r\n|[\n\r\u2028\u2029]/)[position.line - 1] ?? '';
}

function isNameless(map: TraceMap, source: string): boolean {
  return map.sources[map.resolvedSources.indexOf(source)] === null;
}

// A map with coarse segments points at the statement, not at the name in it.
const KEYWORDS: ReadonlySet<string> = new Set(
  'async await break case catch class const continue default delete do else export extends finally for function if import in instanceof interface let new of private protected public readonly return static super switch this throw try type typeof var void while yield'.split(
    ' ',
  ),
);
