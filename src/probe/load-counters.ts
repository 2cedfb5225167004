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
  /** The program's own to others, since the watch began. Nothing is kept alive by being counted. */
  #outgoing: WeakRef<object>[] = [];
  readonly #onConnection = (): void => {
    this.#connectionsOpened += 1;
  };
  readonly #onOutgoing = (message: unknown): void => {
    this.#connectionsOpened += 1;
    const { socket } = message as { readonly socket?: object };
    if (socket !== undefined) this.#outgoing.push(new WeakRef(socket));
  };

  constructor(channels: typeof diagnosticsChannelModule) {
    this.#channels = channels;
  }

  start(): void {
    if (this.#following) return;
    this.#following = true;
    this.#channels.subscribe(HTTP_REQUEST, this.#onRequest);
    this.#channels.subscribe(INCOMING, this.#onConnection);
    this.#channels.subscribe(OUTGOING, this.#onOutgoing);
  }

  stop(): void {
    if (!this.#following) return;
    this.#following = false;
    this.#channels.unsubscribe(HTTP_REQUEST, this.#onRequest);
    this.#channels.unsubscribe(INCOMING, this.#onConnection);
    this.#channels.unsubscribe(OUTGOING, this.#onOutgoing);
    this.#outgoing = [];
  }

  /** How many of the connections that the program made since the watch began are open. About a microsecond each. */
  countOutgoing(): number {
    this.#outgoing = this.#outgoing.filter((ref) => {
      const socket = ref.deref();
      return socket !== undefined && hasHandle(socket);
    });
    return this.#outgoing.length;
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
const INCOMING = 'net.server.socket';
const OUTGOING = 'net.client.socket';

/**
 * A socket's handle stands under a symbol of Node's, `null` as soon as it is closed: read as a value, for the accessor might be
 * overridden. A field without a promise (docs/decisions/0011), the same in Node 20 to 26: without it nothing is counted.
 */
function hasHandle(socket: object): boolean {
  const key = Object.getOwnPropertySymbols(socket).find(({ description }) => description === 'kHandle');
  if (key === undefined) return false;
  const handle = Object.getOwnPropertyDescriptor(socket, key)?.value as unknown;
  return handle !== undefined && handle !== null;
}
