import type { GcEvent } from '../core/series.ts';

/** Live bytes at the time of a minor collection, bounded from below, and the load there was then. */
export type LowerBound<Load> = {
  readonly timeMs: number;
  readonly bytes: number;
  readonly load: Load;
};

/**
 * Floors between two major collections that are far apart, bounded from the minor ones between them.
 *
 * V8 lets the heap double or triple between major collections, so a fast leak shows two floors in ten seconds. But
 * what is dead right after a scavenge lies in the old space and stays there until the next major collection, which
 * frees it. So the live bytes at that moment are at least the used bytes less what that collection freed:
 *
 *     used − freed ≤ live ≤ used
 *
 * The lower bound is taken as a floor, where the collection freed so little of what had come (a quarter at most) that
 * both bounds say nearly the same. A heap of garbage, whose used bytes rise too, frees most of it and gives none.
 * At most two a second, and `MOST_MINORS` between two major collections.
 */
export class SurvivorBounds<Load> {
  #before: GcEvent | null = null;
  #minors: Minor<Load>[] = [];
  #everyMs = NOT_CLOSER_MS;

  /**
   * Takes the next collection; a major one tells the bounds since the one before. `isFloor`: it gave a floor. `load`: what
   * there was to do when it came, which by the time its bound is known is another.
   */
  add(gc: GcEvent, isFloor: boolean, load: Load): readonly LowerBound<Load>[] {
    // What an untold collection freed is not known, so nothing before it can be bounded by this one.
    if (gc.afterGap === true) {
      this.#before = null;
      this.#minors = [];
    }
    if (gc.kind === 'minor') this.#keep(gc, load);
    if (gc.kind !== 'major') return [];
    // A collection that gave no floor (the census was at work) bounds nothing either.
    const bounds = this.#before === null || !isFloor ? [] : boundsBetween(this.#before, gc, this.#minors);
    this.#before = gc;
    this.#minors = [];
    this.#everyMs = NOT_CLOSER_MS;
    return bounds;
  }

  #keep({ timeMs, afterBytes }: GcEvent, load: Load): void {
    const lastMs = this.#minors.at(-1)?.timeMs ?? this.#before?.timeMs ?? timeMs;
    if (this.#before === null || timeMs - lastMs < this.#everyMs) return;
    this.#minors.push({ timeMs, afterBytes, load });
    if (this.#minors.length <= MOST_MINORS) return;
    this.#minors = this.#minors.filter((_, index) => index % 2 === 0);
    this.#everyMs *= 2;
  }
}

const LEAST_SHARE_COME = 0.5;
const LARGEST_SHARE_FREED = 0.25;
const NOT_CLOSER_MS = 400;
const MOST_MINORS = 64;

type Minor<Load> = { readonly timeMs: number; readonly afterBytes: number; readonly load: Load };

function boundsBetween<Load>(
  before: GcEvent,
  after: GcEvent,
  minors: readonly Minor<Load>[],
): LowerBound<Load>[] {
  const freed = after.beforeBytes - after.afterBytes;
  const came = after.afterBytes - before.afterBytes;
  // Points are added only where memory rose, which leans towards growth; so only where it rose beyond any doubt.
  if (!(came >= before.afterBytes * LEAST_SHARE_COME && freed >= 0 && freed <= came * LARGEST_SHARE_FREED))
    return [];
  return minors
    .filter(({ timeMs }) => after.timeMs - timeMs >= NOT_CLOSER_MS)
    .map(({ timeMs, afterBytes, load }) => ({ timeMs, bytes: afterBytes - freed, load }));
}
