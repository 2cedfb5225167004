import type { MemoryField } from './memory-names.ts';
import { memoryFieldOf, writtenSize, type WrittenSize } from './memory-names.ts';
import type { MemoryRow } from './memory-row.ts';

/** Whether a text begins like an answer of the Prometheus HTTP API to `/api/v1/query_range`. */
export function looksLikeRange(head: string): boolean {
  return (
    /^\s{0,40}\{/.test(head) && /"status"\s{0,8}:\s{0,8}"success"/.test(head) && head.includes('"resultType"')
  );
}

/**
 * The rows of a range answer, `undefined` when it is none (an error, an instant query, cut off). Metrics that measure the
 * same process, told by their labels, make one row per time: prom-client's `nodejs_heap_size_used_bytes`,
 * `nodejs_heap_size_total_bytes`, `nodejs_external_memory_bytes`, `process_resident_memory_bytes`.
 */
export function readRange(
  text: string,
): { readonly rows: readonly MemoryRow[]; readonly otherMetrics: number } | undefined {
  let answer: RangeAnswer;
  try {
    answer = JSON.parse(text) as RangeAnswer;
  } catch {
    return undefined;
  }
  const results = answer?.data?.resultType === 'matrix' ? answer.data.result : undefined;
  if (!Array.isArray(results)) return undefined;
  const rowsByProcess = new Map<string, Map<number, Map<MemoryField, WrittenSize>>>();
  let otherMetrics = 0;
  for (const result of results) {
    const metric = result?.metric ?? {};
    const field = memoryFieldOf(String(metric['__name__'] ?? ''))?.field;
    if (field === undefined || !Array.isArray(result?.values)) {
      otherMetrics += 1;
      continue;
    }
    const key = Object.entries(metric)
      .filter(([label]) => label !== '__name__')
      .map(([label, value]) => `${label} ${String(value)}`)
      .sort()
      .join(', ');
    const byTime = rowsByProcess.get(key) ?? new Map<number, Map<MemoryField, WrittenSize>>();
    rowsByProcess.set(key, byTime);
    for (const point of result.values) {
      if (!Array.isArray(point)) continue;
      const [time, value] = point as readonly unknown[];
      const size = exactSize(value);
      if (typeof time !== 'number' || size === null) continue;
      const sizes = byTime.get(time) ?? new Map<MemoryField, WrittenSize>();
      byTime.set(time, sizes.set(field, size));
    }
  }
  return { rows: [...rowsByProcess].flatMap(([key, byTime]) => rowsOf(key, byTime)), otherMetrics };
}

type RangeAnswer = {
  readonly data?: {
    readonly resultType?: unknown;
    readonly result?: readonly ({
      readonly metric?: Record<string, unknown>;
      readonly values?: unknown;
    } | null)[];
  };
} | null;

/** Prometheus writes large numbers with an exponent: `4.6116864e+07`. */
function exactSize(value: unknown): WrittenSize | null {
  const size = writtenSize(Number(value), 1);
  return size === null ? null : { ...size, decimals: 0 };
}

function rowsOf(
  key: string,
  byTime: ReadonlyMap<number, ReadonlyMap<MemoryField, WrittenSize>>,
): MemoryRow[] {
  return [...byTime]
    .filter(([, sizes]) => sizes.has('heapUsed') || sizes.has('rss'))
    .sort(([a], [b]) => a - b)
    .map(([time, sizes]) => ({
      sizes,
      time: { kind: 'clock', epochMs: time * 1000 },
      process: key === '' ? null : { key, pid: null },
    }));
}
