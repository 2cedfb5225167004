import type { ScriptLocation } from '../core/location.ts';

/** A function as a profile of another tool names it. */
export type ProfileFrame = {
  /** Empty of one without a name. */
  readonly function: string;
  /** Empty of what is no script: V8 itself. */
  readonly url: string;
  /** Where the function begins, which is all V8's sampler knows; from 0, and `null` of what is no script. */
  readonly line: number | null;
  readonly column: number | null;
};

/**
 * A frame that may be shown. Names come from the watched program, and what reads the file may print them on a terminal;
 * what stands behind a `?` or before an `@` may be a secret, a data: URL is a whole text, and what a program evaluates it may
 * call what it likes.
 */
export function profileFrame({ url, line, column, function: name }: ScriptLocation): ProfileFrame {
  const isScript = url !== '' && line >= 0;
  return {
    function: harmless(name ?? ''),
    url: url === '' ? '' : harmless(placeOf(url)),
    line: isScript ? line : null,
    column: isScript ? Math.max(0, column) : null,
  };
}

function placeOf(url: string): string {
  if (!/^(?:\/|[a-z]:[\\/]|(?:file|https?|node|webpack(?:-internal)?):)/i.test(url)) return '(evaluated)';
  return url.replace(/[?#].*$/s, '').replace(/^([\w+.-]+:\/\/)[^/]*@/, '$1');
}

/** What moves a cursor, reorders or hides letters, or is half of a character becomes an escape that is seen. */
function harmless(text: string): string {
  const seen = text.replace(UNSAFE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
  return seen.length <= LENGTH_MAX ? seen : `${seen.slice(0, LENGTH_MAX).replace(/[\ud800-\udbff]$/, '')}…`;
}

const UNSAFE =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]/gu;
const LENGTH_MAX = 1000;
