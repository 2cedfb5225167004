/** What taking one heap snapshot was expected to cost, what it did, and where it is. */
export type SnapshotAccount = {
  readonly schema: 'leakline/snapshot@1';
  readonly leakline: string;
  readonly takenAt: string;
  readonly target: { readonly pid: number; readonly node: string };
  readonly file: string;
  /** Script number → where it is from → its source map, so that the snapshot's `locations` lead to lines. */
  readonly scriptsFile: string;
  readonly fileBytes: number;
  readonly redacted: boolean;
  readonly nodes: number;
  readonly edges: number;
  readonly strings: {
    readonly count: number;
    /** Shown as a hash. */
    readonly hidden: number;
  };
  /** Whether V8's and Node's own names could be looked up; else they are hidden too. */
  readonly knowsNode: boolean;
  /** Scripts whose text could not be read, so that their names are hidden too. */
  readonly scriptsUnread: number;
  readonly predicted: PredictedCost;
  readonly measured: MeasuredCost;
};

export type PredictedCost = {
  /** `null` where V8 did not count, so that the figures rest on bytes alone. */
  readonly objects: number | null;
  readonly pauseMs: number;
  readonly pauseMsMost: number;
  readonly memoryBytes: number;
  readonly fileBytes: number;
  /** The least that is left of what the process may take, and of which limit; `null` where nothing is known. */
  readonly leftBytes: number | null;
  readonly which: 'container' | 'rlimit' | 'machine' | null;
  /** What spoke against it, and was overruled with --force. */
  readonly overruled: readonly string[];
};

export type MeasuredCost = {
  /** For how long counting the objects stopped the program, before. */
  readonly countingPauseMs: number | null;
  readonly pauseMs: number;
  readonly rssBeforeBytes: number;
  /** The most it had meanwhile. */
  readonly rssPeakBytes: number;
  readonly rssAfterBytes: number;
  /** Some seconds later. */
  readonly rssLaterBytes: number | null;
};
