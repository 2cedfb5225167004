/** A Node process of this machine as it can be seen from outside, and how its memory went since somebody looks. */
export type ProcessRow = {
  readonly pid: number;
  /** As `v20.20.2`; `null` where that can't be known from outside. */
  readonly node: string | null;
  readonly command: string;
  readonly uptimeMs: number;
  readonly rssBytes: number;
  /** Oldest first, since the list was opened; of many the latest. */
  readonly rssOverTime: readonly { readonly timeMs: number; readonly size: number }[];
  /** How leakline would get in; `null` if it can't. */
  readonly way: 'prepared' | 'inspector' | 'signal' | null;
  /** The sentence that says why not; `null` if it can. */
  readonly reason: string | null;
};
