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
