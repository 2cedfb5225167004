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

// Measured on sixteen healthy servers (Express 4, node:http, ws, workers; Node 20.20, the first minute, a collection every two to ten
// seconds): for each byte of machine code the heap grows by 2.4 bytes, with what V8 keeps beside the code and what it learned
// to write it. That is up to 17 KB/s for half a minute, where a server has but little to do. Bytecode that V8 throws away
// after some collections of its own takes 2.2 times its size along.
const bytesForEachOfCode = 2;

/** The same point without the most that warming up can have added to it since the watch began, where that is known and where not. */
export function withoutWarmUp(point: Point): Point {
  const ofCode = bytesForEachOfCode * (point.compiledBytes ?? 0);
  return { ...point, bytes: point.bytes - warmUpBytes(point.timeMs) - ofCode };
}

export function warmUpBytes(timeMs: number): number {
  return (
    firstBytesPerSecond * halvedAfterSeconds * Math.log1p(Math.max(0, timeMs) / 1000 / halvedAfterSeconds)
  );
}
