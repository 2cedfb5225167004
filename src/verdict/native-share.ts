import type { Sample } from '../core/series.ts';
import type { Point } from './point.ts';

// RSS of a healthy server rises by itself in its first half minute (arenas, page cache, code).
const warmUpMs = 60_000;
const shortestBlockMs = 20_000;
const shareOfWatch = 1 / 400;

/**
 * The lowest RSS outside V8's spaces in each block of 20 s, once the process has warmed up; blocks grow longer with the
 * watch, so that there are some thousands of them in a month. A block is told when the next one begins, because its
 * lowest value is not known before.
 */
export class NativeShare {
  #lowest: Point | undefined;
  #endMs = -Infinity;

  /** The point of the block that ended with this sample, if one did. */
  add(sample: Sample): Point | undefined {
    const { timeMs, openConnections, inside } = sample;
    if (timeMs < warmUpMs) return undefined;
    const bytes = sample.rss - sample.heapTotal - sample.external;
    if (!(bytes >= 0 && bytes < Infinity)) return undefined;
    const ended = timeMs >= this.#endMs ? this.#lowest : undefined;
    if (timeMs >= this.#endMs || this.#lowest === undefined || bytes < this.#lowest.bytes) {
      this.#lowest = {
        timeMs,
        bytes,
        openConnections,
        requests: inside?.httpRequests,
        opened: inside?.connectionsOpened,
      };
    }
    if (timeMs >= this.#endMs) {
      const blockMs = Math.max(shortestBlockMs, timeMs * shareOfWatch);
      this.#endMs = (Math.floor(timeMs / blockMs) + 1) * blockMs;
    }
    return ended;
  }
}
