import { setTimeout as sleep } from 'node:timers/promises';
import type { SnapshotAccount } from '../report/snapshot-account.ts';
import type { SnapshotProgress, SnapshotRequest } from './take-snapshot.ts';

/**
 * Where snapshots of the processes that are being watched can be asked for, one at a time. Each watch says that it is open, and
 * does not leave its process while one is taken of it.
 */
export class SnapshotDesk {
  readonly #takeByPid = new Map<number, TakeSnapshot>();
  #running: { readonly pid: number; readonly over: Promise<unknown> } | null = null;

  /** Processes of which one can be taken now. */
  get pids(): ReadonlySet<number> {
    return this.#running === null ? new Set(this.#takeByPid.keys()) : new Set();
  }

  open(pid: number, take: TakeSnapshot): void {
    this.#takeByPid.set(pid, take);
  }

  /** No more of this process. Resolves when one that is under way is over. */
  async close(pid: number): Promise<void> {
    this.#takeByPid.delete(pid);
    if (this.#running?.pid === pid) await this.#running.over;
  }

  /** Throws what `takeSnapshot` throws. `null` if none can be taken of this process, or not now. */
  async take(
    pid: number,
    request: SnapshotRequest,
    signal: AbortSignal,
    onProgress: (progress: SnapshotProgress) => void,
  ): Promise<SnapshotAccount | null> {
    const take = this.#takeByPid.get(pid);
    if (take === undefined || this.#running !== null) return null;
    const taking = take(request, signal, onProgress);
    this.#running = { pid, over: Promise.race([taking.catch(() => undefined), abandoned(signal)]) };
    return taking.finally(() => {
      this.#running = null;
    });
  }
}

/** A process that a debugger holds answers nothing: whoever was told to go waits no longer than for the files to be removed. */
async function abandoned(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) {
    await new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }
  await sleep(GRACE_MS, undefined, { ref: false });
}

const GRACE_MS = 1500;

export type TakeSnapshot = (
  request: SnapshotRequest,
  signal: AbortSignal,
  onProgress: (progress: SnapshotProgress) => void,
) => Promise<SnapshotAccount>;
