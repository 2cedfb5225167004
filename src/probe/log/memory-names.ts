/** The fields of `process.memoryUsage()`. */
export type MemoryField = 'rss' | 'heapTotal' | 'heapUsed' | 'external' | 'arrayBuffers';

export const memoryFields: readonly MemoryField[] = [
  'rss',
  'heapTotal',
  'heapUsed',
  'external',
  'arrayBuffers',
];

export type NamedField = {
  readonly field: MemoryField;
  /** Where the name says it, as `rssMb` and `heap_used_bytes` do. */
  readonly unitBytes: number | null;
};

/** What a key or a column's name means: `heapUsed`, `heap_used`, `heap-used-mb`, `memory.heapUsed`; `null` if no memory. */
export function memoryFieldOf(name: string): NamedField | null {
  if (name.length > LONGEST_NAME) return null;
  const plain = name.toLowerCase().replace(/[^a-z]/g, '');
  const known = FIELD_BY_NAME.get(plain);
  if (known !== undefined) return { field: known, unitBytes: null };
  const unit = UNIT_AT_END.exec(plain);
  if (unit === null) return null;
  const field = FIELD_BY_NAME.get(plain.slice(0, unit.index));
  return field === undefined ? null : { field, unitBytes: unitBytes(unit[0]) };
}

/** A size as it was written. */
export type WrittenSize = {
  readonly value: number;
  /** `null` for a bare number: what it counts is for the whole log to say. */
  readonly unitBytes: number | null;
  /** Digits after the point: how finely the log tells sizes. */
  readonly decimals: number;
};

/** `46116864`, `"44.1 MB"`, `"46_116_864"`, `44,1`; `null` for anything else and for what no size can be. */
export function writtenSize(value: unknown, unitOfName: number | null): WrittenSize | null {
  if (typeof value !== 'number' && typeof value !== 'string') return null;
  const found = SIZE.exec(String(value).slice(0, LONGEST_NAME));
  if (found === null) return null;
  const [, digits = '', unit] = found;
  const text = digits.replaceAll('_', '');
  // One comma is a decimal one, unless three digits follow as in 1,024; more commas, or one before a point, group.
  const grouped = /,\d{3}(?:[,.]|$)/.test(text);
  const plain = grouped ? text.replaceAll(',', '') : text.replace(',', '.');
  const number = Number(plain);
  if (!Number.isFinite(number) || number > Number.MAX_SAFE_INTEGER) return null;
  const decimals = /^\d*$/.test(plain) ? 0 : plain.length - 1 - plain.indexOf('.');
  return { value: number, unitBytes: unit === undefined ? unitOfName : unitBytes(unit), decimals };
}

const LONGEST_NAME = 64;
const UNIT_AT_END = /(?:bytes|kib|mib|gib|kb|mb|gb)$/;
const SIZE = /^\s{0,8}(\d[\d_.,]{0,32})\s{0,8}(bytes|[kmgt]?i?b|[kmg])?\s{0,8}$/i;

const NAMES_BY_FIELD: Readonly<Record<MemoryField, readonly string[]>> = {
  rss: ['rss', 'residentsetsize', 'memoryrss', 'memrss', 'processresidentmemory'],
  heapTotal: [
    'heaptotal',
    'totalheap',
    'totalheapsize',
    'memoryheaptotal',
    'memheaptotal',
    'nodejsheapsizetotal',
  ],
  heapUsed: ['heapused', 'usedheap', 'usedheapsize', 'memoryheapused', 'memheapused', 'nodejsheapsizeused'],
  external: ['external', 'externalmemory', 'memoryexternal', 'memexternal', 'nodejsexternalmemory'],
  arrayBuffers: ['arraybuffers', 'memoryarraybuffers', 'memarraybuffers'],
};

const FIELD_BY_NAME: ReadonlyMap<string, MemoryField> = new Map(
  memoryFields.flatMap((field) => NAMES_BY_FIELD[field].map((name) => [name, field] as const)),
);

/** By 1024, as programs divide; it makes no difference to a verdict. */
function unitBytes(unit: string): number {
  switch (unit[0]?.toLowerCase()) {
    case 'k':
      return 2 ** 10;
    case 'm':
      return 2 ** 20;
    case 'g':
      return 2 ** 30;
    case 't':
      return 2 ** 40;
    default:
      return 1;
  }
}
