import { readLimits } from '../target/limits.ts';
import type { OpenTarget } from '../target/meet-agent.ts';
import type { PeerHandlers } from '../wire/peer.ts';
import { agentSource } from './agent-files.ts';
import { IsolateWatch } from './isolate-watch.ts';
import type { WatchRequest } from './watch.ts';
import { WorkerWatches } from './worker-watches.ts';

/** The watch of one process: of its main thread and of its worker threads. */
export class ProcessWatch {
  readonly main: IsolateWatch;
  readonly #workers: WorkerWatches;
  readonly #over = new AbortController();

  /** `name` is what the process is called beside others; `null` for the one that was asked for. */
  constructor(target: OpenTarget, name: string | null, request: WatchRequest, onChange: () => void) {
    const { peer, hello } = target;
    const limits = readLimits(hello.pid, hello.heapLimitBytes);
    this.main = new IsolateWatch({ peer, hello, name, limits }, request, {
      onChange,
      onOtherEvent: (event) => {
        if (event === 'worker started') this.#workers.refresh();
      },
    });
    this.#workers = new WorkerWatches(
      { pid: hello.pid, peer },
      agentSource,
      request,
      onChange,
      this.#over.signal,
    );
  }

  get handlers(): PeerHandlers {
    return this.main.handlers;
  }

  /** The main thread first. */
  get watches(): readonly IsolateWatch[] {
    return [this.main, ...this.#workers.watches];
  }

  get notes(): readonly string[] {
    return [...this.#workers.notes, ...this.watches.flatMap(({ notes }) => notes)];
  }

  /** It is known of every isolate that it does not leak, and none is still to be found. */
  get isCleared(): boolean {
    return !this.#workers.joining && this.watches.every((watch) => watch.answered || watch.ended);
  }

  /** Resolves when the watch is over: the process has ended, or `signal` has aborted. Throws as IsolateWatch does. */
  async run(signal: AbortSignal): Promise<void> {
    const stop = (): void => this.#over.abort();
    signal.addEventListener('abort', stop);
    if (signal.aborted) stop();
    try {
      const watching = this.main.run(this.#over.signal);
      this.#workers.refresh();
      await watching;
      stop();
      await this.#workers.settled();
    } finally {
      stop();
      signal.removeEventListener('abort', stop);
      this.#workers.close();
    }
  }
}
