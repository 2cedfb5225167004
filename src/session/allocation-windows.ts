import { growthWindow, samplingIntervalBytes } from '../capture/sampling-interval.ts';
import type { AllocationProfile, AllocationRefusal, AllocationWindow } from '../core/allocations.ts';
import type { Series } from '../core/series.ts';
import type { Verdict } from '../core/verdict.ts';
import type { Peer } from '../wire/peer.ts';

/**
 * The windows of V8's sampled allocations that one investigation takes.
 *
 * Where the containers that grow account for the growth, a short window beside the traps tells where their elements are
 * made. Where they do not, a longer and finer one looks for the stacks whose live bytes grow. Reading any costs a full
 * collection, so what a long one saw is used again instead of taking the next.
 */
export class AllocationWindows {
  readonly #peer: Peer;
  readonly #facts: AllocationWindowFacts;
  #grown: AllocationProfile | null = null;
  #told: ToldProfile | null = null;
  #longOnes = 0;
  #walks = 0;
  #longOnceLeaking = false;

  constructor(peer: Peer, facts: AllocationWindowFacts) {
    this.#peer = peer;
    this.#facts = facts;
  }

  /** The longest window so far, the latest of those of one length: what a reader is shown. `null` before the first. */
  get told(): ToldProfile | null {
    return this.#told;
  }

  /** To be called with each walk: what is new needs some before it is seen to grow, and a container that is seen needs no samples. */
  walked(): void {
    this.#walks += 1;
  }

  /** Whether what the containers account for leaves so much that a long window is worth its time. */
  looksForMore(explainedBytesPerSecond: number): boolean {
    if (this.#walks < WALKS_FIRST) return false;
    const { verdict } = this.#facts.now();
    if (verdict?.growth == null || verdict.growth.bytesPerSecond <= 0) return false;
    // The sampler sees V8's heap alone: of a buffer's memory it knows the object that stands for it.
    if (verdict.space === 'external' || verdict.space === 'native') return false;
    if (explainedBytesPerSecond >= verdict.growth.bytesPerSecond * ENOUGH) return false;
    if (this.#grown === null) return this.#longOnes < LONG_ONES_TRIED;
    // The first may have been taken on a suspicion, while the program still warmed up.
    return verdict.kind === 'leaking' && !this.#longOnceLeaking;
  }

  /** `null` where a profile would cost or disturb too much; why is reported. */
  async take(explainedBytesPerSecond: number): Promise<AllocationProfile | null> {
    const { verdict, series } = this.#facts.now();
    const growth = verdict?.growth?.bytesPerSecond ?? null;
    if (growth === null || !this.looksForMore(explainedBytesPerSecond)) {
      if (this.#grown !== null) return this.#grown;
      return this.#sample(samplingIntervalBytes(growth, series, SHORT_MS), SHORT_MS);
    }
    this.#longOnes += 1;
    const { samplingIntervalBytes: interval, forMs } = growthWindow(growth, series);
    const profile = await this.#sample(interval, forMs);
    if (profile === null) return this.#grown;
    this.#grown = profile;
    this.#longOnceLeaking = verdict?.kind === 'leaking';
    return profile;
  }

  async #sample(intervalBytes: number, forMs: number): Promise<AllocationProfile | null> {
    const window = await this.#peer.call<AllocationWindow>('allocations', {
      samplingIntervalBytes: intervalBytes,
      forMs,
    });
    const { profile, refusal } = window;
    this.#facts.report({
      ...(profile !== null && { sampled: profile }),
      unsampled: refusal === null ? null : { refusal, predictedPauseMs: window.predictedPauseMs },
    });
    if (profile !== null && profile.durationMs >= (this.#told?.profile.durationMs ?? 0) * SAME_LENGTH) {
      this.#told = {
        profile,
        untilMs: this.#facts.now().series.samples.at(-1)?.timeMs ?? profile.durationMs,
      };
    }
    return profile;
  }
}

/** A profile and when its window ended, since the watch began: the time of the last sample before. */
export type ToldProfile = { readonly profile: AllocationProfile; readonly untilMs: number };

export type AllocationWindowFacts = {
  now(): { readonly verdict: Verdict | null; readonly series: Series };
  report(news: { readonly sampled?: AllocationProfile; readonly unsampled: Unsampled | null }): void;
};

/** Why there is no profile of what was allocated. */
export type Unsampled = {
  readonly refusal: AllocationRefusal;
  readonly predictedPauseMs: number | null;
};

/** Windows of one length differ by what reading them had to wait for. */
const SAME_LENGTH = 0.7;
/** Of the growth: an element's size is an estimate. */
const ENOUGH = 0.5;
/** Shorter than the traps: reading the profile may have to wait a second until the pause budget has room. */
export const SHORT_MS = 1500;
/** The one before anything is suspected, one in which the new is met, and two that see it grow. */
const WALKS_FIRST = 4;
const LONG_ONES_TRIED = 3;
