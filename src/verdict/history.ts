import { meanPoint, type Point } from './point.ts';

/**
 * The points of a track at bounded length, however long the watch: the latest ones as they were measured, older ones as
 * means of 2, 4, 8 … neighbours. Each doubling of the past keeps some 48 to 96 of them, so a stretch of any length
 * has that many, and a month of floors every two seconds fits into 1,500.
 */
export class History {
  // Level j holds means of 2^j points, oldest first; all of a level are newer than those of the next.
  readonly #levels: Point[][] = [[]];
  #points: Point[] | null = [];

  add(point: Point): void {
    const latest = this.#levels[0];
    if (latest === undefined) return;
    latest.push(point);
    if (latest.length >= 2 * KEPT_A_LEVEL) {
      this.#fold();
      this.#points = null;
    } else {
      this.#points?.push(point);
    }
  }

  /** Takes the latest point back. */
  removeLast(): void {
    this.#levels[0]?.pop();
    this.#points?.pop();
  }

  get last(): Point | undefined {
    return this.#levels[0]?.at(-1);
  }

  /** Oldest first. Not to be kept: the next point changes it. */
  get points(): readonly Point[] {
    this.#points ??= this.#levels.toReversed().flat();
    return this.#points;
  }

  #fold(): void {
    for (let level = 0; (this.#levels[level]?.length ?? 0) >= 2 * KEPT_A_LEVEL; level += 1) {
      const oldest = this.#levels[level]?.splice(0, KEPT_A_LEVEL) ?? [];
      const means = (this.#levels[level + 1] ??= []);
      for (let i = 0; i + 1 < oldest.length; i += 2) {
        const [a, b] = [oldest[i], oldest[i + 1]];
        if (a !== undefined && b !== undefined) means.push(meanPoint(a, b));
      }
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
