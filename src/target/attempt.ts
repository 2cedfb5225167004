/** One attempt to attach: who may end it, and who hears how far it has come. */
export type Attempt = { readonly signal: AbortSignal | null; readonly onStep: (step: AttachStep) => void };

/**
 * What attaching does, in order. Each is told when it is about to be done (`await …` and `install` when it has been asked
 * for), `greeted` when all is.
 */
export type AttachStep =
  | 'check'
  | 'signal'
  | 'await port'
  | 'list'
  | 'connect'
  | 'identify'
  | 'install'
  | 'await hello'
  | 'greeted';

/** Nobody ends it, and nobody listens. */
export const uninterrupted: Attempt = { signal: null, onStep: () => undefined };

/** Tells of the step. Throws the signal's reason if that has aborted. */
export function begin({ signal, onStep }: Attempt, step: AttachStep): void {
  signal?.throwIfAborted();
  onStep(step);
  signal?.throwIfAborted();
}

/** The work's result; rejects with the signal's reason when that aborts first, and leaves the work to itself. */
export function unlessAborted<Value>(work: Promise<Value>, { signal }: Attempt): Promise<Value> {
  if (signal === null) return work;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
