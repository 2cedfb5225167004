import { WebSocket } from 'ws';
import { LeaklineError } from '../core/errors.ts';
import { checkedAddress } from './address.ts';

export type WebSocketClientsOptions = {
  readonly url: URL | string;
  readonly clients: number;
  /** How long each stays, from its own opening. */
  readonly stayMs: number;
  /** Between the start of one client and that of the next. */
  readonly staggerMs: number;
  /** Which server this is, for the error that names it. Default: the URL. */
  readonly side?: string;
  /** Sent at the opening and then every `talkEveryMs`; default one the lab's servers answer. */
  readonly message?: string;
  /** Default 250. */
  readonly talkEveryMs?: number;
  /** For the server to accept a client. Default 5 s. */
  readonly openTimeoutMs?: number;
  /** Aborting is the same as `stop()`. */
  readonly signal?: AbortSignal;
};

export type WebSocketClientsCounts = {
  /** `opened` = `open` + `closedCleanly` + `cut` + `lost`. */
  readonly opened: number;
  readonly open: number;
  /** Left with a close handshake that the server answered. */
  readonly closedCleanly: number;
  /** Left by cutting the socket, without a word. */
  readonly cut: number;
  /** Ended by the server, or by a close handshake it never answered. */
  readonly lost: number;
  /** Never opened, `stop()` aside. */
  readonly refused: number;
  readonly sent: number;
  readonly answered: number;
  readonly lastError: string | null;
};

const DEFAULT_MESSAGE = '{"secondsAgo":1}';
const DEFAULT_TALK_EVERY_MS = 250;
const DEFAULT_OPEN_TIMEOUT_MS = 5000;
/** For the server to answer a close handshake. `ws` itself waits 30 s. */
const CLOSE_TIMEOUT_MS = 2000;

/**
 * Starts real WebSocket clients that connect, talk, stay for a while and leave: the first, third, fifth … with a
 * close handshake, the others by cutting the socket, as browsers and lost networks do.
 *
 * If one is refused the rest is ended too: a part of the load would show something else than was asked for. No
 * failure of the server is thrown; `connected` tells. Keeps the event loop alive until `done`.
 *
 * @throws LeaklineError `USAGE` for an address or numbers that make no sense.
 */
export function startWebSocketClients(options: WebSocketClientsOptions): WebSocketClients {
  return new WebSocketClients(options);
}

export class WebSocketClients {
  /**
   * All clients are in. Rejects with `LAB_CLIENTS_REFUSED` when one is refused, with an `AbortError` when they
   * are stopped before. Nobody has to listen.
   */
  readonly connected: Promise<void>;
  /** All clients are gone and their sockets closed. Never rejects. */
  readonly done: Promise<void>;

  readonly #options: WebSocketClientsOptions;
  readonly #url: URL;
  readonly #sockets = new Set<WebSocket>();
  readonly #starts = new Set<NodeJS.Timeout>();
  readonly #onAbort = (): void => this.#end();
  readonly #resolveConnected: () => void;
  readonly #rejectConnected: (reason: Error) => void;
  readonly #resolveDone: () => void;
  #stopping = false;
  #opened = 0;
  #open = 0;
  #closedCleanly = 0;
  #cut = 0;
  #lost = 0;
  #refused = 0;
  #sent = 0;
  #answered = 0;
  #lastError: string | null = null;

