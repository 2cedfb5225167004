/** Round times of an axis that begins at 0, at most `most` of them behind the first. */
export function timeTicks(untilMs: number, most: number): number[] {
  const fixed = TIME_STEPS_MS.find((step) => untilMs / step <= most);
  const step = fixed ?? Math.ceil(untilMs / DAY_MS / most) * DAY_MS;
  return multiples(step, untilMs);
}

/** Round sizes of an axis from 0 to `maxBytes`, at most `most` of them above the first. */
export function byteTicks(maxBytes: number, most: number): number[] {
  const magnitude = 10 ** Math.floor(Math.log10(Math.max(maxBytes / most, 1)));
  const factor = [1, 2, 5].find((candidate) => maxBytes / (candidate * magnitude) <= most) ?? 10;
  return multiples(factor * magnitude, maxBytes);
}

function multiples(step: number, end: number): number[] {
  return Array.from({ length: Math.floor(end / step) + 1 }, (_, index) => index * step);
}

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const TIME_STEPS_MS = [
  ...[1, 2, 5, 10, 15, 20, 30].map((seconds) => seconds * SECOND_MS),
  ...[1, 2, 5, 10, 15, 20, 30].map((minutes) => minutes * MINUTE_MS),
  ...[1, 2, 3, 4, 6, 12].map((hours) => hours * HOUR_MS),
];
