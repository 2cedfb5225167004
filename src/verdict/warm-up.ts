import type { Point } from './point.ts';

// Measured on healthy servers: 3 to 9 KB/s after GC in the first half minute (lazy compilation, feedback
// vectors, pools), then less and less. A watch may begin at any age of the process, so the age is taken to be
// the time watched: that errs to the side of the server. Logarithmic growth, so the rate falls as 1 / time.
const firstBytesPerSecond = 12_000;
const halvedAfterSeconds = 20;

/** The growth a healthy server may still show `timeMs` after the watch began, in bytes per second. */
export function warmUpBytesPerSecond(timeMs: number): number {
  return firstBytesPerSecond / (1 + Math.max(0, timeMs) / 1000 / halvedAfterSeconds);
}

/** The same point without the most that warming up can have added to it. */
export function withoutWarmUp(point: Point): Point {
  return { ...point, bytes: point.bytes - warmUpBytes(point.timeMs) };
}

export function warmUpBytes(timeMs: number): number {
  return (
    firstBytesPerSecond * halvedAfterSeconds * Math.log1p(Math.max(0, timeMs) / 1000 / halvedAfterSeconds)
  );
}
