import type { ScriptLocation } from '../../src/core/location.ts';
import type { ScriptSource, SourceReader } from '../../src/diagnose/source/source-reader.ts';

/** A source text with marks: a comment line `//  ^^ label` marks the column of its `^^` in the line above. */
export type Drawing = {
  readonly url: string;
  readonly code: string;
  /** Line from 1, as a person counts; the marks' own lines count too. */
  line(label: string): number;
  /** As V8 says it: from 0. */
  at(label: string, functionName?: string | null): ScriptLocation;
};

export function draw(url: string, code: string): Drawing {
  const marks = new Map<string, { readonly line: number; readonly column: number }>();
  let marked = 0;
  for (const [index, text] of code.split('\n').entries()) {
    const mark = /^\s*\/\/\s*\^\^ (.+)$/.exec(text);
    if (mark === null) marked = index;
    else marks.set(mark[1], { line: marked, column: text.indexOf('^^') });
  }
  const find = (label: string): { readonly line: number; readonly column: number } => {
    const mark = marks.get(label);
    if (mark === undefined) throw new Error(`no mark "${label}" in ${url}`);
    return mark;
  };
  return {
    url,
    code,
    line: (label) => find(label).line + 1,
    at: (label, functionName = null) => ({ url, ...find(label), function: functionName }),
  };
}

/** A reader of drawings and of scripts with maps, by URL; everything else is missing. */
export function sourcesOf(
  ...sources: readonly (Drawing | ({ readonly url: string } & ScriptSource))[]
): SourceReader {
  const byUrl = new Map(sources.map((source) => [source.url, source]));
  return {
    read: (url) => {
      const source = byUrl.get(url);
      if (source === undefined) return Promise.resolve(null);
      return Promise.resolve('map' in source ? source : { code: source.code, map: null });
    },
  };
}
