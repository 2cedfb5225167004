import { originalPositionFor, sourceContentFor } from '@jridgewell/trace-mapping';
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
  if (found.source === null) return null;
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
  const content = script.map === null ? null : sourceContentFor(script.map, original.source);
  const line = content?.split(/\r\n|[\n\r\u2028\u2029]/)[original.line - 1];
  const word =
    line === undefined ? null : /^[\p{ID_Start}$_][\p{ID_Continue}$]*/u.exec(line.slice(original.column));
  return word === null || KEYWORDS.has(word[0]) ? generatedName : word[0];
}

// A map with coarse segments points at the statement, not at the name in it.
const KEYWORDS: ReadonlySet<string> = new Set(
  'async await break case catch class const continue default delete do else export extends finally for function if import in instanceof interface let new of private protected public readonly return static super switch this throw try type typeof var void while yield'.split(
    ' ',
  ),
);
