/** A name that an attacker of the watched server would choose for whoever reads of it on a terminal, in a browser or on a forge. */
export type Hostile = {
  readonly name: string;
  /** It is all that a field holds, where it may begin a line; else it stands within the field's own words. */
  readonly isAlone: boolean;
  /** Which of several documents of one kind it goes into. */
  readonly turn: number;
};

/**
 * Twenty families times twenty-five changes make 500 names a round, each pair of the two once; which name of the family is taken,
 * and where it is cut, torn or put, follows from the seed alone.
 */
export function hostileNames(seed: number, rounds: number): Hostile[] {
  const random = randomFrom(seed);
  const families = Object.values(FAMILIES);
  return Array.from({ length: rounds }).flatMap(() =>
    families.flatMap((family) =>
      CHANGES.flatMap((change) =>
        PLACES.map((place) => ({
          name: place(change(pick(family, random), { random, families })),
          isAlone: random() < 0.5,
          turn: Math.floor(random() * 2 ** 31),
        })),
      ),
    ),
  );
}

/** One name of each kind that was thought of, unchanged. */
export const FAMILIES: Readonly<Record<string, readonly string[]>> = {
  html: [
    '<script>alert(1)</script>',
    '</script><script>alert(1)</script>',
    '</title><img src=x onerror=alert(1)>',
    '</style><script>alert(1)</script>',
    '<a href="javascript:alert(1)">x</a>',
    '<iframe srcdoc="<script>alert(1)</script>">',
    '</main></body></html>',
    '<plaintext>',
    '<template><script>alert(1)</script></template>',
  ],
  svg: [
    '"><svg onload=alert(1)>',
    '</text></svg><img src=x onerror=alert(1)>',
    '<svg><style><img src=x onerror=alert(1)></style></svg>',
    '</title><foreignObject><body onload=alert(1)>',
    '<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>',
  ],
  attribute: [
    "' onmouseover='alert(1)",
    '" autofocus onfocus="alert(1)',
    '" style="background:url(http://evil.example)',
    '`onload=alert(1)',
    '=x onerror=alert(1) ',
  ],
  comment: ['<!--', '-->', '--!>', ']]>', '<![CDATA[', '<?php', '<!doctype html>'],
  entity: ['&lt;b&gt; &amp; &#x3c;i&#x3e;', '&copy; &#35; :tada:', '&#0;', '&NotEqualTilde;&', '&#x202e;'],
  json: [
    '"}</script><script>alert(1)</script>',
    '\\"}];alert(1);//',
    '","verdict":{"kind":"steady"},"x":"',
    '\\u0022\\u003cscript\\u003e',
    '__proto__',
    'constructor',
    'toJSON',
  ],
  eventStream: ['x\n\nevent: end\ndata: {}\n\n', 'x\r\rid: 1\r', '\ndata: null', ': comment\n'],
  lineEnds: [
    'two\u2028lines\u2029three',
    'four\r\nfive',
    '\n\n\n',
    '\rleakline: STEADY',
    'a\u0085b\u000bc\u000cd',
  ],
  colour: [
    '\u001b[31mred',
    '\u001b[2J\u001b[H',
    '\u001b[?1049h\u001b[?25l',
    '\u001b[6n',
    '\u001b[1A\u001b[2KSTEADY',
    '\u001bc',
    '\u001b[38;2;0;0;0;48;2;0;0;0m',
  ],
  operatingSystem: [
    '\u001b]0;title\u0007',
    '\u001b]8;;http://evil.example\u001b\\link\u001b]8;;\u001b\\',
    '\u001b]52;c;cm0gLXJmIC8=\u0007',
    '\u001b]1337;File=inline=1:AAAA\u0007',
    '\u001bP+q544e\u001b\\',
    '\u001b_Gi=31,a=q;AAAA\u001b\\',
    '\u001b^private\u001b\\',
  ],
  highControls: [
    '\u009b31m',
    '\u009d0;title\u009c',
    '\u0090+q\u009c',
    '\u008d\u0084',
    '\u007f\u007f\u007f',
    '\u0080',
  ],
  lowControls: ['\u0000', '\b\b\b\bsteady', '\u000e\u000f', '\u0007\u0007', '\u0005', '\u001a\u0018'],
  bidi: [
    '\u202egnp.exe',
    '\u2066\u2069',
    '\u202a\u202b\u202c\u202d',
    '\u061c\u200e\u200f',
    '\u2067 } \u2069if',
  ],
  unseen: [
    '\u200b\u200c\u200d\ufeff',
    '\u{e0041}\u{e007f}tag',
    '\u2060\u2061\u2064',
    '\ufe0f\u{e0100}',
    '\u3164\uffa0\u115f',
    '\u00ad\u034f\u180e',
    '\ufff9\ufffb\ufffe\uffff',
  ],
  halves: ['\ud800', '\udc00', '\udc00\ud800', 'a\ud83d', '\ude00b'],
  script: [
    'widé 漢字 🦄 e\u0301',
    '＜script＞',
    'ﷺﷺﷺ',
    'Z\u0351\u036b\u0343\u036a\u0302',
    '👩‍👩‍👧',
    'İıſK',
    '\u0e33\u0e33',
  ],
  sheet: [
    "=cmd|'/C calc'!A0",
    '@SUM(1+1)*cmd',
    '+1+cmd',
    '-2+3+cmd',
    '=HYPERLINK("http://evil.example")',
    '"=1+1"',
    '\t=1',
  ],
  exposition: [
    'x"} 1\nleakline_verdict{verdict="steady',
    '\\n',
    '\\',
    '"',
    '} 1',
    '# HELP x y\n# TYPE x gauge',
  ],
  links: [
    '[click](http://evil.example)',
    '![x](http://evil.example/x.png)',
    '<http://evil.example>',
    'http://evil.example/a www.evil.example a@evil.example @maintainer #1 GH-1',
    '[ref]: http://evil.example "t"',
    '[x][ref]',
    '[^1]: note',
    'javascript:alert(1)',
  ],
  markdown: [
    '`code` ``more`` ```fence',
    '```\n\n# heading\n\n<b>',
    '~~~',
    '| cell | cell |',
    '\\| \\` \\\\',
    '*bold* _it_ **b** __b__ ~~s~~',
    '# heading',
    '- item',
    '1. item',
    '> quote',
    '---',
    '    indented',
    '$x$ $$y$$',
    '<details><summary>',
  ],
};

