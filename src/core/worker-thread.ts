/** A worker thread of a process. */
export type WorkerThread = {
  /** Node's thread id, as digits. */
  readonly id: string;
  /** The name it was started with; `null` if it has none. */
  readonly name: string | null;
};
