import { setTimeout as sleep } from 'node:timers/promises';
import type { AgentHello } from '../wire/agent-door.ts';
import type { HandlerRelay } from '../wire/handler-relay.ts';
import type { Peer } from '../wire/peer.ts';
import { listeningPorts } from './listening-port.ts';

/** A Node process of a started program's tree that could be the one to watch. */
export type AgentOffer = { readonly peer: Peer; readonly hello: AgentHello; readonly relay: HandlerRelay };

/**
 * Which Node process of the tree is the program: `npm start`, `npx tsx app.ts` and `nodemon app.js` have others in front.
 *
 * A process that runs a script of its developer's is the program. One that runs a script of an installed package may be
 * a launcher or the program itself (`npx http-server`): it is the program as soon as it listens, or when for seconds
 * no other process has offered itself; and then it still gives way to one that comes later.
 */
export class AgentOffers {
  readonly #release: () => Promise<void>;
  readonly #waiting: AgentOffer[] = [];
  #chosen: AgentOffer | null = null;
  #givesWay = false;
  #changedMs = performance.now();
  #superseded = new AbortController();
  #closed = false;
  #seen = 0;

  /** `release` shuts the door that the offers come through. */
  constructor(release: () => Promise<void>) {
    this.#release = release;
  }

  add(offer: AgentOffer): void {
    this.#seen += 1;
    this.#changedMs = performance.now();
    if (this.#chosen !== null && !this.#chosen.peer.closed && !this.#givesWay) {
      // A worker, or a second program: the first stays the one that is watched.
      offer.peer.close();
      return;
    }
    this.#waiting.push(offer);
    if (this.#givesWay) this.#superseded.abort();
  }

  /** How many processes have offered themselves. */
  get seen(): number {
    return this.#seen;
  }

  /** Waits for the program. `null` when the tree has ended or `signal` aborts. `superseded` aborts when another came. */
  async choose(signal: AbortSignal): Promise<(AgentOffer & { superseded: AbortSignal }) | null> {
    this.#chosen = null;
    this.#givesWay = false;
    while (!this.#closed && !signal.aborted) {
      const chosen = this.#find();
      if (chosen !== null) {
        this.#superseded = new AbortController();
        this.#chosen = chosen;
        this.#givesWay = chosen.hello.launcher && !listens(chosen);
        return { ...chosen, superseded: this.#superseded.signal };
      }
      await sleep(LOOK_EVERY_MS);
    }
    return null;
  }

  /** Ends every line. May be called again. */
  close(): Promise<void> {
    this.#closed = true;
    return this.#release();
  }

  #find(): AgentOffer | null {
    // The latest first: it is the deepest.
    const open = this.#waiting.filter((offer) => !offer.peer.closed).reverse();
    const isSettled = performance.now() - this.#changedMs > PATIENCE_MS;
    return (
      open.find((offer) => !offer.hello.launcher) ??
      open.find(listens) ??
      (isSettled ? open[0] : null) ??
      null
    );
  }
}

function listens({ hello }: AgentOffer): boolean {
  return listeningPorts(hello.pid).length > 0;
}

const LOOK_EVERY_MS = 50;
/** npm needs a second to start a script where two cores are busy. */
const PATIENCE_MS = 5000;
