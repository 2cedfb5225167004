import type { CensusWalk, ContainerDetail, TrapResult } from '../core/census.ts';
import type { CapturedLengths } from './captured-chains.ts';
import { lookCloser } from './detail.ts';
import type { CensusHost } from './host.ts';
import { nodeSourceMap } from './node-source-map.ts';
import { useProxyCheck } from './own-value.ts';
import { type Shape, Shapes } from './shape-tree.ts';
import { Trap } from './trap.ts';
import { Walk } from './walk.ts';

/** The census of the isolate it runs in: walks, closer looks at what the last walk met, and traps. */
export class Census {
  readonly #host: CensusHost;
  readonly #traps = new Set<Trap>();
  #shapes = new Shapes();
  /** Where dictionaries were met that have too many keys to be listed again. */
  readonly #largeKeys = new Set<string>();
  readonly #capturedLengths: CapturedLengths = new Map();
  #busy = 0;
  #hasRehearsed = false;

  constructor(host: CensusHost) {
    this.#host = host;
    useProxyCheck(host.types.isProxy);
  }

  /** A walk or a closer look is under way: the heap holds things of ours, so a floor now is not the program's. */
  get busy(): boolean {
    return this.#busy > 0;
  }

  walk(): Promise<CensusWalk> {
    return this.#whileBusy(() => this.#walk());
  }

  /** Each in a slice of its own; containers that are gone are left out. */
  details(keys: readonly string[]): Promise<ContainerDetail[]> {
    return this.#whileBusy(() => this.#details(keys));
  }

  async #whileBusy<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#busy += 1;
    try {
      return await work();
    } finally {
      this.#busy -= 1;
    }
  }

  async #walk(): Promise<CensusWalk> {
    const { nowMs } = this.#host;
    const startMs = nowMs();
    const walk = new Walk(this.#host, this.#largeKeys, this.#capturedLengths);
    const result = await walk.run();
    this.#shapes = walk.shapes;
    if (this.#hasRehearsed) return result;
    this.#hasRehearsed = true;
    await this.#rehearse(result);
    // A long walk has run everything often enough.
    return nowMs() - startMs < SHORT_WALK_MS ? this.#walk() : result;
  }

  /**
   * Looks closer and sets a trap for the first time, to no purpose but that what V8 compiles and caches for it is there before a
   * floor counts. It would come in the midst of a watch: 0.3 MB with what a second walk takes, as much as a slow leak keeps in
   * twenty seconds.
   */
  async #rehearse({ containers }: CensusWalk): Promise<void> {
    const typical = new Map(containers.map(({ type, key }) => [type, key]));
    const others = containers.slice(0, REHEARSED).map(({ key }) => key);
    const keys = [...new Set([...typical.values(), ...others])].slice(0, REHEARSED);
    // What runs twice is cached otherwise than what ran once.
    for (let times = 0; times < 2; times += 1) await this.#details(keys);
    const { account, nowMs } = this.#host;
    const book = <Result>(work: () => Result): Result => account.book('trap', work);
    const map = new Map<number, number>();
    const trap = new Trap('', [map], 'Map', nowMs, book);
    map.set(1, 1);
    trap.remove();
  }

  async #details(keys: readonly string[]): Promise<ContainerDetail[]> {
    const details: ContainerDetail[] = [];
    try {
      for (const key of keys) {
        const shape = this.#shapes.get(key);
        if (shape === undefined) continue;
        const startMs = this.#host.nowMs();
        let detail = this.#host.account.book('closer look', () => this.#look(shape));
        if (await this.#host.scripts.settle()) {
          detail = this.#host.account.book('closer look', () => this.#look(shape));
        }
        if (detail !== null) details.push(detail);
        await this.#host.rest((this.#host.nowMs() - startMs) * 9);
        if (this.#host.stopped()) break;
      }
    } finally {
      this.#host.scopes.close();
    }
    return details;
  }

  /** See `nodeSourceMap`. */
  nodeSourceMap(url: string): string | null {
    try {
      return nodeSourceMap(this.#host.findSourceMap, this.#host.scopes, url);
    } finally {
      // A walk that is under way connects anew.
      if (!this.busy) this.#host.scopes.close();
    }
  }

  /** Sets a trap on each of the containers and takes them away after `forMs`, or as soon as all have caught enough. */
  async trap(keys: readonly string[], forMs: number): Promise<TrapResult[]> {
    const traps = keys.map((key) => this.#set(key)).filter((trap) => trap !== null);
    for (const trap of traps) this.#traps.add(trap);
    const endMs = this.#host.nowMs() + forMs;
    while (this.#host.nowMs() < endMs && !this.#host.stopped()) {
      if (traps.every((trap) => trap.additions >= ADDITIONS_ENOUGH)) break;
      await this.#host.rest(Math.min(100, forMs));
    }
    return traps.map((trap) => {
      this.#traps.delete(trap);
      return trap.remove();
    });
  }

  /** Takes every trap away and forgets what was seen. */
  dispose(): void {
    for (const trap of this.#traps) trap.remove();
    this.#traps.clear();
    this.#shapes = new Shapes();
    this.#largeKeys.clear();
    this.#capturedLengths.clear();
    this.#host.scopes.close();
  }

  #look(shape: Shape): ContainerDetail | null {
    this.#host.scopes.beginSlice();
    try {
      return lookCloser(this.#host, shape);
    } finally {
      this.#host.scopes.endSlice();
    }
  }

  #set(key: string): Trap | null {
    const shape = this.#shapes.get(key);
    const tallied = shape?.container ?? null;
    if (shape === undefined || tallied === null) return null;
    const trapped = tallied.trapped.map((ref) => ref.deref()).filter((object) => object !== undefined);
    const event = shape.step.kind === 'listeners' ? shape.step.event : undefined;
    const { account, nowMs } = this.#host;
    return new Trap(key, trapped, tallied.type, nowMs, (work) => account.book('trap', work), event);
  }
}

const ADDITIONS_ENOUGH = 12;
const REHEARSED = 6;
const SHORT_WALK_MS = 3000;
