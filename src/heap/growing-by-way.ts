import type { ContainersByWay } from './containers-by-way.ts';

/**
 * Ways on which containers gained entries from each snapshot to the next. For snapshots whose ids say nothing of each other: V8 gives
 * all objects new ones when an inspector session of the process ends, and so each time leakline takes a snapshot.
 */
export type GrowingByWay = {
  readonly by: 'way';
  /** After the first file, all. */
  readonly ways: readonly GrowingWay[];
};

export type GrowingWay = {
  readonly identity: string;
  readonly entriesByFile: readonly number[];
  /** How many containers, in the latest. */
  readonly containers: number;
};

/** Of the first file, or of one more. */
export function growingByWay({ ways }: ContainersByWay, before: GrowingByWay | null): GrowingByWay {
  if (before === null) {
    return {
      by: 'way',
      ways: ways.map(({ identity, entries, containers }) => ({
        identity,
        entriesByFile: [entries],
        containers,
      })),
    };
  }
  const known = new Map(before.ways.map((way) => [way.identity, way]));
  const isSecond = before.ways.every(({ entriesByFile }) => entriesByFile.length === 1);
  return {
    by: 'way',
    ways: ways.flatMap(({ identity, entries, containers, isByCount }): GrowingWay[] => {
      // Of a chain or dictionary that was too small to be one it is not known how small.
      const isNew = isSecond && isByCount && !known.has(identity);
      const earlier = isNew ? { identity, entriesByFile: [0], containers: 0 } : known.get(identity);
      if (earlier === undefined || !gained(earlier, { entries, containers })) return [];
      return [{ identity, entriesByFile: [...earlier.entriesByFile, entries], containers }];
    }),
  };
}

/**
 * More entries, and not only because there are more containers: the arrays in a thousand sessions more are the sessions', if
 * they have as much in them as those before.
 */
function gained(
  before: GrowingWay,
  after: { readonly entries: number; readonly containers: number },
): boolean {
  const entries = before.entriesByFile.at(-1) ?? 0;
  if (after.entries <= entries) return false;
  if (after.containers <= before.containers || before.containers === 0) return true;
  return after.entries / after.containers > (entries / before.containers) * FULLER;
}

const FULLER = 1.05;
