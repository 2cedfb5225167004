import type * as inspectorModule from 'node:inspector';
import type * as v8Module from 'node:v8';
import { AllocationSampler, type StartHeapProfile } from '../capture/allocation-sampler.ts';
import { ScopeReader } from '../census/scopes.ts';
import type { AllocationProfile, AllocationRefusal, AllocationWindow } from '../core/allocations.ts';
import type { StallAccount } from '../core/stall-account.ts';
import type { Probe } from '../probe/probe.ts';
import { InProcessInspector } from '../wire/inspector-in-process.ts';
import { loadedBuiltins } from './program-roots.ts';

export type AllocationHost = {
  /** What is leakline's: a walk passes over it. */
  readonly own: Set<object>;
  readonly account: StallAccount;
  nowMs(): number;
  rest(ms: number): Promise<void>;
  isOwnScript(url: string): boolean;
};

/** Windows of V8's sampling profiler, one at a time. Where reading it costs a full collection, it is taken only if one fits. */
export class AllocationWindows {
  readonly #require: NodeJS.Require;
  readonly #host: AllocationHost;
  #sampler: AllocationSampler | null = null;
  #closed = false;

  constructor(require: NodeJS.Require, host: AllocationHost) {
    this.#require = require;
    this.#host = host;
  }

  /** What was allocated in that time and still lives at its end, or why that is not known. Never rejects. */
  async sample(probe: Probe | null, samplingIntervalBytes: number, forMs: number): Promise<AllocationWindow> {
    if (probe === null || this.#sampler !== null) return refused('unavailable');
    const inspector = new InProcessInspector(this.#require('node:inspector') as typeof inspectorModule);
    const v8 = this.#require('node:v8') as typeof v8Module & { readonly startHeapProfile?: StartHeapProfile };
    const ownScriptId = this.#host.account.book('allocations', () => this.#findOwnScriptId());
    const isOwn = (url: string, scriptId: string): boolean =>
      scriptId === ownScriptId || this.#host.isOwnScript(url);
    const sampler = new AllocationSampler(inspector, () => this.#host.nowMs(), isOwn, v8);
    if (sampler.collects && probe.isNatural) return refused('unavailable');
    this.#host.own.add(sampler);
    this.#sampler = sampler;
    try {
      return await this.#window(sampler, probe, samplingIntervalBytes, forMs);
    } catch {
      // Without the right to inspect itself, or stopped by somebody who took the sampler for theirs.
      return refused('unavailable');
    } finally {
      sampler.cancel();
      this.#host.own.delete(sampler);
      this.#sampler = null;
    }
  }

  /** Ends a window that is open; nobody samples afterwards. */
  close(): void {
    this.#closed = true;
    this.#sampler?.cancel();
  }

  async #window(
    sampler: AllocationSampler,
    probe: Probe,
    samplingIntervalBytes: number,
    forMs: number,
  ): Promise<AllocationWindow> {
    const { account } = this.#host;
    const book = <Result>(work: () => Result, hasCollected: (result: Result) => boolean): Result =>
      sampler.collects
        ? probe.collecting('allocations', work, hasCollected)
        : account.book('allocations', work);
    const isReadable = (): Promise<boolean> =>
      sampler.collects
        ? this.#collectionFits(probe, () => sampler.discardConsole())
        : this.#isCollected(forMs * MAJOR_WAIT_WINDOWS);
    if (sampler.collects && !(await this.#collectionFits(probe)))
      return refused('pause', probe.predictedCollectionMs);
    const start = (): boolean => sampler.start(samplingIntervalBytes);
    // Finding somebody else's sampler has read it.
    if (!book(start, (isOurs) => !isOurs)) return refused('contended');
    const endMs = this.#host.nowMs() + forMs;
    while (this.#host.nowMs() < endMs && !this.#closed) {
      await this.#host.rest(100);
      if (!this.#closed) account.book('allocations', () => sampler.discardConsole());
    }
    // A window that was long may as well become longer.
    if (!(await isReadable())) return refused('pause', sampler.collects ? probe.predictedCollectionMs : null);
    const finish = (): AllocationProfile => sampler.finish();
    return { profile: book(finish, () => true), refusal: null };
  }

  /** Whether a full collection ends within that time, of V8's own or begun for a floor: resolves soon after. */
  async #isCollected(waitMs: number): Promise<boolean> {
    const seen = { collected: false };
    // What it is told of has died, and V8 notices in full collections only.
    const registry = new FinalizationRegistry((told: typeof seen) => {
      told.collected = true;
    });
    registry.register({}, seen, seen);
    const endMs = this.#host.nowMs() + waitMs;
    while (!seen.collected && !this.#closed && this.#host.nowMs() < endMs) await this.#host.rest(50);
    // A registry that is used no more is collected itself, and tells nothing.
    registry.unregister(seen);
    return seen.collected;
  }

  /** Forced collections keep their distance from each other, so it may take a moment until the next one fits. */
  async #collectionFits(probe: Probe, meanwhile?: () => void): Promise<boolean> {
    const endMs = this.#host.nowMs() + FIT_WAIT_MS;
    while (!this.#closed) {
      if (probe.allowsCollection) return true;
      if (this.#host.nowMs() > endMs) return false;
      await this.#host.rest(100);
      if (meanwhile !== undefined && !this.#closed) this.#host.account.book('allocations', meanwhile);
    }
    return false;
  }

  /** V8's number of the script this function stands in; `null` where it does not tell. Some 0.3 ms. */
  #findOwnScriptId(): string | null {
    const scopes = new ScopeReader(
      new InProcessInspector(this.#require('node:inspector') as typeof inspectorModule),
    );
    try {
      scopes.beginSlice();
      return scopes.readFunction(loadedBuiltins)?.location.scriptId ?? null;
    } catch {
      // Without the right to inspect itself there is no profile either.
      return null;
    } finally {
      scopes.close();
    }
  }
}

function refused(refusal: AllocationRefusal, predictedPauseMs: number | null = null): AllocationWindow {
  return { profile: null, refusal, predictedPauseMs };
}

/** So long it takes until one pause that a busy machine drew out is no longer expected of the next. */
const FIT_WAIT_MS = 6000;
/** A floor is due every few seconds; in a large heap, where each is dear, less often. */
const MAJOR_WAIT_WINDOWS = 3;
