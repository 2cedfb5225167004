/**
 * Tells which points their next neighbour shows to have been garbage: higher than both neighbours by more than ten
 * times the usual step. Live memory cannot lie lower than what is live, so only upward spikes are errors. The last
 * point has no witness yet and counts. Noise without spikes loses nothing (a normal error would have to exceed its
 * like by ten), so the promise on false alarms is not touched.
 */
export class SpikeWitness {
  readonly #steps: number[] = [];
  #beforeLast: Size | undefined;
  #last: Size | undefined;

  /** Whether `point` shows that the one before it was a spike. That one is then forgotten. */
  shows(point: Size): boolean {
    const [before, last] = [this.#beforeLast, this.#last];
    if (last !== undefined) this.#keepStep(Math.abs(point.bytes - last.bytes));
    const spike =
      before !== undefined &&
      last !== undefined &&
      this.#isFar(Math.min(last.bytes - before.bytes, last.bytes - point.bytes));
    this.#beforeLast = spike ? before : last;
    this.#last = point;
    return spike;
  }

  /** Of two points at one time another one counts. */
  replaceLast(point: Size): void {
    this.#last = point;
  }

  #isFar(bytes: number): boolean {
    // A perfectly flat series would make a spike of every byte.
    if (bytes <= LEAST_BYTES) return false;
    // Whether the median step is that much smaller: more than half of them are. Counted, for that needs no order.
    const half = Math.floor(this.#steps.length / 2);
    let smaller = 0;
    for (const step of this.#steps) if (bytes > TIMES_USUAL_STEP * step) smaller += 1;
    return smaller > half;
  }

  #keepStep(bytes: number): void {
    this.#steps.push(bytes);
    if (this.#steps.length > STEPS_KEPT) this.#steps.shift();
  }
}

const TIMES_USUAL_STEP = 10;
const LEAST_BYTES = 100_000;
const STEPS_KEPT = 60;

type Size = { readonly bytes: number };
