import { logTimeOf, timeKeys, type LogTime } from './log-time.ts';
import { memoryFieldOf, type MemoryField, writtenSize, type WrittenSize } from './memory-names.ts';
import { operationOf } from './operation-names.ts';
import { isMemoryRow, type MemoryRow } from './memory-row.ts';

/** What a line of JSON holds: memory, or a line of text wrapped by a container's or the system's log, or neither. */
export type JsonLine =
  | { readonly kind: 'memory'; readonly row: MemoryRow }
  | { readonly kind: 'wrapped'; readonly text: string; readonly time: LogTime | null }
  | { readonly kind: 'other' };

/**
 * One object of NDJSON. Memory stands at its top or in any object below it, three levels deep: `{ memory: { heapUsed } }`.
 * A prefix before the first brace (a time stamp, a pod's name) is ignored. `undefined` when it is no JSON at all.
 */
export function readJsonLine(line: string): JsonLine | undefined {
  const begin = line.indexOf('{');
  const end = line.lastIndexOf('}');
  if (begin < 0 || end < begin) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(line.slice(begin, end + 1));
  } catch {
    // Not JSON: the program's own output, or a line that was cut off.
    return undefined;
  }
  if (!isObject(value)) return { kind: 'other' };
  const time = timeOf(value);
  const sizes = sizesIn(value, DEEPEST);
  if (sizes !== null)
    return {
      kind: 'memory',
      row: {
        sizes,
        time: time ?? nestedTime(value),
        counts: countsIn(value),
        process: processOf(value),
      },
    };
  for (const key of WRAPPING_KEYS) {
    const text = value[key];
    if (typeof text === 'string') return { kind: 'wrapped', text, time };
  }
  return { kind: 'other' };
}

type JsonObject = Readonly<Record<string, unknown>>;

const DEEPEST = 3;
// Docker's json-file driver, journald's export, and loggers.
const WRAPPING_KEYS = ['log', 'MESSAGE', 'message', 'msg'] as const;

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sizesIn(value: JsonObject, levels: number): ReadonlyMap<MemoryField, WrittenSize> | null {
  const sizes = new Map<MemoryField, WrittenSize>();
  for (const [key, entry] of Object.entries(value)) {
    const named = memoryFieldOf(key);
    if (named === null) continue;
    const size = writtenSize(entry, named.unitBytes);
    if (size !== null && !sizes.has(named.field)) sizes.set(named.field, size);
  }
  if (isMemoryRow(sizes)) return sizes;
  if (levels === 0) return null;
  for (const entry of Object.values(value)) {
    const found = isObject(entry) ? sizesIn(entry, levels - 1) : null;
    if (found !== null) return found;
  }
  return null;
}

/** At the top, and in the objects right below it. */
function countsIn(value: JsonObject): ReadonlyMap<string, number> | undefined {
  const counts = new Map<string, number>();
  const nested = Object.values(value).filter(isObject);
  for (const [key, entry] of [value, ...nested].flatMap((object) => Object.entries(object))) {
    if (typeof entry !== 'number' || counts.has(key) || operationOf(key) === null) continue;
    counts.set(key, entry);
  }
  return counts.size === 0 ? undefined : counts;
}

function timeOf(value: JsonObject): LogTime | null {
  for (const key of timeKeys) {
    const time = Object.hasOwn(value, key) ? logTimeOf(value[key]) : null;
    if (time !== null) return time;
  }
  return null;
}

function nestedTime(value: JsonObject): LogTime | null {
  for (const entry of Object.values(value)) {
    const time = isObject(entry) ? timeOf(entry) : null;
    if (time !== null) return time;
  }
  return null;
}

function processOf(value: JsonObject): MemoryRow['process'] {
  const pid = typeof value['pid'] === 'number' ? value['pid'] : null;
  const parts = ['hostname', 'host', 'pod', 'pid', 'threadId', 'workerId']
    .filter((key) => typeof value[key] === 'string' || typeof value[key] === 'number')
    .map((key) => `${key} ${String(value[key])}`);
  return parts.length === 0 ? null : { key: parts.join(', '), pid };
}
