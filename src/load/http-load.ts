import { createHistogram, performance, type RecordableHistogram } from 'node:perf_hooks';
import { Pool } from 'undici';
import { LeaklineError } from '../core/errors.ts';
import { checkedAddress } from './address.ts';

export type HttpLoadOptions = {
  /** Where the server is; a path in it is put before each of `paths`. */
  readonly url: URL | string;
  /** Asked for in turn. */
  readonly paths: readonly string[];
  readonly requestsPerSecond: number;
  /** What would exceed it is dropped and counted, so a server that stalls is not buried. Default 64. */
  readonly maxInFlight?: number;
  /** A request that got no complete answer by then has failed; undici looks about once a second. Default 10 s. */
  readonly timeoutMs?: number;
};

export type HttpLoadCounts = {
  readonly durationMs: number;
  /** Put on their way. `sent` = `succeeded` + `failed` + `unanswered`. */
  readonly sent: number;
  /** Answered in full with a status from 200 to 399. */
  readonly succeeded: number;
  /** Refused, broken off, out of time, or answered with another status. */
  readonly failed: number;
  /** Still under way, or cut off by `stop()`. */
  readonly unanswered: number;
  /** Due, but not sent because `maxInFlight` were under way. Due until now = `sent` + `dropped`. */
  readonly dropped: number;
  readonly sentPerSecond: number;
  /** From the moment a request was due to the end of its answer, failed ones left out; `null` before the first. */
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  /** How much later than due a request was sent: the generator's own fault. `null` before the first. */
  readonly latenessP99Ms: number | null;
  readonly latenessMaxMs: number | null;
  /** Why the latest failure failed. */
  readonly lastError: string | null;
};

/** The counts as they stood at the end. */
export type HttpLoadResult = HttpLoadCounts;

const DEFAULT_MAX_IN_FLIGHT = 64;
const DEFAULT_TIMEOUT_MS = 10_000;

/**
 * Starts to ask a server for `paths` at a constant rate, until `stop()` is called.
 *
 * Open model: request `i` is due at `start + i / rate` whatever became of the ones before it, and its latency
 * counts from then. A generator that waits for answers instead would ask a stalled server less, and so hide the
 * stall. What goes wrong with the server is counted, never thrown. Keeps the event loop alive until stopped;
 * costs this process about 0.1 ms of CPU a request once warm, several at first.
 *
 * @throws LeaklineError `USAGE` for an address, a rate or limits that make no sense.
 */
export function startHttpLoad(options: HttpLoadOptions): HttpLoad {
  return new HttpLoad(options);
}

export class HttpLoad {
  readonly #pool: Pool;
  readonly #paths: readonly string[];
  readonly #msPerRequest: number;
  readonly #maxInFlight: number;
  readonly #startedMs = performance.now();
  readonly #latencyUs: RecordableHistogram = createHistogram();
  readonly #latenessUs: RecordableHistogram = createHistogram();
  #timer: NodeJS.Timeout | undefined;
  #stoppedMs: number | undefined;
  #stopping: Promise<HttpLoadResult> | undefined;
  #due = 0;
  #sent = 0;
  #succeeded = 0;
  #failed = 0;
  #dropped = 0;
  #lastError: string | null = null;

