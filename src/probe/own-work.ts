/**
 * Which sizes after a major collection are the program's. While leakline walks, the heap holds some megabytes of ours, and
 * what was held weakly goes only with the second collection after it.
 */
export class OwnWork {
  #wasUnderWay = false;
  #untilMs = Number.NEGATIVE_INFINITY;
  #isUnsettled = false;
  #awaitsFloor = false;
  #lastFloorBytes = Number.POSITIVE_INFINITY;

  /**
   * To be told at each tick, `nowMs`, whether a walk is under way. One that a tick saw counts for the second before it and, once
   * it has ended, until the tick began: the collection that a tick forces comes after it.
   */
  seen(isUnderWay: boolean, nowMs: number, beganMs: number = nowMs): void {
    if (isUnderWay || this.#wasUnderWay) {
      this.#untilMs = isUnderWay ? nowMs : beganMs;
      this.#isUnsettled = true;
    }
    this.#wasUnderWay = isUnderWay;
  }

  /** Whether a major collection gave a floor. To be asked of each, in order of time, after the tick was told. */
  leaves(timeMs: number, bytes: number): boolean {
    // The first is what others are set against, even if a walk was under way.
    if (this.#lastFloorBytes === Number.POSITIVE_INFINITY) this.#lastFloorBytes = bytes;
    if (timeMs <= this.#untilMs && !this.isBeyondOurs(bytes)) return false;
    const isSettled = !this.#isUnsettled || bytes >= SHOWS_BELOW;
    this.#isUnsettled = false;
    this.#awaitsFloor = !isSettled;
    if (isSettled) this.#lastFloorBytes = bytes;
    return isSettled;
  }

  /** A collection has come after a walk, and the next will give a floor. */
  get awaitsFloor(): boolean {
    return this.#awaitsFloor;
  }

  /** Memory has risen by ten times as much as a walk can hold since the last floor: that is not ours. */
  isBeyondOurs(bytes: number): boolean {
    return bytes - this.#lastFloorBytes >= BYTES_MAX * 10;
  }
}

/** What a walk was seen to hold, in bytes, with a margin: 5 MB in a server of 250 modules. */
const BYTES_MAX = 6_000_000;

/**
 * The first collection after a walk leaves 0.25 to 0.4 MB of ours in a small heap, as much as a slow leak keeps in twenty
 * seconds. Beside a large heap it is nothing.
 */
const SHOWS_BELOW = 50_000_000;
