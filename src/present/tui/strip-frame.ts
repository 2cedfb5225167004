/** Where the strip is: its height, and the terminal it is at the bottom of. */
export type StripPlace = { readonly rows: number; readonly terminalRows: number };

/**
 * All that the terminal is told to show the strip, for one write. The rows above become its scroll region (DECSTBM), so that
 * what the program prints scrolls there.
 *
 * The program may have cleared the screen, reset the terminal or put the cursor anywhere since the last frame, and nobody can
 * ask the terminal: its answer would go to the program. So each frame is whole. It sets the region again, and first has the
 * cursor go down by the strip's height, where it scrolls at the bottom of the screen, and up again: so it stands above the strip
 * whatever happened, and where it stood there already nothing moves. Cursor and colours come back as they were; what is no
 * longer the program's is the region, and the place where a terminal keeps one saved cursor.
 *
 * Never switched, because nobody knows how to switch it back: wrapping, the cursor's visibility, the screen. `displaced` if an
 * older picture may stand elsewhere.
 */
export function stripFrame(
  lines: readonly string[],
  { rows, terminalRows }: StripPlace,
  { displaced }: { readonly displaced: boolean },
): string {
  const top = terminalRows - rows;
  const drawn = lines.map((line, index) => `${toRow(top + index + 1)}${ERASE_LINE}${line}${PLAIN}`);
  return [
    displaced ? DISPLACED_REMOVAL : REGION_REMOVAL,
    `${DOWN.repeat(rows)}${ESC}[${rows}A`,
    `${SAVE}${ESC}[1;${top}r${PLAIN}`,
    ...drawn,
    RESTORE,
  ].join('');
}

/** Takes the strip away: all rows scroll again, and its own are empty. */
export function stripRemoval({ rows, terminalRows }: StripPlace): string {
  return `${SAVE}${WHOLE_SCREEN}${PLAIN}${toRow(terminalRows - rows + 1)}${ERASE_BELOW}${RESTORE}`;
}

function toRow(row: number): string {
  return `${ESC}[${row};1H`;
}

const ESC = '\u001b';
const SAVE = `${ESC}7`;
const RESTORE = `${ESC}8`;
// It also puts the cursor at the top.
const WHOLE_SCREEN = `${ESC}[r`;
// Unlike a line feed it keeps its column whatever the terminal's driver makes of line feeds.
const DOWN = `${ESC}D`;
const ERASE_BELOW = `${ESC}[J`;
const ERASE_LINE = `${ESC}[2K`;
const PLAIN = `${ESC}[0m`;
// Where the old picture is now the terminal alone knows, but it is behind what the program has printed last.
const ERASE_REST = `${SAVE}${PLAIN}${ERASE_BELOW}${RESTORE}`;

/** All rows scroll again, and nothing else changes: what stands in them may be the program's by now. */
export const REGION_REMOVAL: string = `${SAVE}${WHOLE_SCREEN}${RESTORE}`;

/**
 * Takes a strip away that may not be where it was drawn: the terminal has another size, or the program has printed over what was
 * left to it.
 */
export const DISPLACED_REMOVAL: string = REGION_REMOVAL + ERASE_REST;
