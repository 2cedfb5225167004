/** What a process's main isolate uses now. */
export type HeapMemory = {
  readonly rssBytes: number;
  readonly heapUsedBytes: number;
  /** Of it, in the spaces of large objects: few, so they cost a snapshot next to nothing. */
  readonly largeBytes: number;
};

/** How taking a snapshot went, inside. */
export type SnapshotWritten = {
  readonly pauseMs: number;
  readonly rssBeforeBytes: number;
  readonly rssAfterBytes: number;
  /** Why V8 could not write it: ENOSPC, EFBIG, … The program goes on. */
  readonly failure: { readonly code: string | null; readonly message: string } | null;
};

/** Where a script that lives in the process is from. */
export type ScriptOrigin = {
  /** V8's number of it, which a snapshot's `locations` name. */
  readonly id: string;
  readonly url: string;
  /** As the script names it; empty where it names none. */
  readonly sourceMap: string;
};
