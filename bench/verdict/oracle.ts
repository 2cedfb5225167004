/**
 * What a watcher could do at best: it knows the noise and the slope of the leak, and asks only whether it is there. Wald's
 * sequential probability ratio test of exactly that slope against none, both errors 1 in 100, on floors whose level is
 * unknown (it begins at the first) and wanders as much as it is told.
 */
export class Oracle {
  readonly #bytesPerSecond: number;
  readonly #ownVariance: number;
  readonly #wanderingPerSecond: number;
  #timeMs: number | undefined;
  #flat = 0;
  #growing = 0;
  #variance = 0;
  #evidence = 0;

  constructor(bytesPerSecond: number, ownVariance: number, wanderingPerSecond: number) {
    this.#bytesPerSecond = bytesPerSecond;
    this.#ownVariance = Math.max(1, ownVariance);
    this.#wanderingPerSecond = wanderingPerSecond;
  }

  add(timeMs: number, bytes: number): void {
    if (this.#timeMs === undefined) {
      this.#flat = bytes;
      this.#growing = bytes;
      this.#variance = this.#ownVariance;
    } else {
      const seconds = (timeMs - this.#timeMs) / 1000;
      this.#growing += this.#bytesPerSecond * seconds;
      const before = this.#variance + this.#wanderingPerSecond * seconds;
      const expected = before + this.#ownVariance;
      const gain = before / expected;
      const [ofFlat, ofGrowing] = [bytes - this.#flat, bytes - this.#growing];
      this.#evidence += (ofFlat * ofFlat - ofGrowing * ofGrowing) / (2 * expected);
      this.#flat += gain * ofFlat;
      this.#growing += gain * ofGrowing;
      this.#variance = before * (1 - gain);
    }
    this.#timeMs = timeMs;
  }

  get isSure(): boolean {
    return this.#evidence >= Math.log(99);
  }
}
