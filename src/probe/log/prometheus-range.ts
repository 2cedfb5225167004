import type { MemoryField } from './memory-names.ts';
import { memoryFieldOf, writtenSize, type WrittenSize } from './memory-names.ts';
import { operationOf } from './operation-names.ts';
import type { MemoryRow } from './memory-row.ts';

/** Whether a text begins like an answer of the Prometheus HTTP API to `/api/v1/query_range`. */
export function looksLikeRange(head: string): boolean {
  return (
    /^\s{0,40}\{/.test(head) && /"status"\s{0,8}:\s{0,8}"success"/.test(head) && head.includes('"resultType"')
  );
}

/**
 * The rows of a range answer, `undefined` when it is none (an error, an instant query, cut off). Metrics that measure the
 * same process, told by their labels, make one row per time, with what is counted of it: prom-client's `nodejs_heap_size_used_bytes`,
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
  const labelsByProcess = new Map<string, readonly string[]>();
  const counted: CountedMetric[] = [];
  let otherMetrics = 0;
  for (const result of results) {
    const metric = result?.metric ?? {};
    const name = String(metric['__name__'] ?? '');
    const field = memoryFieldOf(name)?.field;
    if ((field === undefined && operationOf(name) === null) || !Array.isArray(result?.values)) {
      otherMetrics += 1;
      continue;
    }
    const labels = labelsOf(metric);
    if (field === undefined) {
      counted.push({ name, labels: new Set(labels), values: result.values });
      continue;
    }
    const key = labels.join(', ');
    labelsByProcess.set(key, labels);
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
  const rows = [...rowsByProcess].flatMap(([key, byTime]) => {
    const counts = countsByTime(counted, labelsByProcess.get(key) ?? []);
    return rowsOf(key, byTime).map(({ timeSeconds, row }) => ({ ...row, counts: counts.get(timeSeconds) }));
  });
  return { rows, otherMetrics };
}

type CountedMetric = {
  readonly name: string;
  readonly labels: ReadonlySet<string>;
  readonly values: readonly unknown[];
};

function labelsOf(metric: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(metric)
    .filter(([label]) => label !== '__name__')
    .map(([label, value]) => `${label} ${String(value)}`)
    .sort();
}

/**
 * The counts of one process by the names of its metrics: a counter has its labels and more (method, route, status), over
 * which it is summed up.
 */
function countsByTime(
  counted: readonly CountedMetric[],
  process: readonly string[],
): ReadonlyMap<number, ReadonlyMap<string, number>> {
  const own = counted.filter(({ labels }) => process.every((label) => labels.has(label)));
  const byTime = new Map<number, Map<string, number>>();
  for (const { name, values } of own) {
    for (const point of values) {
      const [time, value] = Array.isArray(point) ? (point as readonly unknown[]) : [];
      if (typeof time !== 'number' || !Number.isFinite(Number(value))) continue;
      const counts = byTime.get(time) ?? new Map<string, number>();
      byTime.set(time, counts.set(name, (counts.get(name) ?? 0) + Number(value)));
    }
  }
  return byTime;
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
): { readonly timeSeconds: number; readonly row: MemoryRow }[] {
  return [...byTime]
    .filter(([, sizes]) => sizes.has('heapUsed') || sizes.has('rss'))
    .sort(([a], [b]) => a - b)
    .map(([timeSeconds, sizes]) => ({
      timeSeconds,
      row: {
        sizes,
        time: { kind: 'clock', epochMs: timeSeconds * 1000 },
        process: key === '' ? null : { key, pid: null },
      },
    }));
}
