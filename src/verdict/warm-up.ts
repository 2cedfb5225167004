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

/**
 * The same, point after point, where V8 also throws code away. Of what falls with it, 1.07 to 2.2 times its size was measured, so the change
 * between two such points lies in a range, and that of it is taken which is nearest to none: twice the size for all would leave
 * a step of 0.1 MB where nothing came, in the midst of a leak of 15 KB/s.
 */
export class BareLevel {
  #shiftBytes = 0;
  #last: Seen | undefined;
  #before: { readonly shiftBytes: number; readonly last: Seen | undefined } | undefined;
  #codeFellMs = 0;

  next(point: Point): Point {
    const bare = withoutWarmUp(point);
    const { compiledBytes: code } = point;
    const last = this.#last;
    this.#before = { shiftBytes: this.#shiftBytes, last };
    this.#last = { bytes: bare.bytes, code };
    if (last?.code !== undefined && code !== undefined && code < last.code) {
      const fell = last.code - code;
      const rise = bare.bytes - last.bytes;
      const least = rise - (bytesForEachOfCode - LEAST_FOR_EACH_THAT_FELL) * fell;
      const most = rise + (MOST_FOR_EACH_THAT_FELL - bytesForEachOfCode) * fell;
      this.#shiftBytes += Math.max(least, Math.min(most, 0)) - rise;
      if (fell >= MUCH_CODE) this.#codeFellMs = point.timeMs;
    }
    return this.#shiftBytes === 0 ? bare : { ...bare, bytes: bare.bytes + this.#shiftBytes };
  }

  /** Takes the last point back, once. */
  removeLast(): void {
    if (this.#before === undefined) return;
    this.#shiftBytes = this.#before.shiftBytes;
    this.#last = this.#before.last;
    this.#before = undefined;
  }

  /** The first point after V8 threw so much code away at once that it hides what else came; 0 if it never did. */
  get codeFellMs(): number {
    return this.#codeFellMs;
  }
}

type Seen = { readonly bytes: number; readonly code: number | undefined };

const LEAST_FOR_EACH_THAT_FELL = 1;
const MOST_FOR_EACH_THAT_FELL = 2.5;
/** With what goes along it hides five seconds of the slowest leak that is looked for. */
const MUCH_CODE = 32_000;

export function warmUpBytes(timeMs: number): number {
  return (
    firstBytesPerSecond * halvedAfterSeconds * Math.log1p(Math.max(0, timeMs) / 1000 / halvedAfterSeconds)
  );
}
