export type MemorySpace = 'heap' | 'external' | 'native';

/** A rate of growth and what is known of it. All rates in bytes per second. */
export type Growth = {
  readonly bytesPerSecond: number;
  /** Confidence interval at `level`. */
  readonly interval: readonly [number, number];
  readonly level: number;
  /** The promised upper bound on a false `leaking`, however often the series was looked at. */
  readonly falseAlarmProbability: number;
  /** The smallest slope a run of this length and noise would have called a leak. */
  readonly smallestDetectableBytesPerSecond: number;
};

/** What one operation adds to the memory that survives collections. */
export type OperationGrowth = {
  /**
   * `http request`, `connection closed` (what a connection that came and went leaves behind), `connection opened` (what
   * one needs for as long as it is open), or what a log counts.
   */
  readonly operation: string;
  /** How many of them the figures rest on. */
  readonly count: number;
  /** The likeliest; where others grew with it, what it would be if this operation alone were the cause. */
  readonly bytes: number;
  readonly interval: readonly [number, number];
  /**
   * `some`: the interval lies above zero. `none`: it holds zero, and what it leaves possible does not matter beside the
   * growth. `unknown`: neither.
   */
  readonly effect: 'some' | 'none' | 'unknown';
  /**
   * What rose so evenly with it that the figures cannot say which of them adds memory, only that at least one does. `time`
   * stands for what goes on by itself, such as an interval.
   */
  readonly inseparableFrom: readonly string[];
};

export type Forecast = {
  readonly limitBytes: number;
  readonly secondsToLimit: number;
  /** Interval of the time at `level`. */
  readonly interval: readonly [number, number];
  readonly level: number;
};

/** When the first of all limits is met, and what it would change if that one were twice as high. */
export type Outlook = Forecast & {
  /** Of the interval of the time; that of the gain is at the growth's. */
  readonly level: number;
  readonly which: 'heap' | 'container' | 'rlimit';
  /** The limit that is met first, and no other, twice as high. */
  readonly doubled: {
    /** Twice its own height. */
    readonly limitBytes: number;
    /** Which is met first then, that one again or another that is near, and how much later. */
    readonly which: Outlook['which'];
    readonly secondsGained: number;
    readonly interval: readonly [number, number];
  };
};

/** Memory that fills towards an end: a cache, a pool, what is compiled lazily. */
export type Filling = {
  /** The part of the expected growth that has come, 0 to 1. */
  readonly share: number;
  /** The growth to be expected in all, since it began or since the watch did. */
  readonly expectedBytes: number;
  /** Of `expectedBytes`, at 90 %. */
  readonly interval: readonly [number, number];
};

export type Verdict = {
  readonly kind: 'leaking' | 'steady' | 'inconclusive';
  /** Where the growth is; `null` unless leaking. */
  readonly space: MemorySpace | null;
  /** When the evidence first sufficed; `null` while inconclusive. */
  readonly decidedAtMs: number | null;
  /** One sentence with the fact that decided, or with what is missing. */
  readonly reason: string;
  /** `null` before there are floors enough to fit a slope at all. */
  readonly growth: Growth | null;
  /** `null` unless memory grows towards a known limit. */
  readonly forecast: Forecast | null;
  /** How much longer to watch before an answer can be expected; `null` once there is one or if unknown. */
  readonly watchMoreMs: number | null;
  /** `null` unless memory fills towards an end below the limit that can be foreseen. */
  readonly filling: Filling | null;
  /** Growth of this or more is excluded; `null` unless steady. */
  readonly excludedBytesPerSecond: number | null;
  /** A slower leak that matters all the same, and how much longer it would need to show; `null` unless steady. */
  readonly slower: { readonly bytesPerSecond: number; readonly needsMs: number } | null;
  /**
   * The latest floors rise clearly although the evidence does not suffice yet. The session starts the
   * census on it, so that verdict and line arrive together. Never shown as an answer.
   */
  readonly suspicious: boolean;
};
