import { logTimeOf, timeKeys } from './log-time.ts';
import {
  memoryFieldOf,
  type NamedField,
  writtenSize,
  type MemoryField,
  type WrittenSize,
} from './memory-names.ts';
import { operationOf } from './operation-names.ts';
import { isMemoryRow, type MemoryRow } from './memory-row.ts';

/** Columns after a header line that names `rss` or `heapUsed`; between them commas, semicolons or tabs. */
export class MemoryCsv {
  #header: Header | null = null;

  /** `'header'` for a line of names, a row, or `undefined` when the line is neither. */
  read(line: string): MemoryRow | 'header' | undefined {
    if (line.length > LONGEST_LINE) return undefined;
    const header = headerOf(line);
    if (header !== null) {
      this.#header = header;
      return 'header';
    }
    return this.#header === null ? undefined : rowOf(line, this.#header);
  }
}

type Header = {
  readonly separator: string;
  readonly fields: readonly (NamedField | null)[];
  /** `null` for a column that counts nothing. */
  readonly countNames: readonly (string | null)[];
  readonly timeAt: number;
  readonly pidAt: number;
};

const LONGEST_LINE = 4000;
const SEPARATORS = [',', ';', '\t'] as const;

function headerOf(line: string): Header | null {
  if (!/^[\s"']{0,4}[A-Za-z@_]/.test(line) || !/rss|heap/i.test(line) || /[{}=:]/.test(line)) return null;
  for (const separator of SEPARATORS) {
    const names = cellsOf(line, separator);
    if (names.length < 2 && separator !== ',') continue;
    const fields = names.map(memoryFieldOf);
    if (!fields.some((named) => named?.field === 'rss' || named?.field === 'heapUsed')) continue;
    const lower = names.map((name) => name.toLowerCase());
    const timeAt = lower.findIndex((name) => timeKeys.some((key) => key.toLowerCase() === name));
    const countNames = names.map((name, at) =>
      fields[at] === null && operationOf(name) !== null ? name : null,
    );
    return { separator, fields, countNames, timeAt, pidAt: lower.indexOf('pid') };
  }
  return null;
}

function rowOf(
  line: string,
  { separator, fields, countNames, timeAt, pidAt }: Header,
): MemoryRow | undefined {
  const cells = cellsOf(line, separator);
  if (cells.length !== fields.length) return undefined;
  const sizes = new Map<MemoryField, WrittenSize>();
  for (const [at, named] of fields.entries()) {
    const size = named === null ? null : writtenSize(cells[at], named.unitBytes);
    if (named !== null && size !== null) sizes.set(named.field, size);
  }
  if (!isMemoryRow(sizes)) return undefined;
  const counts = new Map<string, number>();
  for (const [at, name] of countNames.entries()) {
    const cell = cells[at] ?? '';
    if (name !== null && cell !== '' && !counts.has(name)) counts.set(name, Number(cell));
  }
  const pid = pidAt < 0 ? NaN : Number(cells[pidAt]);
  return {
    sizes,
    time: timeAt < 0 ? null : logTimeOf(cells[timeAt]),
    counts: counts.size === 0 ? undefined : counts,
    process: Number.isInteger(pid) ? { key: `pid ${pid}`, pid } : null,
  };
}

/** RFC 4180 within one line: a cell in quotes may hold the separator, and two quotes for one. */
function cellsOf(line: string, separator: string): string[] {
  const cells: string[] = [];
  let cell = '';
  let quoted = false;
  for (const character of line) {
    if (character === '"') quoted = !quoted;
    else if (character === separator && !quoted) {
      cells.push(cell.trim());
      cell = '';
    } else cell += character;
  }
  return [...cells, cell.trim()];
}
