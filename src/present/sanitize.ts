/**
 * Text that came out of the target, made harmless for a terminal: whatever could move the cursor, change colours,
 * reorder letters or hide them is replaced by its JavaScript escape, so that it is seen instead of obeyed.
 *
 * A property name is data of the watched server, and an attacker of that server may have chosen it.
 */
export function sanitize(text: string, options: { readonly unicode: boolean }): string {
  const visible = UNSAFE.test(text) ? text.replace(EVERY_UNSAFE, escapeOf) : text;
  if (options.unicode || PRINTABLE_ASCII.test(visible)) return visible;
  return visible.replace(NOT_ASCII, (character) => ASCII_BY_CHARACTER[character] ?? escapeOf(character));
}

/**
 * The same document with every string in it sanitized, keys of records included. Done once where a document enters
 * a presenter, so no presenter can forget a field.
 */
export function sanitizeDocument<T>(document: T, options: { readonly unicode: boolean }): T {
  return sanitizeValue(document, options) as T;
}

function sanitizeValue(value: unknown, options: { readonly unicode: boolean }): unknown {
  if (typeof value === 'string') return sanitize(value, options);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    // The columns of a series are long and hold only numbers; a live screen would copy them every second.
    return typeof value[0] === 'number' ? value : value.map((item) => sanitizeValue(item, options));
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [sanitize(key, options), sanitizeValue(item, options)]),
  );
}

// Controls (C0, DEL, C1), format characters (bidi, zero-width, tags), lone surrogates, the two Unicode line ends,
// everything a terminal draws as nothing, and what is no character (yet), of which terminals don't agree how wide it is. Joiners inside emoji fall too: a torn emoji is the smaller harm.
const UNSAFE_CLASS = String.raw`[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Cn}]`;
const UNSAFE = new RegExp(UNSAFE_CLASS, 'u');
export const EVERY_UNSAFE: RegExp = new RegExp(UNSAFE_CLASS, 'gu');
const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;
const NOT_ASCII = /[^\x20-\x7e]/gu;

const SHORT_ESCAPE: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function escapeOf(character: string): string {
  const short = SHORT_ESCAPE[character];
  if (short !== undefined) return short;
  const hex = (character.codePointAt(0) ?? 0).toString(16);
  if (hex.length <= 2) return `\\x${hex.padStart(2, '0')}`;
  return hex.length <= 4 ? `\\u${hex.padStart(4, '0')}` : `\\u{${hex}}`;
}

// What leakline's own sentences use beyond ASCII; escapes would make them unreadable on a plain terminal.
const ASCII_BY_CHARACTER: Readonly<Record<string, string>> = {
  '·': '-',
  '…': '..',
  '–': '-',
  '—': '-',
  '→': '->',
  '›': '>',
  '×': 'x',
  '‘': "'",
  '’': "'",
  '“': '"',
  '”': '"',
  '≈': '~',
  '≤': '<=',
  '≥': '>=',
  '−': '-',
  '±': '+-',
  '\u00a0': ' ',
  '\u202f': ' ',
};
