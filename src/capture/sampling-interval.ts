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
  return powerOfTwo(Math.max(fine, affordableBytes(series), SMALLEST_BYTES));
}

/**
 * How to sample so that the growth itself can be told from what lives for a moment: so finely that what grows in the
 * window gives a thousand samples or more, and so long that even a slow leak gives some hundreds where finer is not to be
 * had. What keeps the memory is often a small object beside what it keeps, and must have some samples of its own.
 */
export function growthWindow(
  growthBytesPerSecond: number,
  series: Series,
): { readonly samplingIntervalBytes: number; readonly forMs: number } {
  const growth = Math.max(1, growthBytesPerSecond);
  const known = allocatedBytesPerSecond(series) !== null;
  const finest = Math.max(affordableBytes(series), known ? FINEST_BYTES : SMALLEST_BYTES);
  const forMs = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, ((finest * FEW_SAMPLES) / growth) * 1000));
  const fine = (growth * forMs) / 1000 / MANY_SAMPLES;
  return { samplingIntervalBytes: powerOfTwo(Math.max(fine, finest)), forMs: Math.round(forMs) };
}

/** Zero where nothing is known of what is allocated. */
function affordableBytes(series: Series): number {
  return (allocatedBytesPerSecond(series) ?? 0) / SAMPLES_PER_SECOND_MOST;
}

function powerOfTwo(bytes: number): number {
  return Math.min(LARGEST_BYTES, 2 ** Math.round(Math.log2(bytes)));
}

const SAMPLES_WANTED = 400;
const SAMPLES_PER_SECOND_MOST = 2000;
const SMALLEST_BYTES = 16_384;
const LARGEST_BYTES = 4_194_304;

const FEW_SAMPLES = 600;
const MANY_SAMPLES = 1500;
/** A sample costs some hundred bytes as long as it lives, so a finer one would cost as much as what it counts. */
const FINEST_BYTES = 1024;
/** Shorter, and a slow request would be as old as the window. */
const SHORTEST_MS = 6000;
const LONGEST_MS = 20_000;

/**
 * From one collection's end to the next one's beginning the heap grows by what was allocated. Of the last ones; where some
 * between two were not told of, those two say too little. `null` where no two in a row are known.
 */
function allocatedBytesPerSecond({ gcs }: Series): number | null {
  const recent = gcs.filter(({ kind }) => kind === 'major' || kind === 'minor').slice(-COLLECTIONS_READ);
  let allocated = 0;
  let ms = 0;
  for (const [index, gc] of recent.entries()) {
    const before = recent[index - 1];
    if (before === undefined || gc.afterGap === true) continue;
    allocated += Math.max(0, gc.beforeBytes - before.afterBytes);
    ms += gc.timeMs - before.timeMs;
  }
  return ms <= 0 ? null : (allocated / ms) * 1000;
}

const COLLECTIONS_READ = 100;
