/**
 * Whether used heap rose over each of the last four seconds, by a fifth of what is used and 24 MB at least. Garbage
 * does that too, between two collections: it is a reason to look closer while floors are rare, and no evidence.
 */
export class FillingHint {
  readonly #latest: number[] = [];

  add(heapUsed: number): void {
    this.#latest.push(heapUsed);
    if (this.#latest.length > LOOKED_AT) this.#latest.shift();
  }

  get isFilling(): boolean {
    const first = this.#latest[0];
    const last = this.#latest.at(-1);
    if (first === undefined || last === undefined || this.#latest.length < LOOKED_AT) return false;
    const rise = last - first;
    const rising = this.#latest.every((bytes, index) => bytes >= (this.#latest[index - 1] ?? 0));
    return rising && rise >= LEAST_BYTES && rise >= last / 5;
  }
}

const LOOKED_AT = 5;
const LEAST_BYTES = 24_000_000;
