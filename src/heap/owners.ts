import type { Chain, Chains } from './chains.ts';
import type { MeasuredGraph } from './growth.ts';
import type { NodeOrdinal } from './heap-graph.ts';

/** The containers that grow from each snapshot to the next, in the first and in the last. */
export type Owners = {
  readonly points: readonly OwnedPoint[];
  /** By ordinal, one more than the container's place in `points`; 0 for all else. */
  readonly before: Uint32Array;
  readonly after: Uint32Array;
  /** Entries in the last; `null` for what does not grow. */
  readonly sizeOf: (node: NodeOrdinal) => number | null;
};

/** Containers that gained entries from each file to the next and are come by in one way: one place in the program. */
export type OwnedPoint = {
  /** Equal for the same bug in another run: the way from the root without indices, keys and ids, and the class at its end. */
  readonly key: string;
  /** How many there are. */
  readonly containers: number;
  /** Of them the one that gained most, in the last snapshot; of a chain its first link. */
  readonly node: NodeOrdinal;
  /** That one's links, where it is a chain. */
  readonly chain: Chain | null;
  /** Entries of all of them together. */
  readonly entriesByFile: readonly number[];
};

export type PathedGraph = MeasuredGraph & {
  /** As of `shortestPaths`. */
  readonly edgeByOrdinal: Uint32Array;
  readonly chains: Chains;
  readonly className: (node: NodeOrdinal) => string;
};

export function gainedEntries({ entriesByFile }: Pick<OwnedPoint, 'entriesByFile'>): number {
  return (entriesByFile.at(-1) ?? 0) - (entriesByFile[0] ?? 0);
}
