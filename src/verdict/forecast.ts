import type { Forecast, Growth } from '../core/verdict.ts';
import type { Point } from './point.ts';

/**
 * When memory reaches the limit at the measured rate, counted from now (`watchedMs`; the last floor is a little
 * older). The interval follows from the slope's; `null` when the limit is unknown or the slope's lower end is not
 * above zero, for then no far end can be named.
 */
export function forecastOf(
  last: Point | undefined,
  growth: Growth | null,
  limitBytes: number | null,
  watchedMs: number,
): Forecast | null {
  if (last === undefined || growth === null || limitBytes === null) return null;
  const [low, high] = growth.interval;
  if (low <= 0) return null;
  const headroom = Math.max(0, limitBytes - last.bytes);
  const sinceLast = Math.max(0, watchedMs - last.timeMs) / 1000;
  const secondsAt = (bytesPerSecond: number): number => Math.max(0, headroom / bytesPerSecond - sinceLast);
  return {
    limitBytes,
    secondsToLimit: secondsAt(growth.bytesPerSecond),
    interval: [secondsAt(high), secondsAt(low)],
  };
}