  constructor({ url, paths, requestsPerSecond, maxInFlight, timeoutMs }: HttpLoadOptions) {
    const base = checkedAddress(url, ['http:', 'https:']);
    const prefix = base.pathname.replace(/\/$/, '');
    this.#paths = paths.map((path) => prefix + (path.startsWith('/') ? path : `/${path}`));
    if (paths.length === 0) throw usage('an HTTP load needs at least one path');
    this.#msPerRequest = 1000 / checkedPositive(requestsPerSecond, 'requests per second');
    this.#maxInFlight = checkedPositive(maxInFlight ?? DEFAULT_MAX_IN_FLIGHT, 'requests in flight');
    const limitMs = checkedPositive(timeoutMs ?? DEFAULT_TIMEOUT_MS, 'the timeout');
    this.#pool = new Pool(base.origin, {
      connections: Math.ceil(this.#maxInFlight),
      // One request a connection at a time, or a slow answer would delay those behind it.
      pipelining: 1,
      headersTimeout: limitMs,
      bodyTimeout: limitMs,
      connect: { timeout: limitMs },
    });
    this.#sendWhatIsDue();
  }

  /** What has happened until now. Cheap enough to ask every frame. */
  counts(): HttpLoadCounts {
    const durationMs = (this.#stoppedMs ?? performance.now()) - this.#startedMs;
    return {
      durationMs,
      sent: this.#sent,
      succeeded: this.#succeeded,
      failed: this.#failed,
      unanswered: this.#unanswered,
      dropped: this.#dropped,
      sentPerSecond: durationMs === 0 ? 0 : (this.#sent * 1000) / durationMs,
      p50Ms: percentileMs(this.#latencyUs, 50),
      p99Ms: percentileMs(this.#latencyUs, 99),
      latenessP99Ms: percentileMs(this.#latenessUs, 99),
      latenessMaxMs: percentileMs(this.#latenessUs, 100),
      lastError: this.#lastError,
    };
  }

  /** Sends nothing more, cuts off what is under way and closes every connection. May be called again. */
  stop(): Promise<HttpLoadResult> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<HttpLoadResult> {
    this.#stoppedMs = performance.now();
    clearTimeout(this.#timer);
    const result = this.counts();
    await this.#pool.destroy();
    return result;
  }

  get #unanswered(): number {
    return this.#sent - this.#succeeded - this.#failed;
  }

  #sendWhatIsDue(): void {
    // Timers count whole milliseconds and come late on a busy machine, so everything due by now goes at once.
    const nowMs = performance.now();
    let dueMs = this.#startedMs + this.#due * this.#msPerRequest;
    while (dueMs <= nowMs) {
      if (this.#unanswered < this.#maxInFlight)
        void this.#send(this.#paths[this.#due % this.#paths.length] ?? '/', dueMs);
      else this.#dropped++;
      this.#due++;
      dueMs = this.#startedMs + this.#due * this.#msPerRequest;
    }
    this.#timer = setTimeout(() => this.#sendWhatIsDue(), Math.max(1, dueMs - performance.now()));
  }

  async #send(path: string, dueMs: number): Promise<void> {
    this.#sent++;
    record(this.#latenessUs, performance.now() - dueMs);
    try {
      const response = await this.#pool.request({ path, method: 'GET' });
      // To the end: an answer cut short would cost its connection. Undici's own limit is 128 KB.
      await response.body.dump({ limit: Number.MAX_SAFE_INTEGER });
      if (this.#stoppedMs !== undefined) return;
      if (response.statusCode < 200 || response.statusCode >= 400)
        return this.#fail(`HTTP ${response.statusCode} for ${path}`);
      this.#succeeded++;
      record(this.#latencyUs, performance.now() - dueMs);
    } catch (error) {
      // What stop() cuts off is nobody's failure.
      if (this.#stoppedMs === undefined) this.#fail(error instanceof Error ? error.message : String(error));
    }
  }

  #fail(reason: string): void {
    this.#failed++;
    this.#lastError = reason;
  }
}

/** Histograms count whole numbers from 1, so milliseconds go in as microseconds. */
function record(histogramUs: RecordableHistogram, ms: number): void {
  histogramUs.record(Math.max(1, Math.round(ms * 1000)));
}

function percentileMs(histogramUs: RecordableHistogram, percentile: number): number | null {
  return histogramUs.count === 0 ? null : histogramUs.percentile(percentile) / 1000;
}

function checkedPositive(value: number, what: string): number {
  if (!Number.isFinite(value) || value <= 0) throw usage(`${what} must be more than 0, not ${value}`);
  return value;
}

function usage(message: string): LeaklineError {
  return new LeaklineError('USAGE', { message });
}
