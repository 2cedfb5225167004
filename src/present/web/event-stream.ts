import type { ServerResponse } from 'node:http';

/** What a stream sends, made only when somebody is ready to read it. */
export type FrameSource = {
  /** Rises with each change. */
  readonly version: number;
  readonly text: () => string;
  /** The least time between two frames of a stream. */
  readonly everyMs: number;
};

/**
 * One browser that is told of changes, as server-sent events. It gets the latest frame and then, as soon as it has read
 * that and some time has passed, the one that is the latest by then: what lies between is never made, and nothing queues.
 */
export class EventStream {
  readonly #response: ServerResponse;
  readonly #source: () => FrameSource;
  #sentVersion = -1;
  #isResting = false;
  #isFull = false;

  constructor(response: ServerResponse, source: () => FrameSource) {
    this.#response = response;
    this.#source = source;
    response.write(`retry: ${RECONNECT_MS}\n\n`);
    response.on('drain', () => {
      this.#isFull = false;
      this.wake();
    });
    this.wake();
  }

  /** Sends what is new, now or when the reader is ready for it. */
  wake(): void {
    if (!this.#isResting) this.#send();
  }

  /** The last frame, whenever the one before it was, and that none follows. */
  end(): void {
    // It is one frame more to keep for who does not read, and the one that matters.
    this.#isFull = false;
    this.#send();
    this.#response.end('event: end\ndata:\n\n');
  }

  #send(): void {
    const { version, text, everyMs } = this.#source();
    if (this.#isFull || version === this.#sentVersion || this.#response.destroyed) return;
    this.#sentVersion = version;
    // JSON has no line ends of its own, so a frame is one line.
    this.#isFull = !this.#response.write(`event: frame\ndata: ${text()}\n\n`);
    this.#isResting = true;
    setTimeout(() => {
      this.#isResting = false;
      this.wake();
    }, everyMs).unref();
  }
}

const RECONNECT_MS = 1000;
