import { stampIn, type LogTime } from './log-time.ts';
import { memoryFieldOf, type MemoryField, writtenSize, type WrittenSize } from './memory-names.ts';
import { isMemoryRow, type MemoryRow } from './memory-row.ts';

/**
 * Memory in text: `console.log(process.memoryUsage())` over several lines or one, and `rss=44.1MB heapUsed=5.2MB`.
 *
 * Fields are gathered until a brace closes, until a field comes a second time, or, without a brace, until the line ends.
 */
export class MemoryText {
  #sizes = new Map<MemoryField, WrittenSize>();
  #time: LogTime | null = null;
  #open = false;
  #linesOpen = 0;

  /** The rows the line completes, and whether it held anything of memory. */
  read(line: string): { readonly rows: readonly MemoryRow[]; readonly used: boolean } {
    const rows: MemoryRow[] = [];
    let used = false;
    const text = line.slice(0, LONGEST_LINE);
    if (this.#open && (this.#linesOpen += 1) > LONGEST_OBJECT) this.#reset();
    if (text.includes('{')) {
      this.#reset();
      this.#open = true;
    }
    if (HINT.test(text)) {
      for (const [, name = '', value = '', unit = ''] of text.matchAll(FIELD)) {
        const named = memoryFieldOf(name);
        const size =
          named === null ? null : writtenSize(`${value.replace(/[.,]$/, '')}${unit}`, named.unitBytes);
        if (named === null || size === null) continue;
        if (this.#sizes.has(named.field)) this.#give(rows);
        this.#sizes.set(named.field, size);
        used = true;
      }
    }
    if (used || text.includes('{')) this.#time ??= stampIn(text);
    if (text.includes('}') || !this.#open) {
      this.#give(rows);
      this.#reset();
    }
    return { rows, used };
  }

  #give(rows: MemoryRow[]): void {
    if (isMemoryRow(this.#sizes)) rows.push({ sizes: this.#sizes, time: this.#time, process: null });
    this.#sizes = new Map();
  }

  #reset(): void {
    this.#sizes = new Map();
    this.#time = null;
    this.#open = false;
    this.#linesOpen = 0;
  }
}

// Memory is written in short lines; longer ones are something else.
const LONGEST_LINE = 4000;
/** Lines of an object, with what other threads print in between. */
const LONGEST_OBJECT = 24;
const HINT = /rss|heap|external|array.?buffers/i;
const FIELD =
  /\b([A-Za-z][A-Za-z_]{2,24})["']?\s{0,3}[:=]\s{0,3}["']?(\d[\d._,]{0,24})(\s?(?:[KMG]i?B|bytes|[kmg]b)\b)?/g;
