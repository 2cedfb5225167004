/** The part of a terminal stream that is used, so that a test can stand in for one. */
export type TerminalStream = Pick<NodeJS.WriteStream, 'write' | 'on' | 'off'> & {
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
  readonly writableNeedDrain?: boolean;
};

/**
 * Paints whole frames onto the alternate screen, only the lines that changed, each at its own place.
 *
 * Ink's own output erases and rewrites every line, and clears the screen with its scrollback as soon as a frame was
 * once as tall as the terminal (a window made smaller is enough). Over SSH the first flickers, and the second
 * destroys what the reader had on screen before.
 */
export class FramePainter {
  readonly #stdout: TerminalStream;
  #painted: readonly string[] = [];
  #open = false;

  constructor(stdout: TerminalStream) {
    this.#stdout = stdout;
  }

  open(): void {
    if (this.#open) return;
    this.#open = true;
    // Nothing else gives the reader the cursor and the old screen back when the process exits on an error.
    process.once('exit', this.close);
    this.#stdout.write(ENTER);
  }

  /** Draws every line again with the next frame: the terminal changed its size. */
  forget(): void {
    this.#painted = [];
    this.#stdout.write(CLEAR);
  }

  paint(frame: string): void {
    // A slow line gets fewer frames, never a growing queue of old ones.
    if (!this.#open || this.#stdout.writableNeedDrain === true) return;
    const lines = frame.split('\n');
    const changes: string[] = [];
    for (let row = 0; row < Math.max(lines.length, this.#painted.length); row += 1) {
      const line = lines[row] ?? '';
      // Erased before, not after: behind a line that fills the width the cursor still stands on its last letter.
      if (line !== (this.#painted[row] ?? '')) changes.push(`${toRow(row)}${ERASE_LINE}${line}`);
    }
    this.#painted = lines;
    if (changes.length > 0) this.#stdout.write(changes.join(''));
  }

  /** Gives the old screen and the cursor back. Safe to call twice. */
  readonly close = (): void => {
    if (!this.#open) return;
    this.#open = false;
    process.off('exit', this.close);
    this.#stdout.write(LEAVE);
  };
}

const ESC = '\u001b[';
// Alternate screen, no cursor, and no wrapping: where the terminal thinks a letter wider than we do, the line loses
// its end instead of pushing the picture down.
const CLEAR = `${ESC}0m${ESC}H${ESC}2J`;
const ENTER = `${ESC}?1049h${ESC}?25l${ESC}?7l${CLEAR}`;
const LEAVE = `${ESC}0m${ESC}?7h${ESC}?25h${ESC}?1049l`;
const ERASE_LINE = `${ESC}2K`;

function toRow(row: number): string {
  return `${ESC}${row + 1};1H`;
}
