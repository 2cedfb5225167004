import { EventEmitter } from 'node:events';
import type { TerminalStream } from '../../../src/present/tui/frame-painter.ts';

/** A terminal that obeys what the screen writes to it, so that a test can look at what a person would see. */
export class FakeTerminal extends EventEmitter {
  columns: number;
  rows: number;
  written = '';
  writableNeedDrain = false;
  alternate = false;
  cursorVisible = true;
  wraps = true;
  #cells: string[] = [];
  #row = 0;

  constructor(columns: number, rows: number) {
    super();
    this.columns = columns;
    this.rows = rows;
  }

  get stream(): TerminalStream {
    return this as unknown as TerminalStream;
  }

  /** What stands on the alternate screen, colours removed. */
  get screen(): string {
    return Array.from({ length: this.#cells.length }, (_, row) => this.#cells[row] ?? '').join('\n');
  }

  resize(columns: number, rows: number): void {
    this.columns = columns;
    this.rows = rows;
    this.emit('resize');
  }

  write(text: string, done?: () => void): boolean {
    this.written += text;
    if (this.alternate || text.includes('\u001b[?1049h')) this.#obey(text);
    done?.();
    return true;
  }

  #obey(text: string): void {
    // oxlint-disable-next-line no-control-regex
    for (const [, parameters, final, plain] of text.matchAll(/\u001b\[([?0-9;]*)([A-Za-z])|([^\u001b]+)/g)) {
      if (plain !== undefined) this.#cells[this.#row] = (this.#cells[this.#row] ?? '') + plain;
      else if (final === 'H') this.#row = Number((parameters ?? '').split(';')[0] || 1) - 1;
      else if (final === 'J') this.#cells = [];
      else if (final === 'K') this.#cells[this.#row] = '';
      else if (final === 'h' || final === 'l') this.#switchMode(parameters ?? '', final === 'h');
      else if (final !== 'm')
        throw new Error(`the screen wrote an escape it should not need: ${parameters}${final}`);
    }
  }

  #switchMode(mode: string, on: boolean): void {
    if (mode === '?1049') this.alternate = on;
    else if (mode === '?25') this.cursorVisible = on;
    else if (mode === '?7') this.wraps = on;
    else throw new Error(`the screen switched a mode it should not need: ${mode}`);
  }
}
