import type { PeerHandlers } from './peer.ts';

/** Handlers of a line whose reader comes later: what is said before waits for it. */
export class HandlerRelay {
  #handlers: PeerHandlers | null = null;
  #closed = false;
  readonly #early: [string, unknown][] = [];
  readonly handlers: PeerHandlers = {
    onEvent: (event, params) => {
      if (this.#handlers === null) this.#early.push([event, params]);
      else this.#handlers.onEvent?.(event, params);
    },
    // An agent asks while it is asked something, which its reader does.
    onCall: (method, params) => this.#handlers?.onCall?.(method, params),
    onClose: () => {
      this.#closed = true;
      this.#handlers?.onClose?.();
    },
  };

  connect(handlers: PeerHandlers): void {
    this.#handlers = handlers;
    for (const [event, params] of this.#early.splice(0)) handlers.onEvent?.(event, params);
    if (this.#closed) handlers.onClose?.();
  }
}
