/** A part of the answer: it is told whole or, where that would be too long, named as left out. */
export type Block = {
  /** How it is called where it is left out; `null` for what is always told. */
  readonly name: string | null;
  /** The lower, the sooner it is left out. */
  readonly weight: number;
  /** The name of the heading it stands under: without that it would be told of another. */
  readonly under?: string | undefined;
  readonly lines: readonly string[];
};

/**
 * The blocks in their order, without those that do not fit into `maxBytes` of UTF-8, and a last line that says so. The heavy
 * ones are taken first; what is light may still fit beside them.
 */
export function fitBlocks(blocks: readonly Block[], maxBytes: number): string {
  const told = blocks.filter(({ lines }) => lines.length > 0);
  const whole = joined(told);
  if (bytesOf(whole) <= maxBytes) return whole;
  const kept = new Set<Block>();
  const headings = new Set<string>();
  let room = maxBytes - CUT_NOTE_BYTES;
  for (const block of told.toSorted((a, b) => weightOf(b) - weightOf(a))) {
    const needed = bytesOf(joined([block])) + 1;
    if (needed > room || (block.under !== undefined && !headings.has(block.under))) continue;
    kept.add(block);
    if (block.name !== null) headings.add(block.name);
    room -= needed;
  }
  const left = new Set(told.filter((block) => !kept.has(block)).map(({ name }) => name ?? 'a heading'));
  return joined([
    ...told.filter((block) => kept.has(block)),
    { name: null, weight: 0, lines: [cutWords([...left])] },
  ]);
}

/** Lines up to so many bytes, and how many there are more. */
export function cutLines(lines: readonly string[], maxBytes: number): string[] {
  let room = maxBytes;
  const end = lines.findIndex((line) => (room -= bytesOf(line) + 1) < 0);
  return end < 0 ? [...lines] : [...lines.slice(0, end), `… ${lines.length - end} more lines`];
}

// Room for the sentence below with the longest list of names that is spelled out.
const CUT_NOTE_BYTES = 450;
const NAMED_AT_MOST = 8;

function cutWords(left: readonly string[]): string {
  const named = left.slice(0, NAMED_AT_MOST).join(', ');
  const more = left.length > NAMED_AT_MOST ? ` and ${left.length - NAMED_AT_MOST} more` : '';
  return `*Cut to stay under 8 KB. Left out: ${named}${more}. All of it is in the report of --json, and in --html.*`;
}

function weightOf({ name, weight }: Block): number {
  return name === null ? Infinity : weight;
}

function joined(blocks: readonly Block[]): string {
  return blocks.map(({ lines }) => `${lines.join('\n')}\n`).join('\n');
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}
