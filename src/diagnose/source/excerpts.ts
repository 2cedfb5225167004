import { sourceContentFor } from '@jridgewell/trace-mapping';
import type { Excerpt } from '../../core/finding.ts';
import type { SourceLocation } from '../../core/location.ts';
import { readablePath } from './original-location.ts';
import type { Script, Scripts } from './script.ts';

/**
 * The lines at the places, with one before and one after: of the file the developer wrote, in the order of the places. What
 * overlaps or touches is one excerpt. A place whose text can't be had, or is shorter than the place says, has none.
 */
export async function excerptsAt(
  places: readonly SourceLocation[],
  scripts: Scripts,
  workingDirectory: string,
): Promise<Excerpt[]> {
  const files = [...new Set(places.map(({ file }) => file))];
  const excerpts: Excerpt[] = [];
  for (const file of files) {
    const text = await textOf(file, scripts, workingDirectory);
    if (text === null) continue;
    const lines = text.split(/\r\n|[\n\r\u2028\u2029]/);
    const inside = places.filter(
      (place) => place.file === file && place.line >= 1 && place.line <= lines.length,
    );
    for (const group of touching(inside)) excerpts.push(excerptOf(file, lines, group));
  }
  return excerpts;
}

/** What a person takes in at a glance, and what a column of a terminal holds. */
const LINES_AROUND = 1;
const LONGEST_LINE = 160;
const TAB = '  ';

async function textOf(file: string, scripts: Scripts, workingDirectory: string): Promise<string | null> {
  for (const script of await scripts.loaded()) {
    const source = sourceOf(file, script, workingDirectory);
    if (source !== null && script.map !== null) {
      const content = sourceContentFor(script.map, source);
      // A map may name its sources without bringing them along.
      return content ?? (await scripts.text(source));
    }
    if (readablePath(script.url, workingDirectory) === file) return script.code;
  }
  return null;
}

/** The name a script's map has for the file; `null` if it is none of its sources. */
function sourceOf(file: string, { map }: Script, workingDirectory: string): string | null {
  return map?.resolvedSources.find((source) => readablePath(source, workingDirectory) === file) ?? null;
}

/** Places whose excerpts would overlap or touch, by line. */
function touching(places: readonly SourceLocation[]): SourceLocation[][] {
  const sorted = [...places].sort((a, b) => a.line - b.line);
  const groups: SourceLocation[][] = [];
  for (const place of sorted) {
    const group = groups.at(-1);
    const last = group?.at(-1);
    if (group !== undefined && last !== undefined && place.line - last.line <= 2 * LINES_AROUND + 1)
      group.push(place);
    else groups.push([place]);
  }
  // As the places stand in the finding: the holder first.
  const order = (group: readonly SourceLocation[]): number =>
    Math.min(...group.map((place) => places.indexOf(place)));
  return groups.sort((a, b) => order(a) - order(b));
}

function excerptOf(file: string, lines: readonly string[], group: readonly SourceLocation[]): Excerpt {
  const numbers = group.map(({ line }) => line);
  const firstLine = Math.max(1, Math.min(...numbers) - LINES_AROUND);
  const lastLine = Math.min(lines.length, Math.max(...numbers) + LINES_AROUND);
  const shown = lines.slice(firstLine - 1, lastLine);
  const indent = commonIndent(shown);
  return {
    file,
    firstLine,
    lines: shown.map((line, index) => {
      const place = group.find((candidate) => candidate.line === firstLine + index);
      return cutAround(line.slice(indent), (place?.column ?? 1) - 1 - indent);
    }),
    marked: [...new Set(numbers)],
  };
}

function commonIndent(lines: readonly string[]): number {
  const written = lines.filter((line) => line.trim() !== '');
  return written.length === 0 ? 0 : Math.min(...written.map((line) => line.length - line.trimStart().length));
}

/** A minified file is one line: of that the part around the place. */
function cutAround(line: string, column: number): string {
  const text = line.trimEnd();
  if (text.length <= LONGEST_LINE) return text.replaceAll('\t', TAB);
  const start = Math.max(0, Math.min(column - LONGEST_LINE / 4, text.length - LONGEST_LINE));
  const end = start + LONGEST_LINE;
  const cut = text.slice(start, end).replaceAll('\t', TAB);
  return `${start > 0 ? '…' : ''}${cut}${end < text.length ? '…' : ''}`;
}
