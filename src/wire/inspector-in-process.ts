import type * as inspector from 'node:inspector';

/**
 * An inspector session of the process with itself, used inside the target.
 *
 * On the thread that owns the isolate `Session.post` dispatches synchronously, so a census slice can ask, read and
 * release within its budget. While connected, V8 keeps the arguments of the last 1,000 console calls alive
 * (`V8ConsoleMessageStorage`): callers end every slice with `endSlice`, and disconnect when they are done.
 */
export class InProcessInspector {
  readonly #session: inspector.Session;
  #connected = false;

  constructor(module: typeof inspector) {
    this.#session = new module.Session();
  }

  connect(): void {
    if (this.#connected) return;
    this.#session.connect();
    this.#connected = true;
  }

  /** What V8 and Node tell without being asked; call it before `connect`. */
  onNotification(handler: (method: string, params: unknown) => void): void {
    this.#session.on('inspectorNotification', ({ method, params }: { method: string; params: unknown }) =>
      handler(method, params),
    );
  }

  /** Throws the protocol's message. The caller states the result's shape, as the protocol documents it. */
  post<Result>(method: string, params: object = {}): Result {
    let failure: Error | null = null;
    let answer: unknown;
    let answered = false;
    this.#session.post(method, params, (error, result) => {
      failure = error;
      answer = result;
      answered = true;
    });
    if (failure !== null) throw new Error(`${method}: ${(failure as Error).message}`);
    if (!answered) throw new Error(`${method} was not answered at once`);
    return answer as Result;
  }

  /** Gives back every handle of the slice's group and what the console kept meanwhile. About 10 µs. */
  endSlice(objectGroup: string): void {
    if (!this.#connected) return;
    this.post('Runtime.releaseObjectGroup', { objectGroup });
    this.post('Runtime.discardConsoleEntries');
  }

  disconnect(): void {
    if (!this.#connected) return;
    try {
      // What was printed since the last slice: disconnecting alone frees none of it.
      this.post('Runtime.discardConsoleEntries');
    } finally {
      this.#connected = false;
      this.#session.disconnect();
    }
  }
}
