/**
 * The top of a size axis: the next round figure above, so that a chart does not rescale with every sample but in
 * few, large steps.
 */
export function roundBytesAbove(bytes: number): number {
  const magnitude = 10 ** Math.floor(Math.log10(Math.max(bytes, 1_000_000)));
  const step = STEPS.find((candidate) => candidate * magnitude >= bytes);
  return (step ?? 10) * magnitude;
}

/** The right end of a time axis, in the same spirit: the line grows into free room instead of being squeezed. */
export function roundTimeAbove(ms: number): number {
  const fixed = TIME_STEPS_MS.find((candidate) => candidate >= ms);
  return fixed ?? Math.ceil(ms / DAY_MS) * DAY_MS;
}

const STEPS = [1, 1.5, 2, 3, 4, 5, 6, 8, 10];
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const TIME_STEPS_MS = [
  ...[0.5, 0.75, 1, 1.5, 2, 3, 5, 7, 10, 15, 20, 30, 45].map((minutes) => minutes * MINUTE_MS),
  ...[1, 1.5, 2, 3, 4, 6, 8, 12, 18, 24].map((hours) => hours * HOUR_MS),
];
