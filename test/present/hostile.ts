import * as fc from 'fast-check';

/** What must never reach a terminal from a document: it would be obeyed, or hide what stands beside it. */
export const OBEYED_BY_TERMINALS: RegExp =
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|[\u{e0000}-\u{e007f}]/u;

const ATTACKS = [
  '\u001b[31mred',
  '\u001b]0;title\u0007',
  '\u001b]8;;http://evil.example\u001b\\link\u001b]8;;\u001b\\',
  '\u009b31m',
  '\u202egnp.exe',
  '\u2066\u2069',
  '\u200b\u200d\ufeff',
  'two\r\nlines\u2028three',
  '\u{e0041}tag',
  '\ud800',
  '\u0000',
  'widé 漢字 🦄 e\u0301',
  '<script>',
];

/** Text as an attacker of the watched server would choose it, mixed with anything else Unicode has. */
export const hostileText: fc.Arbitrary<string> = fc
  .array(fc.oneof(fc.constantFrom(...ATTACKS), fc.string({ unit: 'binary', maxLength: 12 }), fc.string()), {
    minLength: 1,
    maxLength: 6,
  })
  .map((parts) => parts.join(''));

/** Terminal columns as Unicode has them (TR 11): pictures are wide where they are pictures by themselves. */
export function columnsOf(line: string): number {
  let columns = 0;
  for (const character of stripColors(line)) {
    if (/\p{M}/u.test(character) && !/\p{Mc}/u.test(character)) continue;
    columns += WIDE.test(character) ? 2 : 1;
  }
  return columns;
}

export function stripColors(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replace(/\u001b\[[0-9;]*m/g, '');
}

// East Asian wide characters by block. Not all of U+1F300 to U+1F9FF are wide: U+1F53E is not.
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4c6\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\p{Emoji_Presentation}\u{20000}-\u{3fffd}]/u;
