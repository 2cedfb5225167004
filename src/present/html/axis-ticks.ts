/** Round times of an axis, some `most` of them. */
export function timeTicks(fromMs: number, untilMs: number, most: number): number[] {
  const rangeMs = untilMs - fromMs;
  const fixed = TIME_STEPS_MS.find((step) => rangeMs / step <= most);
  const step = fixed ?? Math.ceil(rangeMs / DAY_MS / most) * DAY_MS;
  return multiples(step, fromMs, untilMs);
}

/** Round sizes of an axis, some `most` of them. */
export function byteTicks(minBytes: number, maxBytes: number, most: number): number[] {
  const range = Math.max(1, maxBytes - minBytes);
  const magnitude = 10 ** Math.floor(Math.log10(Math.max(range / most, 1)));
  const factor = [1, 2, 5].find((candidate) => range / (candidate * magnitude) <= most) ?? 10;
  const step = factor * magnitude;
  return multiples(step, minBytes, maxBytes);
}

function multiples(step: number, from: number, to: number): number[] {
  const first = Math.ceil(from / step);
  return Array.from(
    { length: Math.max(0, Math.floor(to / step) - first + 1) },
    (_, index) => (first + index) * step,
  );
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
