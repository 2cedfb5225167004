import type { GCProfiler } from 'node:v8';
import type { GcEvent, GcKind } from '../core/series.ts';
import { holdsSmallObjects } from './heap-shape.ts';

/** What V8's `GCProfiler` says of one collection; only the fields that are read. */
export type GcStatistic = Pick<ReturnType<GCProfiler['stop']>['statistics'][number], 'gcType'> & {
  readonly cost: number;
  readonly beforeGC: { readonly heapStatistics: HeapSizes };
  readonly afterGC: {
    readonly heapStatistics: HeapSizes;
    readonly heapSpaceStatistics: readonly { readonly spaceName: string; readonly spaceUsedSize: number }[];
  };
};

type HeapSizes = { readonly usedHeapSize: number; readonly externalMemory: number };

/** What the `gc` performance entry says of one collection. */
export type GcTiming = {
  readonly startMs: number;
  readonly durationMs: number;
  readonly kind: number;
  readonly flags: number;
  /** The call of ours that made V8 begin it. */
  readonly started: Span | null;
};

/** In milliseconds since the epoch. */
export type Span = { readonly startMs: number; readonly endMs: number };

export type GcRecord = GcEvent & {
  readonly externalAfterBytes: number;
  /** Machine code that was left. */
  readonly codeAfterBytes: number;
  /** What was left in spaces of small objects. */
  readonly smallAfterBytes: number;
  readonly started: Span | null;
};

/**
 * Joins the two things Node tells about each collection: `GCProfiler` knows the sizes but not the time, the `gc`
 * performance entry knows the time but not the sizes. Both are in order and complete, so they are matched kind by
 * kind; a collection whose time is missing gets `fallbackMs`.
 */
export function joinGcRecords(
  statistics: readonly GcStatistic[],
  timings: readonly GcTiming[],
  fallbackMs: number,
): GcRecord[] {
  const queueByKind = new Map<GcKind, GcTiming[]>();
  for (const timing of timings) {
    const kind = kindOfEntry(timing.kind);
    const queue = queueByKind.get(kind);
    if (queue === undefined) queueByKind.set(kind, [timing]);
    else queue.push(timing);
  }
  return statistics.map((statistic) => {
    const kind = kindOfStatistic(statistic.gcType);
    const timing = queueByKind.get(kind)?.shift();
    return {
      timeMs: timing === undefined ? fallbackMs : timing.startMs + timing.durationMs,
      kind,
      // V8 reports the cost in microseconds.
      durationMs: statistic.cost / 1000,
      beforeBytes: statistic.beforeGC.heapStatistics.usedHeapSize,
      afterBytes: statistic.afterGC.heapStatistics.usedHeapSize,
      forced: timing !== undefined && isForced(timing),
      externalAfterBytes: statistic.afterGC.heapStatistics.externalMemory,
      codeAfterBytes: leftIn(statistic, (name) => name.includes('code')),
      smallAfterBytes: leftIn(statistic, holdsSmallObjects),
      started: timing?.started ?? null,
    };
  });
}

function leftIn({ afterGC }: GcStatistic, isMeant: (space: string) => boolean): number {
  let bytes = 0;
  for (const { spaceName, spaceUsedSize } of afterGC.heapSpaceStatistics) {
    if (isMeant(spaceName)) bytes += spaceUsedSize;
  }
  return bytes;
}

export function isForced(timing: GcTiming): boolean {
  return (timing.flags & GC_FLAGS_FORCED) !== 0;
}

/** `perf_hooks.constants.NODE_PERFORMANCE_GC_FLAGS_FORCED`, the same in Node 20 to 26. */
export const GC_FLAGS_FORCED = 4;

/** `perf_hooks.constants.NODE_PERFORMANCE_GC_FLAGS_ALL_EXTERNAL_MEMORY`: external memory was the reason. */
export const GC_FLAGS_EXTERNAL = 32;

/** `perf_hooks.constants.NODE_PERFORMANCE_GC_MAJOR`. */
export const KIND_MAJOR = 4;

/** `perf_hooks.constants.NODE_PERFORMANCE_GC_*`: 1 scavenge, 2 minor mark-sweep, 4 mark-sweep-compact, 8 incremental, 16 weak callbacks. */
function kindOfEntry(kind: number): GcKind {
  if (kind === KIND_MAJOR) return 'major';
  if (kind === 8) return 'incremental';
  if (kind === 16) return 'weak-callbacks';
  return 'minor';
}

function kindOfStatistic(gcType: string): GcKind {
  switch (gcType) {
    case 'MarkSweepCompact':
    case 'All':
      return 'major';
    case 'IncrementalMarking':
      return 'incremental';
    case 'ProcessWeakCallbacks':
      return 'weak-callbacks';
    default:
      return 'minor';
  }
}
