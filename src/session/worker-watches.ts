import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkerThread } from '../core/worker-thread.ts';
import { joinWorkers } from '../target/join-workers.ts';
import { heapLimits } from '../target/limits.ts';
import type { Peer } from '../wire/peer.ts';
import { IsolateWatch } from './isolate-watch.ts';
import { metricsOnlyNote } from './metrics-only.ts';
import type { WatchRequest } from './watch.ts';

/** The watches of a process's worker threads: of those that run, and of those that start while it is watched. */
export class WorkerWatches {
  readonly #pid: number;
  readonly #main: Peer;
  readonly #agentSource: () => Promise<string>;
  readonly #request: WatchRequest;
  readonly #onChange: () => void;
  readonly #signal: AbortSignal;
  readonly #watches: IsolateWatch[] = [];
  readonly #running = new Set<Promise<void>>();
  /** Seen at a look, and not yet joined. */
  readonly #seen = new Set<string>();
  readonly #joined = new Set<string>();
  readonly #notes = new Set<string>();
  #first = true;
  #wanted = 0;
  #joining = false;

  constructor(
    { pid, peer }: { readonly pid: number; readonly peer: Peer },
    agentSource: () => Promise<string>,
    request: WatchRequest,
    onChange: () => void,
    signal: AbortSignal,
  ) {
    this.#pid = pid;
    this.#main = peer;
    this.#agentSource = agentSource;
    this.#request = request;
    this.#onChange = onChange;
    this.#signal = signal;
  }

  get watches(): readonly IsolateWatch[] {
    return this.#watches;
  }

  get notes(): readonly string[] {
    return [...this.#notes];
  }

  /** Whether it is still to be found out which there are. */
  get joining(): boolean {
    return this.#joining;
  }

  /** Looks for workers now and, as one that has just begun can't be asked yet, a moment later. */
  refresh(): void {
    this.#wanted = LOOKS;
    if (this.#joining || this.#signal.aborted) return;
    this.#joining = true;
    const looking = this.#look()
      .catch((error: unknown) => {
        if (this.#main.closed || this.#signal.aborted) return;
        const message = error instanceof Error ? error.message : String(error);
        this.#notes.add(metricsOnlyNote(error) ?? `Worker threads could not be looked into: ${message}.`);
      })
      .finally(() => {
        this.#joining = false;
        this.#running.delete(looking);
        this.#onChange();
      });
    this.#running.add(looking);
  }

  /** Resolves when every watch has ended, as they do when the signal aborts. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#running);
  }

  close(): void {
    for (const { isolate } of this.#watches) isolate.peer.close();
  }

  async #look(): Promise<void> {
    while (this.#wanted > 0 && !this.#signal.aborted) {
      this.#wanted -= 1;
      const wanted = this.#wanted;
      const threads = await this.#main.call<WorkerThread[]>('workers');
      // None at the first look, and none was heard of meanwhile: whoever starts one is heard of.
      if (threads.length === 0 && this.#first && this.#wanted === wanted) this.#wanted = 0;
      // One that ends within half a second is not worth the agent's installation, which costs it 20 ms.
      const staying = threads.filter(({ id }) => this.#first || this.#seen.has(id));
      for (const { id } of threads) this.#seen.add(id);
      this.#first = false;
      await this.#join(staying.filter(({ id }) => !this.#joined.has(id)));
      if (this.#wanted > 0) {
        await sleep(LOOK_AGAIN_MS, undefined, { signal: this.#signal }).catch(() => undefined);
      }
    }
  }

  async #join(threads: readonly WorkerThread[]): Promise<void> {
    const room = MAX_WORKERS - this.#watches.filter(({ ended }) => !ended).length;
    if (threads.length > room) this.#notes.add(`Of the worker threads ${MAX_WORKERS} are watched.`);
    const chosen = threads.slice(0, Math.max(0, room));
    if (chosen.length === 0) return;
    for (const { id } of chosen) this.#joined.add(id);
    await joinWorkers(
      { pid: this.#pid, peer: this.#main },
      chosen,
      await this.#agentSource(),
      ({ thread, peer, hello, relay }) => {
        const limits = heapLimits(hello.heapLimitBytes);
        const watch = new IsolateWatch({ peer, hello, name: thread.name, limits }, this.#request, {
          onChange: this.#onChange,
          onOtherEvent: () => this.refresh(),
        });
        this.#watches.push(watch);
        const running = watch
          .run(this.#signal)
          .catch(() => undefined)
          .finally(() => {
            this.#running.delete(running);
            this.#forgetUneventful();
          });
        this.#running.add(running);
        relay.connect(watch.handlers);
      },
    );
  }

  /** Of workers that come and go, only the last ones and those that leaked are told of. */
  #forgetUneventful(): void {
    const ended = this.#watches.filter((watch) => watch.ended && watch.kind !== 'leaking');
    for (const watch of ended.slice(0, -MAX_ENDED_TOLD))
      this.#watches.splice(this.#watches.indexOf(watch), 1);
  }
}

/** A new worker answers once it runs, some 50 ms after its start; on a busy machine later. */
const LOOKS = 3;
const LOOK_AGAIN_MS = 500;
/** A pool has as many as there are cores, or some more. Each is walked on its own thread. */
const MAX_WORKERS = 32;
const MAX_ENDED_TOLD = 8;
