import type { Socket } from 'node:net';

/**
 * Two ends of a local socket that call each other: one JSON document a line, `{id, method, params}` answered by
 * `{id, result}` or `{id, error}`, and `{event, params}` without an answer. The same code runs inside the target and
 * outside, so it imports nothing at run time.
 */
export class Peer {
  readonly #socket: Socket;
  readonly #handlers: PeerHandlers;
  readonly #pending = new Map<
    number,
    { resolve: (result: unknown) => void; reject: (error: Error) => void }
  >();
  readonly #decoder = new TextDecoder();
  #unread = '';
  #lastId = 0;
  #closed = false;

  constructor(socket: Socket, handlers: PeerHandlers) {
    this.#socket = socket;
    this.#handlers = handlers;
    socket.on('data', (chunk: Uint8Array) => this.#read(chunk));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#end());
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Rejects with what the other end threw, or when the connection ends before the answer. */
  call<Result>(method: string, params: unknown = null): Promise<Result> {
    if (this.#closed) return Promise.reject(new Error('the connection is closed'));
    const id = ++this.#lastId;
    return new Promise<Result>((resolve, reject) => {
      this.#pending.set(id, { resolve: resolve as (result: unknown) => void, reject });
      this.#write({ id, method, params });
    });
  }

  notify(event: string, params: unknown): void {
    if (!this.#closed) this.#write({ event, params });
  }

  close(): void {
    this.#socket.end();
  }

  #write(message: object): void {
    const line = `${JSON.stringify(message)}\n`;
    try {
      this.#socket.write(line);
    } catch {
      // Node's own stream goes through what a program may have patched. Whoever would be told of that is at the same line.
      this.#socket.destroy();
      return;
    }
    // The reader is stopped or gone. Inside a stranger's process the queue would be its memory, so we leave instead.
    if (this.#socket.writableLength > MAX_QUEUED_BYTES) this.#socket.destroy();
  }

  #read(chunk: Uint8Array): void {
    this.#unread += this.#decoder.decode(chunk, { stream: true });
    if (this.#unread.length > MAX_LINE_LENGTH) {
      this.#socket.destroy();
      return;
    }
    let start = 0;
    let end = this.#unread.indexOf('\n');
    while (end !== -1) {
      this.#receive(this.#unread.slice(start, end));
      start = end + 1;
      end = this.#unread.indexOf('\n', start);
    }
    this.#unread = this.#unread.slice(start);
  }

  #receive(line: string): void {
    let message: PeerMessage;
    try {
      message = JSON.parse(line) as PeerMessage;
    } catch {
      // Not our protocol: somebody else is on the line.
      this.#socket.destroy();
      return;
    }
    if (message.event !== undefined) {
      this.#handlers.onEvent?.(message.event, message.params);
    } else if (message.method !== undefined && message.id !== undefined) {
      this.#answer(message.id, message.method, message.params);
    } else if (message.id !== undefined) {
      const waiting = this.#pending.get(message.id);
      this.#pending.delete(message.id);
      if (message.error === undefined) waiting?.resolve(message.result);
      else waiting?.reject(new Error(message.error));
    }
  }

  #answer(id: number, method: string, params: unknown): void {
    const fail = (error: unknown): void => {
      if (!this.#closed) this.#write({ id, error: error instanceof Error ? error.message : String(error) });
    };
    try {
      const result = this.#handlers.onCall?.(method, params);
      Promise.resolve(result)
        .then((value) => {
          if (!this.#closed) this.#write({ id, result: value ?? null });
        })
        .catch(fail)
        // A value that can't be written, however it was patched: the line is of no more use.
        .catch(() => this.#socket.destroy());
    } catch (error) {
      // What made it fail may be what the answer would be written with: nothing of it may reach the program.
      try {
        fail(error);
      } catch {
        this.#socket.destroy();
      }
    }
  }

  #end(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const waiting of this.#pending.values()) waiting.reject(new Error('the connection closed'));
    this.#pending.clear();
    this.#handlers.onClose?.();
  }
}

export type PeerHandlers = {
  readonly onCall?: (method: string, params: unknown) => unknown;
  readonly onEvent?: (event: string, params: unknown) => void;
  readonly onClose?: () => void;
};

type PeerMessage = {
  id?: number;
  method?: string;
  event?: string;
  params?: unknown;
  result?: unknown;
  error?: string;
};

const MAX_QUEUED_BYTES = 1_000_000;
const MAX_LINE_LENGTH = 32_000_000;
