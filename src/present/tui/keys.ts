/** What a key asks for. Where two keys do the same, both are here: arrows for hands, letters for terminals without them. */
export type Key =
  | 'pause'
  | 'isolate'
  | 'finding'
  | 'snapshot'
  | 'yes'
  | 'back'
  | 'up'
  | 'down'
  | 'page up'
  | 'page down'
  | 'quit'
  | 'interrupt'
  | 'suspend'
  | 'abort';

/** The keys in a piece of input of a terminal in raw mode, in order. What is no key of ours is nothing, however long it is. */
export function keysIn(input: string): Key[] {
  return [...input.matchAll(ONE_KEY)].flatMap(([sequence]) => KEY_BY_SEQUENCE[sequence] ?? []);
}

/**
 * What at the end of the input may go on in the next piece: over a network the bytes of an arrow can come apart, and a lone
 * escape is a key of its own only when nothing follows it.
 */
export function unfinishedIn(input: string): string {
  return UNFINISHED.exec(input)?.[0] ?? '';
}

// oxlint-disable-next-line no-control-regex
const UNFINISHED = /\u001b(?:\[[0-?]*[ -/]*|O)?$/u;

// A control sequence is one piece, or the letters in an unknown one would be taken for keys (ECMA-48, 5.4; SS3 for the
// arrows of a keypad in application mode).
// oxlint-disable-next-line no-control-regex
const ONE_KEY = /\u001b\[[0-?]*[ -/]*[@-~]|\u001bO[@-~]|[\s\S]/gu;

const KEY_BY_SEQUENCE: Readonly<Record<string, Key>> = {
  p: 'pause',
  ' ': 'pause',
  i: 'isolate',
  f: 'finding',
  '\r': 'finding',
  s: 'snapshot',
  y: 'yes',
  n: 'back',
  '\u001b': 'back',
  '\u007f': 'back',
  k: 'up',
  '\u001b[A': 'up',
  '\u001bOA': 'up',
  j: 'down',
  '\u001b[B': 'down',
  '\u001bOB': 'down',
  '\u001b[5~': 'page up',
  '\u001b[6~': 'page down',
  q: 'quit',
  // What these three do in a terminal that is not raw.
  '\u0003': 'interrupt',
  '\u001a': 'suspend',
  '\u001c': 'abort',
};
