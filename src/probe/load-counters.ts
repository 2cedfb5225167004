import type * as diagnosticsChannelModule from 'node:diagnostics_channel';

/**
 * Counts the requests and connections of the process, from Node's own diagnostics channels: nothing of the program is
 * patched or listened to. A publish to a counter costs some 0.1 µs.
 */
export class LoadCounters {
  readonly #channels: typeof diagnosticsChannelModule;
  #httpRequests = 0;
  #connectionsOpened = 0;
  #openAtStart: number | null = null;
  #following = false;
  readonly #onRequest = (): void => {
    this.#httpRequests += 1;
  };
  readonly #onConnection = (): void => {
    this.#connectionsOpened += 1;
  };

  constructor(channels: typeof diagnosticsChannelModule) {
    this.#channels = channels;
  }

  start(): void {
    if (this.#following) return;
    this.#following = true;
    this.#channels.subscribe(HTTP_REQUEST, this.#onRequest);
    for (const name of CONNECTIONS) this.#channels.subscribe(name, this.#onConnection);
  }

  stop(): void {
    if (!this.#following) return;
    this.#following = false;
    this.#channels.unsubscribe(HTTP_REQUEST, this.#onRequest);
    for (const name of CONNECTIONS) this.#channels.unsubscribe(name, this.#onConnection);
  }

  /** No channel tells of a close: it is what was opened and is not open any more. `open` are the handles open now. */
  read(open: number): LoadCounts {
    this.#openAtStart ??= open - this.#connectionsOpened;
    const opened = this.#connectionsOpened;
    const closed = Math.max(0, this.#openAtStart + opened - open);
    return { httpRequests: this.#httpRequests, connectionsOpened: opened, connectionsClosed: closed };
  }
}

export type LoadCounts = {
  readonly httpRequests: number;
  readonly connectionsOpened: number;
  readonly connectionsClosed: number;
};

/** In Node since 16.17; an upgrade to a WebSocket is a connection and no request here. */
const HTTP_REQUEST = 'http.server.request.start';
const CONNECTIONS = ['net.server.socket', 'net.client.socket'];
