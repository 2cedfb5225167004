/** What taking one heap snapshot would do to the process, between the least and the most that was measured. */
export type SnapshotCost = {
  /** The heap that the most rests on: what is in use without large strings and arrays, which cost next to nothing. */
  readonly heapBytes: number;
  readonly pauseMs: readonly [number, number];
  /** Resident memory on top of what the process has; most of it does not come back soon. */
  readonly memoryBytes: readonly [number, number];
};
