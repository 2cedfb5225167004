import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LeaklineError } from '../core/errors.ts';
import { type AgentFiles, attach } from '../target/attach.ts';
import { forkedChildren } from '../target/forked-children.ts';
import { HandlerRelay } from '../wire/handler-relay.ts';
import { ProcessWatch } from './process-watch.ts';
import type { WatchRequest } from './watch.ts';

/** The watches of the processes a program has forked: of those that run, and of those that it forks later. */
export class ChildWatches {
  readonly #parent: number;
  readonly #request: WatchRequest;
  readonly #onChange: () => void;
  readonly #watches: ProcessWatch[] = [];
  readonly #running = new Set<Promise<void>>();
  readonly #met = new Set<number>();
  readonly #notes = new Set<string>();
  #seen: ReadonlySet<number> = new Set();
  #joining = true;

  constructor(parent: number, request: WatchRequest, onChange: () => void) {
    this.#parent = parent;
    this.#request = request;
    this.#onChange = onChange;
  }

  get watches(): readonly ProcessWatch[] {
    return this.#watches;
  }

  get notes(): readonly string[] {
    return [...this.#notes, ...this.#watches.flatMap(({ notes }) => notes)];
  }

  /** Whether it is still to be found out which there are, or one is being attached to. */
  get joining(): boolean {
    return this.#joining;
  }

  /** Looks every second until `signal` aborts; resolves when every watch has ended. */
  async run(files: () => Promise<AgentFiles>, signal: AbortSignal): Promise<void> {
    let first = true;
    while (!signal.aborted) {
      const children = forkedChildren(this.#parent);
      // One that ends within a second is not worth the signal.
      const staying = children.filter((pid) => !this.#met.has(pid) && (first || this.#seen.has(pid)));
      this.#seen = new Set(children);
      first = false;
      // One after the other: they share the inspector's port.
      for (const pid of staying) await this.#join(pid, files, signal);
      this.#joining = children.some((pid) => !this.#met.has(pid));
      this.#onChange();
      await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
    }
    await Promise.allSettled(this.#running);
  }

  async #join(pid: number, files: () => Promise<AgentFiles>, signal: AbortSignal): Promise<void> {
    this.#met.add(pid);
    const running = this.#watches.filter(({ main }) => !main.ended).length;
    if (running >= MAX_CHILDREN) {
      this.#notes.add(`Of the forked processes ${MAX_CHILDREN} are watched.`);
      return;
    }
    try {
      const relay = new HandlerRelay();
      const target = await attach(pid, await files(), relay.handlers, { signal });
      const script = target.hello.argv[1];
      const name = script === undefined ? 'forked' : basename(script);
      const watch = new ProcessWatch(target, name, this.#request, this.#onChange);
      relay.connect(watch.handlers);
      this.#watches.push(watch);
      const watching = watch
        .run(signal)
        .catch(() => undefined)
        .finally(() => {
          this.#running.delete(watching);
          this.#forgetUneventful();
          void target.close();
        });
      this.#running.add(watching);
    } catch (error) {
      // It ended meanwhile, or we did.
      const gone = error instanceof LeaklineError && error.code === 'NO_SUCH_PROCESS';
      if (signal.aborted || gone) return;
      this.#notes.add(
        `A forked process is not watched: ${error instanceof Error ? error.message : String(error)}.`,
      );
    }
  }

  /** A cluster may replace its workers all day: of those that ended the last ones and those that leaked are told of. */
  #forgetUneventful(): void {
    const ended = this.#watches.filter(({ main }) => main.ended && main.kind !== 'leaking');
    for (const watch of ended.slice(0, -MAX_ENDED_TOLD))
      this.#watches.splice(this.#watches.indexOf(watch), 1);
  }
}

const LOOK_EVERY_MS = 1000;
/** A cluster has as many as there are cores. */
const MAX_CHILDREN = 32;
const MAX_ENDED_TOLD = 8;
