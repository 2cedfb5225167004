/**
 * Numbers out of one isolate of one process, in time order.
 *
 * `timeMs` counts from the start of the watch on a monotonic clock, so a clock step in the target
 * never bends a slope. Every size is in bytes; a figure that a recorded log does not tell is NaN.
 */
export type Series = {
  readonly samples: readonly Sample[];
  readonly gcs: readonly GcEvent[];
  /** Live bytes right after a major GC, the only sizes the verdict trusts. */
  readonly floors: readonly Floor[];
  /** How finely sizes are known, in bytes; 1 where it is left out. A `--trace-gc` log rounds to a tenth of a mebibyte. */
  readonly resolutionBytes?: number;
  /** What a recorded log counts beside memory; a watch counts in `Sample.inside`. */
  readonly counters?: readonly Counter[];
};

/** How often an operation had happened, at times that rise. Counts never fall. */
export type Counter = {
  /** What was counted, one of it: `http request`. */
  readonly operation: string;
  readonly counts: readonly { readonly timeMs: number; readonly count: number }[];
};

/** One look at the process, taken every second. */
export type Sample = {
  readonly timeMs: number;
  readonly rss: number;
  readonly heapUsed: number;
  readonly heapTotal: number;
  readonly external: number;
  readonly arrayBuffers: number;
  /**
   * Connections open now (TCP and pipe handles of Node), the load that memory may follow. Those that the program made itself since
   * the watch began are no load: a leak may consist of them.
   */
  readonly openConnections: number;
  /** Timers and intervals that are armed now. */
  readonly activeTimers: number;
  /** Left out by a recorded log. */
  readonly inside?: InsideSample;
};

/**
 * What only code inside the process can tell beside its memory. Counts run from the start of the watch and never fall, so
 * that what happened between two samples is their difference.
 */
export type InsideSample = {
  /** Bytes used in V8's spaces; `large` are the objects with pages of their own, `code` is compiled code. */
  readonly spaces: {
    readonly young: number;
    readonly old: number;
    readonly large: number;
    readonly code: number;
  };
  /** By how much the last tick came late: for so long something else had the event loop. */
  readonly loopDelayMs: number;
  /** The share of the last second in which the event loop was not waiting, 0 to 1. */
  readonly loopUtilization: number;
  /** HTTP requests that began, of this process's servers. */
  readonly httpRequests: number;
  /** Connections of either direction that were opened, and of these and the earlier ones those closed. */
  readonly connectionsOpened: number;
  readonly connectionsClosed: number;
  /** What keeps the event loop busy, counted by Node's names: `Timeout`, `TCPSocketWrap`, `FSReqCallback`. */
  readonly activeResources: Readonly<Record<string, number>>;
};

export type GcKind = 'major' | 'minor' | 'incremental' | 'weak-callbacks';

export type GcEvent = {
  readonly timeMs: number;
  readonly kind: GcKind;
  readonly durationMs: number;
  readonly beforeBytes: number;
  readonly afterBytes: number;
  /** leakline asked for this one. */
  readonly forced: boolean;
  /** Between this one and the one before there may have been others that were not told of. */
  readonly afterGap?: boolean;
};

export type Floor = {
  readonly timeMs: number;
  /** Used JS heap right after the collection. */
  readonly heapBytes: number;
  /** Memory outside the heap that V8 accounts to JS objects, array buffers included. */
  readonly externalBytes: number;
  /**
   * By how much compiled code had grown since the first floor: machine code, and bytecode where that was looked at. Left out
   * by a recorded log.
   */
  readonly compiledBytes?: number;
  readonly openConnections: number;
};

export const emptySeries: Series = { samples: [], gcs: [], floors: [] };
