import { meanPoint, type Point } from './point.ts';

/**
 * The points of a track at bounded length, however long the watch: the latest ones as they were measured, older ones as
 * means of 2, 4, 8 … neighbours. Each doubling of the past keeps some 48 to 96 of them, so a stretch of any length
 * has that many, and a month of floors every two seconds fits into 1,500.
 */
export class History {
  // How many points each level has: level j means of 2^j, all of them newer than those of the next.
  readonly #lengths: number[] = [0];
  /** All levels, the oldest first. */
  readonly #points: Point[] = [];

  /** Another one with the same points. */
  copy(): History {
    const copy = new History();
    copy.#lengths.splice(0, 1, ...this.#lengths);
    copy.#points.push(...this.#points);
    return copy;
  }

  add(point: Point): void {
    this.#points.push(point);
    this.#lengths[0] += 1;
    if (this.#lengths[0] >= 2 * KEPT_A_LEVEL) this.#fold();
  }

  /** Takes the latest point back. */
  removeLast(): void {
    if (this.#lengths[0] === 0) return;
    this.#lengths[0] -= 1;
    this.#points.pop();
  }

  get last(): Point | undefined {
    return this.#points.at(-1);
  }

  /** Oldest first. Not to be kept: the next point changes it. */
  get points(): readonly Point[] {
    return this.#points;
  }

  #fold(): void {
    let from = this.#points.length;
    for (let level = 0; this.#lengths[level] >= 2 * KEPT_A_LEVEL; level += 1) {
      from -= this.#lengths[level];
      const means: Point[] = [];
      for (let at = from; at < from + KEPT_A_LEVEL; at += 2)
        means.push(meanPoint(this.#points[at], this.#points[at + 1]));
      // The newest of the next level stand right before the oldest of this one.
      this.#points.splice(from, KEPT_A_LEVEL, ...means);
      this.#lengths[level] -= KEPT_A_LEVEL;
      this.#lengths[level + 1] = (this.#lengths[level + 1] ?? 0) + means.length;
      from += means.length;
    }
  }
}

const KEPT_A_LEVEL = 48;

/** Where the first point at or after a time stands; the number of points if there is none. */
export function indexFrom(points: readonly Point[], timeMs: number): number {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((points[middle]?.timeMs ?? Infinity) < timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The points from a time on, evenly in time: where there are more than `most`, means of those close together. */
export function evenly(points: readonly Point[], fromMs: number, most: number): readonly Point[] {
  const begin = indexFrom(points, fromMs);
  const stretch = begin === 0 ? points : points.slice(begin);
  const first = stretch[0];
  const last = stretch.at(-1);
  if (first === undefined || last === undefined || stretch.length <= most) return stretch;
  const widthMs = (last.timeMs - first.timeMs) / most;
  const even: Point[] = [];
  let endMs = first.timeMs + widthMs;
  for (const point of stretch) {
    const before = even.at(-1);
    if (before === undefined || point.timeMs >= endMs) {
      even.push(point);
      while (point.timeMs >= endMs) endMs += widthMs;
    } else {
      even[even.length - 1] = meanPoint(before, point);
    }
  }
  return even;
}
