import type { IsolateReport } from '../../report/schema.ts';

/**
 * Memory right after each major collection, of the space that the verdict is about: the heap, unless it is what lies outside
 * of it. Native memory has no floors; then those of the heap show that it is not the heap.
 */
export function toldFloors({ series, verdict }: IsolateReport): ToldFloor[] {
  if (verdict.space !== 'external') return series.floor.map(({ timeMs, bytes }) => ({ timeMs, bytes }));
  return series.floor.flatMap(({ timeMs, externalBytes }) =>
    externalBytes === null ? [] : [{ timeMs, bytes: externalBytes }],
  );
}

/** What its legend calls it. */
export function floorWords({ verdict }: IsolateReport): string {
  return verdict.space === 'external' ? 'outside the heap, after GC' : 'after GC';
}

export type ToldFloor = { readonly timeMs: number; readonly bytes: number };
