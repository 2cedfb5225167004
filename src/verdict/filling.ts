/**
 * Whether used heap rose over each of the last four seconds, by a fifth of what is used and 24 MB at least. Garbage
 * does that too, between two collections: it is a reason to look closer while floors are rare, and no evidence.
 */
export class FillingHint {
  /** A ring: a watch of months adds millions. */
  readonly #latest = new Float64Array(LOOKED_AT);
  #count = 0;

  add(heapUsed: number): void {
    this.#latest[this.#count % LOOKED_AT] = heapUsed;
    this.#count += 1;
  }

  get isFilling(): boolean {
    if (this.#count < LOOKED_AT) return false;
    const first = this.#back(LOOKED_AT);
    const last = this.#back(1);
    const rise = last - first;
    if (!(rise >= LEAST_BYTES && rise >= last / 5)) return false;
    for (let back = LOOKED_AT; back > 1; back -= 1)
      if (!(this.#back(back - 1) >= this.#back(back))) return false;
    return true;
  }

  #back(samples: number): number {
    return this.#latest[(this.#count - samples) % LOOKED_AT];
  }
}

const LOOKED_AT = 5;
const LEAST_BYTES = 24_000_000;
