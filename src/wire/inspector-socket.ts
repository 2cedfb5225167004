import { WebSocket } from 'ws';

/**
 * An inspector session over a WebSocket, from outside the target.
 *
 * Keep it short: while one is open the target cannot exit (it waits for the debugger to disconnect), and if we froze
 * it would wait for ever. leakline opens one, evaluates once and closes it.
 */
export class InspectorSocket {
  readonly #socket: WebSocket;
  readonly #pending = new Map<
    number,
    { resolve: (result: unknown) => void; reject: (error: Error) => void }
  >();
  #lastId = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data) => this.#receive((data as Buffer).toString()));
    socket.on('error', () => socket.terminate());
    socket.on('close', () => this.#rejectAll(new Error('the inspector closed the connection')));
  }

  /** Rejects with a plain `Error` if nothing speaks WebSocket there within `timeoutMs`. */
  static async open(url: string, timeoutMs: number): Promise<InspectorSocket> {
    const socket = new WebSocket(url, {
      perMessageDeflate: false,
      maxPayload: 2 ** 28,
      handshakeTimeout: timeoutMs,
    });
    await new Promise<void>((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    return new InspectorSocket(socket);
  }

  /** One command. Rejects with the protocol's message, or after `timeoutMs` if the target does not answer. */
  async post(method: string, params: object, timeoutMs: number): Promise<unknown> {
    const id = ++this.#lastId;
    const answer = new Promise<unknown>((resolve, reject) => this.#pending.set(id, { resolve, reject }));
    const timer = setTimeout(() => {
      this.#pending.get(id)?.reject(new Error(`${method} was not answered within ${timeoutMs} ms`));
    }, timeoutMs);
    this.#socket.send(JSON.stringify({ id, method, params }));
    try {
      return await answer;
    } finally {
      clearTimeout(timer);
      this.#pending.delete(id);
    }
  }

  /**
   * Resolves when the socket is really closed: only then may the target's inspector be shut.
   *
   * Without WebSocket's closing handshake. Node would answer a close frame with one of its own, and if the connection or
   * the inspector ends before that is written, Node 22 ends with a segmentation fault (`WsHandler::OnCloseFrameWritten`).
   * For the same reason what Node has just answered gets a moment to be written.
   */
  async close(): Promise<void> {
    if (this.#socket.readyState === WebSocket.CLOSED) return;
    const closed = new Promise<void>((resolve) => this.#socket.once('close', () => resolve()));
    const timer = setTimeout(() => this.#socket.terminate(), WRITTEN_WITHIN_MS);
    await closed;
    clearTimeout(timer);
  }

  #receive(text: string): void {
    const message = JSON.parse(text) as { id?: number; result?: unknown; error?: { message: string } };
    if (message.id === undefined) return;
    const waiting = this.#pending.get(message.id);
    if (waiting === undefined) return;
    if (message.error) waiting.reject(new Error(message.error.message));
    else waiting.resolve(message.result);
  }

  #rejectAll(error: Error): void {
    for (const waiting of this.#pending.values()) waiting.reject(error);
    this.#pending.clear();
  }
}

const WRITTEN_WITHIN_MS = 50;
