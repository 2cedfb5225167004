/**
 * What a redacted snapshot shows instead of a text, or `null` where the text may stay: because it is known, from the source
 * of the program or from Node and V8 themselves. That something looks like an identifier is no reason: in
 * `sessions[token]` the token is a property's name.
 *
 * `hash` is keyed with a key of this one file, so equal texts stay equal within it and can't be guessed or compared
 * outside. Of the length the next power of two is told.
 */
export function redactText(text: string, known: KnownWords, hash: (text: string) => string): string | null {
  const shown = show(text, known, hash);
  return shown === text ? null : shown;
}

export type KnownWords = { has(word: string): boolean };

function show(text: string, known: KnownWords, hash: (text: string) => string): string {
  const entry = WEAK_MAP_ENTRY.exec(text);
  if (entry !== null) {
    // Readers know by these names which of an entry's two edges to count, so the form stays whatever is in it.
    const [, index = '', key = '', keyId, value = '', valueId, tableId] = entry;
    return `${index}part of key (${show(key, known, hash)} @${keyId}) -> value (${show(value, known, hash)} @${valueId}) pair in WeakMap (table @${tableId})`;
  }
  return isKnown(text, known, NESTING_MAX) ? text : `~${hash(text)}~${lengthClass(text.length)}`;
}

/** What V8 makes of names: of an accessor, a bound function, a symbol, a built-in type, a function's code. */
function isKnown(text: string, known: KnownWords, nesting: number): boolean {
  if (text === '' || known.has(text) || RARE_WORDS.has(text) || CONTEXT.test(text)) return true;
  if (nesting === 0) return false;
  // Code is named by the place of its function, too: `Readable.push`. Elsewhere a text with dots may be anything.
  const place = CODE.exec(text)?.[1];
  if (place !== undefined && place.split('.').every((part) => isKnown(part, known, nesting - 1))) return true;
  for (const form of FORMS) {
    const inner = form.exec(text)?.[1];
    if (inner !== undefined) return isKnown(inner, known, nesting - 1);
  }
  return false;
}

const NESTING_MAX = 3;

/** All but the numbers V8 gives is caught, so nothing else can be in what is shown. */
const WEAK_MAP_ENTRY =
  /^(\d{1,9} \/ )?part of key \((.*) @(\d{1,10})\) -> value \((.*) @(\d{1,10})\) pair in WeakMap \(table @(\d{1,10})\)$/s;

/** V8's own object for the variables of a scope, with the id of the scope's description. */
const CONTEXT = /^system \/ Context \/ scope @\d{1,10}$/;

const CODE = /^\((?:code|instruction stream|bytecode|baseline) for (.+)\)$/;

const FORMS: readonly RegExp[] = [
  /^(?:get|set|bound) (.+)$/,
  /^<symbol (\S*)>$/,
  /^(?:system|Node) \/ (\S+)$/,
  /^system \/ (?:SharedFunctionInfo|Script) \/ (.+)$/,
];

/** V8's own: of things that a Node which does nothing does not have, and what readers find the roots and the globals by. */
const RARE_WORDS = new Set([
  '(script line ends)',
  'line_ends',
  '(sliced string)',
  '(concatenated string)',
  'v8/gc',
  '(GC roots)',
  '(Document DOM trees)',
  '(map descriptors)',
  'system / NativeContext',
  'native_context',
]);

/** 1, 2, 4, 8, … */
function lengthClass(length: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(1, length)));
}
