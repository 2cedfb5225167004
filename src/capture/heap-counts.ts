import type { HeapCounts } from '../core/heap-counts.ts';
import type { InProcessInspector } from '../wire/inspector-in-process.ts';

/**
 * Has V8 count the live objects of the isolate, by kind, in one full collection.
 *
 * Whoever wants to know what a snapshot will cost needs their number, and nothing else that V8 tells has it. Asked by
 * the trace category that Chrome's own heap statistics use: collections are followed by an event with all counts. That
 * makes one collection two to five times as long; every later one is as before. Node's trace thread, once it was
 * needed, stays in the process until its end, asleep (docs/decisions/0018-what-a-snapshot-will-cost.md).
 *
 * `largeBytes` tells what is in the spaces of large objects. `null` where nothing came. Throws where the process may not inspect itself. The inspector must be one of its own.
 */
export async function countHeap(
  inspector: InProcessInspector,
  collect: () => void,
  largeBytes: () => number,
  rest: (ms: number) => Promise<void>,
  nowMs: () => number,
): Promise<HeapCounts | null> {
  let live: string | null = null;
  const told = { complete: false };
  inspector.onNotification((method, params) => {
    if (method === 'NodeTracing.tracingComplete') told.complete = true;
    if (method !== 'NodeTracing.dataCollected') return;
    for (const event of (params as { value: TraceEvent[] }).value) {
      if (event.name === 'V8.GC_Objects_Stats') live = event.args?.live ?? live;
    }
  });
  inspector.connect();
  let pauseMs = 0;
  try {
    inspector.post('NodeTracing.start', { traceConfig: { includedCategories: [OBJECT_STATS] } });
    try {
      const startMs = nowMs();
      collect();
      pauseMs = nowMs() - startMs;
    } finally {
      inspector.post('NodeTracing.stop');
    }
    for (let waitedMs = 0; !told.complete && waitedMs < COMPLETE_WITHIN_MS; waitedMs += 20) await rest(20);
  } finally {
    inspector.disconnect();
  }
  return live === null ? null : readHeapStatistics(live, largeBytes(), pauseMs);
}

/**
 * The event's text: how many objects of each type, in how many bytes, and how large they are. `largeBytes` is what the
 * spaces of large objects hold.
 */
export function readHeapStatistics(text: string, largeBytes: number, pauseMs: number): HeapCounts {
  const { field_data, bucket_sizes, type_data } = JSON.parse(text) as HeapStatistics;
  let objects = 0;
  let receivers = 0;
  let textBytes = 0;
  let longestListBytes = 0;
  let madeNames = 0;
  let weakPlaces = 0;
  for (const [type, data] of Object.entries(type_data)) {
    // Beside the types stand a few sums in other shapes.
    if (!(data.count > 0)) continue;
    objects += data.count;
    if (type.startsWith('JS_') && !type.startsWith('JS_COLLECTION_TABLE')) receivers += data.count;
    if (type.endsWith('STRING_TYPE')) textBytes += textOf(data, bucket_sizes);
    if (LIST.test(type))
      longestListBytes = Math.max(longestListBytes, largestOf(data, bucket_sizes, largeBytes));
    if (type.startsWith('EPHEMERON')) weakPlaces += Math.ceil(data.overall / WEAK_ENTRY_BYTES);
    if (type === 'SYMBOL_TYPE' || type === 'BYTECODE_ARRAY_TYPE') madeNames += data.count;
  }
  return {
    objects,
    receivers,
    textBytes,
    madeNames: madeNames + WEAK_ENTRY_NAMES * weakPlaces + Math.ceil(longestListBytes / POINTER_BYTES),
    weakPlaces,
    references: Math.round(field_data.tagged_fields / POINTER_BYTES),
    pauseMs,
  };
}

/** All are taken as the largest of their bucket; V8 cuts text at 1,024 characters. */
function textOf({ overall, histogram }: TypeStatistics, bucketBytes: readonly number[]): number {
  const atMost = histogram.reduce(
    (bytes, count, bucket) => bytes + count * Math.min(TEXT_MOST, bucketBytes[bucket] ?? TEXT_MOST),
    0,
  );
  return Math.min(overall, atMost);
}

/**
 * The most that one object of the type can have. A bucket holds what is smaller than its size and not smaller than that of
 * the bucket before; the last one has no end, so there it is what the others leave, and no more than
 * the spaces for such objects hold.
 */
function largestOf(
  { overall, histogram }: TypeStatistics,
  bucketBytes: readonly number[],
  largeBytes: number,
): number {
  const last = bucketBytes.length - 1;
  const largest = histogram.findLastIndex((count) => count > 0);
  if (largest === -1) return overall;
  if (largest < last) return Math.min(overall, bucketBytes[largest] ?? overall);
  const leastOf = (bucket: number): number => (bucket === 0 ? 0 : (bucketBytes[bucket - 1] ?? 0));
  const others = histogram.reduce(
    (bytes, count, bucket) => bytes + (bucket === last ? count - 1 : count) * leastOf(bucket),
    0,
  );
  return Math.max(leastOf(last), Math.min(largeBytes, overall - others));
}

/** Lists of references: elements, dictionaries, the tables of Maps and Sets. Not those of plain numbers. */
const LIST = /^(?!.*(?:DOUBLE|BYTE|EPHEMERON)).*(?:ARRAY|TABLE|DICTIONARY|ELEMENTS|CONTEXT)/;
const POINTER_BYTES = 8;
/** A key and a value. */
const WEAK_ENTRY_BYTES = 16;
/** Of an entry, and of it as the key and as the table have it. */
const WEAK_ENTRY_NAMES = 3;
const OBJECT_STATS = 'disabled-by-default-v8.gc_stats';
const COMPLETE_WITHIN_MS = 3000;
/** V8 cuts text at 1,024 characters. */
const TEXT_MOST = 1024;

type TraceEvent = { readonly name: string; readonly args?: { readonly live?: string } };

type TypeStatistics = {
  readonly count: number;
  readonly overall: number;
  readonly histogram: readonly number[];
};

type HeapStatistics = {
  readonly field_data: { readonly tagged_fields: number };
  readonly bucket_sizes: readonly number[];
  readonly type_data: Readonly<Record<string, TypeStatistics>>;
};