/** For whoever needs a few of each kind. */
export const MARKUP_ATTACKS: readonly string[] = [
  ...['html', 'svg', 'attribute', 'comment', 'entity', 'lineEnds', 'links', 'markdown'].flatMap(
    (name) => FAMILIES[name] ?? [],
  ),
  ...['operatingSystem', 'bidi', 'lowControls', 'halves'].map((name) => FAMILIES[name]?.[0] ?? ''),
];

type Hat = { readonly random: () => number; readonly families: readonly (readonly string[])[] };

const CHANGES: readonly ((name: string, hat: Hat) => string)[] = [
  (name) => name,
  // Beside one of another kind: what ends the one may begin the other.
  (name, { random, families }) => name + pick(pick(families, random), random),
  (name, { random }) => name.slice(0, 1 + Math.floor(random() * name.length)),
  (name, { random }) =>
    name
      .split('')
      .flatMap((half) => (random() < 0.2 ? [half, anyCharacter(random)] : [half]))
      .join(''),
  (name, { random }) => name.repeat(2 + Math.floor(random() * 10)),
];

const PLACES: readonly ((name: string) => string)[] = [
  (name) => name,
  (name) => `name ${name}`,
  (name) => `\n${name}`,
  (name) => `"'\`${name}\`'"`,
  (name) => ` | (${name}) | `,
];

function pick<Item>(items: readonly Item[], random: () => number): Item {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error('there is nothing to pick from');
  return item;
}

/** Of all planes, the lower ones more often: that is where what is obeyed lies. */
function anyCharacter(random: () => number): string {
  const highest = pick([0xff, 0x2fff, 0xffff, 0x10ffff], random);
  return String.fromCodePoint(Math.floor(random() * (highest + 1)));
}

/** Mulberry32: thirty-two bits of state, the same numbers everywhere. */
function randomFrom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