  constructor(options: WebSocketClientsOptions) {
    this.#options = options;
    this.#url = checkedAddress(options.url, ['ws:', 'wss:']);
    if (!Number.isInteger(options.clients) || options.clients < 1) {
      throw new LeaklineError('USAGE', {
        message: `clients must be a whole number from 1, not ${options.clients}`,
      });
    }
    const connected = deferred();
    const done = deferred();
    this.connected = connected.promise;
    this.done = done.promise;
    this.#resolveConnected = connected.resolve;
    this.#rejectConnected = connected.reject;
    this.#resolveDone = done.resolve;
    // Who only counts does not listen to `connected`, and its rejection must not end the process.
    this.connected.catch(() => undefined);

    for (let number = 1; number <= options.clients; number++) {
      const start = setTimeout(
        () => {
          this.#starts.delete(start);
          this.#connect(number);
        },
        (number - 1) * options.staggerMs,
      );
      this.#starts.add(start);
    }
    options.signal?.addEventListener('abort', this.#onAbort);
    if (options.signal?.aborted === true) this.#end();
  }

  /** What has happened until now. */
  counts(): WebSocketClientsCounts {
    return {
      opened: this.#opened,
      open: this.#open,
      closedCleanly: this.#closedCleanly,
      cut: this.#cut,
      lost: this.#lost,
      refused: this.#refused,
      sent: this.#sent,
      answered: this.#answered,
      lastError: this.#lastError,
    };
  }

  /** Cuts every client that is left and waits until its socket is closed. May be called again. */
  stop(): Promise<void> {
    this.#end();
    return this.done;
  }

  #connect(number: number): void {
    const socket = new WebSocket(this.#url, {
      handshakeTimeout: this.#options.openTimeoutMs ?? DEFAULT_OPEN_TIMEOUT_MS,
      perMessageDeflate: false,
    });
    this.#sockets.add(socket);
    let opened = false;
    let leaving: 'cleanly' | 'by cutting' | undefined;
    let talking: NodeJS.Timeout | undefined;
    let leave: NodeJS.Timeout | undefined;

    const cut = (): void => {
      leaving = 'by cutting';
      socket.terminate();
    };
    socket.on('open', () => {
      opened = true;
      this.#opened++;
      this.#open++;
      this.#talk(socket);
      talking = setInterval(() => this.#talk(socket), this.#options.talkEveryMs ?? DEFAULT_TALK_EVERY_MS);
      leave = setTimeout(() => {
        clearInterval(talking);
        if (number % 2 === 0) return cut();
        leaving = 'cleanly';
        socket.close(1000);
        leave = setTimeout(() => socket.terminate(), CLOSE_TIMEOUT_MS);
      }, this.#options.stayMs);
      if (this.#opened === this.#options.clients) this.#resolveConnected();
    });
    socket.on('message', () => {
      this.#answered++;
    });
    // `close` follows every error and does the counting.
    socket.on('error', (error) => {
      if (!this.#stopping) this.#lastError = error.message;
    });
    socket.on('close', (code) => {
      clearInterval(talking);
      clearTimeout(leave);
      this.#sockets.delete(socket);
      if (!opened) {
        if (!this.#stopping) this.#refuse();
      } else {
        this.#open--;
        if (leaving === 'cleanly' && code === 1000) this.#closedCleanly++;
        else if (leaving === 'by cutting' || this.#stopping) this.#cut++;
        else this.#lost++;
      }
      this.#endIfEmpty();
    });
  }

  #talk(socket: WebSocket): void {
    if (socket.readyState !== WebSocket.OPEN) return;
    this.#sent++;
    // A failing send also ends the socket, and `close` tells; the callback only keeps it from throwing.
    socket.send(this.#options.message ?? DEFAULT_MESSAGE, () => undefined);
  }

  #refuse(): void {
    this.#refused++;
    const message = this.#lastError ?? 'the connection was closed before it was open';
    const side = this.#options.side ?? String(this.#url);
    this.#rejectConnected(new LeaklineError('LAB_CLIENTS_REFUSED', { side, message }));
    this.#end();
  }

  #end(): void {
    if (this.#stopping) return;
    this.#stopping = true;
    for (const start of this.#starts) clearTimeout(start);
    this.#starts.clear();
    for (const socket of this.#sockets) socket.terminate();
    this.#rejectConnected(
      new DOMException('The clients were stopped before all of them were connected', 'AbortError'),
    );
    this.#endIfEmpty();
  }

  #endIfEmpty(): void {
    if (this.#starts.size > 0 || this.#sockets.size > 0) return;
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
    this.#resolveDone();
  }
}

/** `Promise.withResolvers` comes with Node 22. */
function deferred(): { promise: Promise<void>; resolve: () => void; reject: (reason: Error) => void } {
  let resolve: () => void = () => undefined;
  let reject: (reason: Error) => void = () => undefined;
  const promise = new Promise<void>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
