import type { Filling } from '../core/verdict.ts';
import { type Curve, fitGrowth, refineCurve } from './growth-fit.ts';
import { evenly } from './history.ts';
import type { Point } from './point.ts';

/**
 * Whether a curve that ends below the limit explains the points far better than a line does: something fills. `undefined`
 * where it doesn't, where less than a third has come (the end of a fill shows in its bend, and that needs length), or where nothing is
 * missing any more.
 *
 * The growth may have begun at the beginning, or after something else ended: the clearest of three stretches is told.
 */
export function fillingOf(
  points: readonly Point[],
  limitBytes: number,
): { readonly filling: Filling; readonly settlesMs: number } | undefined {
  const last = points.at(-1);
  if (last === undefined) return undefined;
  let clearest:
    | { readonly bend: number; readonly curve: Curve; readonly stretch: readonly Point[] }
    | undefined;
  for (const share of [0, 1 / 3, 1 / 2]) {
    const stretch = evenly(points, last.timeMs * share, MOST_FOR_A_FIT);
    const fit = fitGrowth(stretch);
    if (fit === undefined || fit.bend < (clearest?.bend ?? BENT)) continue;
    clearest = { bend: fit.bend, curve: fit.curve, stretch };
  }
  if (clearest === undefined) return undefined;
  const { curve, fillInterval } = refineCurve(clearest.stretch, clearest.curve);
  const { fillBytes, share } = curve;
  const fromMs = clearest.stretch[0]?.timeMs ?? 0;
  if (!(fillBytes >= LEAST_BYTES) || last.bytes + fillBytes * (1 - share) >= limitBytes) return undefined;
  if (share < LEAST_SHARE || share > FULL || !(fillInterval[1] < Infinity)) return undefined;
  // What came before the stretch is part of the fill as well.
  const before = Math.max(0, (clearest.stretch[0]?.bytes ?? 0) - (points[0]?.bytes ?? 0));
  const expectedBytes = before + fillBytes;
  return {
    filling: {
      share: (before + fillBytes * share) / expectedBytes,
      expectedBytes,
      interval: [before + fillInterval[0], before + fillInterval[1]],
    },
    settlesMs: Math.max(2_000, curve.settlesMs - (last.timeMs - fromMs)),
  };
}

/** ln of how much likelier a curve must be than the line before it counts: 1 in 150. */
export const BENT = 5;
const MOST_FOR_A_FIT = 80;
const LEAST_SHARE = 1 / 3;
const FULL = 0.98;
const LEAST_BYTES = 1_000_000;
