import type { HeapCounts } from '../core/heap-counts.ts';
import type { InProcessInspector } from '../wire/inspector-in-process.ts';

/**
 * Has V8 count the live objects of the isolate, by kind, in one full collection.
 *
 * Whoever wants to know what a snapshot will cost needs their number, and nothing else that V8 tells has it. Asked by
 * the trace category that Chrome's own heap statistics use: collections are followed by an event with all counts. That
 * makes one collection two to five times as long; every later one is as before. Node's trace thread, once it was
 * needed, stays in the process until its end, asleep (docs/decisions/0014-what-a-snapshot-will-cost.md).
 *
 * `null` where nothing came. Throws where the process may not inspect itself. The inspector must be one of its own.
 */
export async function countHeap(
  inspector: InProcessInspector,
  collect: () => void,
  rest: (ms: number) => Promise<void>,
  nowMs: () => number,
): Promise<HeapCounts | null> {
  let live: string | null = null;
  let complete = false;
  inspector.onNotification((method, params) => {
    if (method === 'NodeTracing.tracingComplete') complete = true;
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
    for (let waitedMs = 0; !complete && waitedMs < COMPLETE_WITHIN_MS; waitedMs += 20) await rest(20);
  } finally {
    inspector.disconnect();
  }
  return live === null ? null : readHeapStatistics(live, pauseMs);
}

/** The event's text: how many objects of each type, in how many bytes, and how large they are. */
export function readHeapStatistics(text: string, pauseMs: number): HeapCounts {
  const { field_data, bucket_sizes, type_data } = JSON.parse(text) as HeapStatistics;
  let objects = 0;
  let receivers = 0;
  let textBytes = 0;
  for (const [type, data] of Object.entries(type_data)) {
    // Beside the types stand a few sums in other shapes.
    if (!(data.count > 0)) continue;
    objects += data.count;
    if (type.startsWith('JS_') && !type.startsWith('JS_COLLECTION_TABLE')) receivers += data.count;
    if (type.endsWith('STRING_TYPE')) textBytes += textOf(data, bucket_sizes);
  }
  return { objects, receivers, textBytes, references: Math.round(field_data.tagged_fields / 8), pauseMs };
}

/** An object in the last bucket is larger than the one before it; all are taken as the largest of their bucket. */
function textOf({ overall, histogram }: TypeStatistics, bucketBytes: readonly number[]): number {
  const atMost = (histogram ?? []).reduce(
    (bytes, count, bucket) => bytes + count * Math.min(TEXT_MOST, bucketBytes[bucket] ?? TEXT_MOST),
    0,
  );
  return Math.min(overall, atMost);
}

const OBJECT_STATS = 'disabled-by-default-v8.gc_stats';
const COMPLETE_WITHIN_MS = 3000;
/** V8 cuts text at 1,024 characters. */
const TEXT_MOST = 1024;

type TraceEvent = { readonly name: string; readonly args?: { readonly live?: string } };

type TypeStatistics = {
  readonly count: number;
  readonly overall: number;
  readonly histogram?: readonly number[];
};

type HeapStatistics = {
  readonly field_data: { readonly tagged_fields: number };
  readonly bucket_sizes: readonly number[];
  readonly type_data: Readonly<Record<string, TypeStatistics>>;
};
