/**
 * Growth of which a part fades, as warming up does: its rate falls as 1 / time (`warm-up.ts`). A rate always means that at
 * the last point.
 */
export type Fading = {
  /** The part of the rate that fades. */
  readonly share: number;
  /** What the time is at the last point. */
  readonly seconds: number;
};

export const nothingFades: Fading = { share: 0, seconds: 1 };

/** What is taken to fade of growth that was seen so long after the watch began, if any of it does. */
export function fadingAt(timeMs: number): Fading {
  return { share: SHARE, seconds: (timeMs / 1000) * PAST_THE_FIRST };
}

// A leak begins to show while all else still warms up, and seldom is most of what is seen then. Between a tenth and two fifths,
// one share or several hold the ends of drawn leaks about as often (bench/verdict); more of it only tells later ends.
const SHARE = 0.2;
// At the very beginning 1 / time has no bound.
const PAST_THE_FIRST = 1.1;

/** How long growth at the rate of the last point takes to bring what comes until `seconds` after it; before it, negative. */
export function secondsAtRate(seconds: number, fading: Fading): number {
  if (fading.share === 0) return seconds;
  const faded = fading.seconds * Math.log1p(seconds / fading.seconds);
  return seconds + fading.share * (faded - seconds);
}
