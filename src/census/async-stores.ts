import type * as utilModule from 'node:util';
import { isReadable, ownValue } from './own-value.ts';
import type { Shape } from './shape-tree.ts';

/**
 * What asynchronous work will find in an AsyncLocalStorage when it goes on, as a walk meets it on timers, handles and
 * promises; and the storages, which are the way to it that a reader knows.
 */
export class AsyncStores {
  readonly #types: typeof utilModule.types;
  /** An AsyncLocalStorage; before Node 24 the symbol that it keeps as `kResourceStore`. */
  readonly #shapeByStorage = new Map<unknown, Shape>();
  #stores: { readonly storage: unknown; readonly value: object }[] = [];

  constructor(types: typeof utilModule.types) {
    this.#types = types;
  }

  noteStorage(storage: object, shape: Shape): void {
    const symbol = ownValue(storage, 'kResourceStore');
    this.#shapeByStorage.set(typeof symbol === 'symbol' ? symbol : storage, shape);
  }

  /** All that a timer or a handle keeps. */
  noteStoresOf(resource: object): void {
    if (!isReadable(resource)) return;
    for (const symbol of Object.getOwnPropertySymbols(resource)) {
      const value = ownValue(resource, symbol);
      if (typeof value === 'object' && value !== null) this.noteStoresUnder(symbol, value);
    }
  }

  /**
   * True if the symbol is one under which stores are kept. Node 24 has a Map of all of them there (`AsyncContextFrame`),
   * before that each has its storage's own symbol.
   */
  noteStoresUnder(symbol: symbol, value: object): boolean {
    const name = String(symbol);
    if (name === 'Symbol(kResourceStore)') {
      this.#note(symbol, value);
      return true;
    }
    if (!FRAME_SYMBOLS.has(name) || !this.#types.isMap(value)) return false;
    const iterator = Reflect.apply(mapEntries, value, []);
    for (let passed = 0; passed < MAX_STORAGES; passed += 1) {
      const step = Reflect.apply(iteratorNext, iterator, []) as IteratorResult<[unknown, unknown]>;
      if (step.done === true) break;
      this.#note(step.value[0], step.value[1]);
    }
    return true;
  }

  /** Those noted since the last call, each with the shape of its storage if that was met. */
  take(): { readonly value: object; readonly storage: Shape | null }[] {
    const taken = this.#stores.map(({ storage, value }) => ({
      value,
      storage: this.#shapeByStorage.get(storage) ?? null,
    }));
    this.#stores = [];
    return taken;
  }

  #note(storage: unknown, value: unknown): void {
    if (typeof value !== 'object' || value === null || this.#stores.length >= MAX_STORES) return;
    this.#stores.push({ storage, value });
  }
}

const FRAME_SYMBOLS: ReadonlySet<string> = new Set(['Symbol(kAsyncContextFrame)', 'Symbol(context_frame)']);
/** A program has one or two. */
const MAX_STORAGES = 64;
const MAX_STORES = 2000;

const mapEntries = Map.prototype.entries;
const iteratorNext = (Object.getPrototypeOf(new Map().entries()) as { next: () => unknown }).next;
