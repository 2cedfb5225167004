import type { Finding } from './finding.ts';

/** The findings set against the growth that the verdict measured. */
export type GrowthAccount = {
  /** Those that explain enough of it to be told, in their order. */
  readonly told: readonly Finding[];
  /** What grows too, and explains too little to be what is looked for, or can't be measured and is not needed to explain it. */
  readonly heldBack: readonly Finding[];
  /** Of all of them together, as far as it could be measured; `null` if nothing could. */
  readonly explainedBytesPerSecond: number | null;
  /** What is left of the growth; `null` where something told may keep more than could be seen, so that nobody knows. */
  readonly unexplainedBytesPerSecond: number | null;
  /** Whether what is told accounts for the growth within the error of the estimates; `null` where that is not known. */
  readonly sufficient: boolean | null;
};

/** What the census has looked at. */
export type CensusSeen = {
  readonly walks: number;
  /** Of the last walk. */
  readonly objects: number;
  readonly functions: number;
  readonly containers: number;
  /** Containers that grew over the walks. */
  readonly grown: number;
  /** It met its budget before it met the end of the graph. */
  readonly cutShort: boolean;
};
