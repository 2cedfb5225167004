import type { Series } from '../core/series.ts';

/**
 * The mean distance between two samples of the heap profiler, in bytes, a power of two.
 *
 * Small enough that what the process grows by in the window gives some hundred samples (V8's 512 KB would see a leak
 * of 1 MB a minute twice), and large enough that sampling all it allocates stays below two thousand stacks a second,
 * some 1 % of the time at 5 µs each.
 */
export function samplingIntervalBytes(
  growthBytesPerSecond: number | null,
  series: Series,
  windowMs: number,
): number {
  const grown = (Math.max(0, growthBytesPerSecond ?? 0) * windowMs) / 1000;
  const fine = grown / SAMPLES_WANTED;
  const affordable = allocatedBytesPerSecond(series) / SAMPLES_PER_SECOND_MOST;
  const wanted = Math.max(fine, affordable, SMALLEST_BYTES);
  return Math.min(LARGEST_BYTES, 2 ** Math.round(Math.log2(wanted)));
}

const SAMPLES_WANTED = 400;
const SAMPLES_PER_SECOND_MOST = 2000;
const SMALLEST_BYTES = 16_384;
const LARGEST_BYTES = 4_194_304;

/** From one collection's end to the next one's beginning the heap grows by what was allocated. Of the last ones. */
function allocatedBytesPerSecond({ gcs }: Series): number {
  const recent = gcs.filter(({ kind }) => kind === 'major' || kind === 'minor').slice(-COLLECTIONS_READ);
  const [first] = recent;
  const last = recent.at(-1);
  if (first === undefined || last === undefined || last.timeMs <= first.timeMs) return 0;
  let allocated = 0;
  for (const [index, gc] of recent.entries()) {
    const before = recent[index - 1];
    if (before !== undefined) allocated += Math.max(0, gc.beforeBytes - before.afterBytes);
  }
  return (allocated / (last.timeMs - first.timeMs)) * 1000;
}

const COLLECTIONS_READ = 100;
