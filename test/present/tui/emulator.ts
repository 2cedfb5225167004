import { createRequire } from 'node:module';
import type { Terminal } from '@xterm/headless';

// Its package names a module file that it does not have.
const { Terminal: XTerm } = createRequire(import.meta.url)('@xterm/headless') as {
  Terminal: typeof Terminal;
};

/** The terminal of VS Code without a window: what somebody else understands of the bytes that are written. */
export class Emulator {
  readonly #terminal: Terminal;

  constructor(columns: number, rows: number) {
    this.#terminal = new XTerm({ cols: columns, rows, scrollback: 20_000, allowProposedApi: true });
  }

  write(bytes: string | Uint8Array): Promise<void> {
    return new Promise((done) => this.#terminal.write(bytes, done));
  }

  resize(columns: number, rows: number): void {
    this.#terminal.resize(columns, rows);
  }

  /** The rows on the screen, from the top. */
  get screen(): string[] {
    const { baseY } = this.#terminal.buffer.active;
    return this.#lines(baseY, baseY + this.#terminal.rows);
  }

  /** What has scrolled out at the top, and the rows on the screen. */
  get everything(): string[] {
    return this.#lines(0, this.#terminal.buffer.active.length);
  }

  /** Row and column, from 0. */
  get cursor(): readonly [number, number] {
    const { cursorX, cursorY } = this.#terminal.buffer.active;
    return [cursorY, cursorX];
  }

  get onAlternateScreen(): boolean {
    return this.#terminal.buffer.active.type === 'alternate';
  }

  #lines(from: number, to: number): string[] {
    const { active } = this.#terminal.buffer;
    return Array.from(
      { length: to - from },
      (_, index) => active.getLine(from + index)?.translateToString(true) ?? '',
    );
  }
}
