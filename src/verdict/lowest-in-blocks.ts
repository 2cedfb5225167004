import type { Sample } from '../core/series.ts';
import { type Point, pointOf } from './point.ts';

const shortestBlockMs = 20_000;
const shareOfWatch = 1 / 400;

/**
 * The lowest of what samples show in each block of 20 s; blocks grow longer with the watch, so that there are some
 * thousands of them in a month. A block is told when the next one begins, because its lowest value is not known before.
 *
 * Of RSS outside V8's spaces it is the nearest thing to a floor there is. Of used heap it bounds the floor from above
 * while no major collection comes.
 */
export class LowestInBlocks {
  readonly #fromMs: number;
  #lowest: Point | undefined;
  #endMs = -Infinity;

  /** `fromMs`: what was seen before is left out. */
  constructor(fromMs: number) {
    this.#fromMs = fromMs;
  }

  /** The point of the block that ended with this sample, if one did. */
  add({ timeMs, openConnections, inside }: Sample, bytes: number): Point | undefined {
    if (timeMs < this.#fromMs || !(bytes >= 0 && bytes < Infinity)) return undefined;
    const isNext = timeMs >= this.#endMs;
    const ended = isNext ? this.#lowest : undefined;
    if (isNext || this.#lowest === undefined || bytes < this.#lowest.bytes) {
      const load = { openConnections, requests: inside?.httpRequests, opened: inside?.connectionsOpened };
      this.#lowest = pointOf(timeMs, bytes, load);
    }
    if (isNext) {
      const blockMs = Math.max(shortestBlockMs, timeMs * shareOfWatch);
      this.#endMs = (Math.floor(timeMs / blockMs) + 1) * blockMs;
    }
    return ended;
  }
}
