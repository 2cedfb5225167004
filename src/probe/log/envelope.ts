import type { Floor, Sample } from '../../core/series.ts';

/**
 * Floors out of sampled `heapUsed`, which holds garbage too.
 *
 * What is used is never less than what is live, so the lower envelope bounds the floor from above, and an envelope that
 * stays flat shows that nothing grows. That it rises shows a leak only if major collections took place, because
 * until one does garbage piles up in the old space just as evenly. They show in two ways:
 *
 * - Used heap falls by more than a young generation can hold: only a major collection frees that much. The sample after
 *   it is a floor to within what came since.
 * - The envelope ends far above where V8 must have collected: the limit of the first major collection is 512 MB at
 *   most, of each later one four times what the last left (`Heap::MaxInitialOldGenerationSize`, `MemoryController`).
 */
export type Envelope = {
  readonly floors: readonly Floor[];
  /** Which growth of the floors is no garbage, and so may be called a leak. */
  readonly proves: 'heap and external' | 'heap' | 'nothing';
};

/** Falls of used heap that only a major collection explains. Fed with each sample, before any is thinned out. */
export class DeepFalls {
  #peakBytes = 0;
  #falling = false;
  #floors: Sample[] = [];

  add(sample: Sample): void {
    const { heapUsed } = sample;
    if (!Number.isFinite(heapUsed)) return;
    const last = this.#floors.at(-1);
    if (this.#falling && last !== undefined && heapUsed < last.heapUsed) {
      this.#floors[this.#floors.length - 1] = sample;
      this.#peakBytes = heapUsed;
      return;
    }
    this.#falling = this.#peakBytes - heapUsed > YOUNG_GENERATION_BYTES;
    if (!this.#falling) {
      this.#peakBytes = Math.max(this.#peakBytes, heapUsed);
      return;
    }
    this.#floors.push(sample);
    if (this.#floors.length > MOST_FLOORS) this.#floors = this.#floors.filter((_, index) => index % 2 === 0);
    this.#peakBytes = heapUsed;
  }

  get floors(): readonly Sample[] {
    return this.#floors;
  }
}

/** `samples` in time order; thinned samples must be the lowest of those they stand for. */
export function envelopeOf(samples: readonly Sample[], deepFalls: readonly Sample[]): Envelope {
  const known = samples.filter(({ heapUsed }) => Number.isFinite(heapUsed));
  const spanMs = (known.at(-1)?.timeMs ?? 0) - (known[0]?.timeMs ?? 0);
  const fallsSpanMs = (deepFalls.at(-1)?.timeMs ?? 0) - (deepFalls[0]?.timeMs ?? 0);
  if (deepFalls.length >= LEAST_FALLS && fallsSpanMs >= spanMs / 2) {
    return { floors: deepFalls.map(floorOf), proves: 'heap and external' };
  }
  const floors = windowMinima(known).map(floorOf);
  const [first, last] = [floors[0], floors.at(-1)];
  const collected =
    first !== undefined &&
    last !== undefined &&
    last.heapBytes > FIRST_MAJOR_BYTES + YOUNG_GENERATION_BYTES &&
    last.heapBytes > LARGEST_GROWTH_FACTOR * first.heapBytes + YOUNG_GENERATION_BYTES;
  return { floors, proves: collected ? 'heap' : 'nothing' };
}

// A semi-space is 16 MiB by default, and 32 at the most in Node 26; a scavenge frees one and its large objects.
const YOUNG_GENERATION_BYTES = 64 * 2 ** 20;
const FIRST_MAJOR_BYTES = 512 * 2 ** 20;
const LARGEST_GROWTH_FACTOR = 4;
const LEAST_FALLS = 6;
const MOST_FLOORS = 2048;
const MOST_WINDOWS = 120;
const LEAST_SAMPLES_A_WINDOW = 4;

function windowMinima(samples: readonly Sample[]): Sample[] {
  const first = samples[0];
  const last = samples.at(-1);
  if (first === undefined || last === undefined) return [];
  const windows = Math.min(MOST_WINDOWS, Math.floor(samples.length / LEAST_SAMPLES_A_WINDOW));
  const windowMs = (last.timeMs - first.timeMs) / Math.max(1, windows);
  const lowest = new Map<number, Sample>();
  for (const sample of samples) {
    const window =
      windowMs === 0 ? 0 : Math.min(windows - 1, Math.floor((sample.timeMs - first.timeMs) / windowMs));
    const before = lowest.get(window);
    if (before === undefined || sample.heapUsed < before.heapUsed) lowest.set(window, sample);
  }
  return [...lowest.values()];
}

function floorOf({ timeMs, heapUsed, external, openConnections }: Sample): Floor {
  return { timeMs, heapBytes: heapUsed, externalBytes: external, openConnections };
}
