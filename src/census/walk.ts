import type { CensusWalk, ContainerType } from '../core/census.ts';
import { AsyncStores } from './async-stores.ts';
import { builtinObjects } from './builtin-objects.ts';
import { CapturedChainsMet, type CapturedLengths } from './captured-chains.ts';
import { isLink, linksOf } from './chains.ts';
import { ChainsMet, type CountedChain } from './chains-met.ts';
import { listsUnderSymbol, type Target } from './event-targets.ts';
import { type Entry, Frontier } from './frontier.ts';
import { FunctionsMet, type Owner } from './functions-met.ts';
import type { CensusHost } from './host.ts';
import { constructorOf, containerSize, containerType, sampleElements, sampleKeys } from './objects.ts';
import {
  isObject,
  isReadable,
  type Listing,
  listingOf,
  MAX_KEYS_LISTED,
  ownKeys,
  ownValue,
  prototypeOf,
} from './own-value.ts';
import { PrivateFields } from './private-fields.ts';
import { rootShape, type Shape, type Shapes, tally } from './shape-tree.ts';
import { listTimers } from './timers.ts';

/**
 * One walk over the live graph, breadth first, in slices of a few milliseconds.
 *
 * From the module cache, the active handles, the program's globals and the listeners on `process` along own data
 * properties, private members, a few elements of each collection and the variables that functions capture. Then come
 * the chains, of objects and of closures, what asynchronous work keeps in an AsyncLocalStorage, and the armed timers: last, so that what is held in
 * two ways is named by the way a reader knows. No getter, proxy or other code of the program runs. Abandoning it
 * half-way is safe: it has changed nothing.
 */
export class Walk {
  readonly #host: CensusHost;
  readonly #largeKeys: Set<string>;
  readonly #frontier = new Frontier();
  readonly #functions: FunctionsMet;
  #objects = 0;
  #slices = 0;
  #truncated = false;
  #timersListed = false;
  readonly #privateFields: PrivateFields;
  readonly #chains = new ChainsMet();
  readonly #captured: CapturedChainsMet;
  readonly #stores: AsyncStores;

  /**
   * `largeKeys`: the shapes under which a dictionary was met that is too large to be listed again; `capturedLengths`: what was counted of
   * chains of closures. It adds to both.
   */
  constructor(host: CensusHost, largeKeys: Set<string>, capturedLengths: CapturedLengths) {
    this.#host = host;
    this.#largeKeys = largeKeys;
    this.#captured = new CapturedChainsMet(capturedLengths);
    this.#functions = new FunctionsMet(host, this.#frontier, this.#captured);
    this.#stores = new AsyncStores(host.types);
    this.#privateFields = new PrivateFields(host);
    for (const object of host.own) this.#frontier.mark(object);
  }

  /** What was met, by the ways to it. */
  get shapes(): Shapes {
    return this.#frontier.shapes;
  }

  /** Resolves with what grew large enough to watch. Rejects when `host.stopped` becomes true meanwhile. */
  async run(): Promise<CensusWalk> {
    const startedAtMs = this.#host.nowMs();
    try {
      // In a turn of its own, so that the cost names it and not the call that asked for a walk.
      await this.#host.rest(0);
      await this.#slice('list scripts', () => {
        this.#host.scripts.open();
        return true;
      });
      await this.#slice('list roots', () => {
        for (const object of builtinObjects(this.#host.builtinExports())) this.#frontier.mark(object);
        this.#pushRoots();
        return true;
      });
      await this.#slice('walk', (deadlineMs) => this.#drain(deadlineMs));
    } finally {
      this.#host.scopes.close();
    }
    this.shapes.keepContainersOnly();
    return {
      startedAtMs,
      endedAtMs: this.#host.nowMs(),
      objects: this.#objects,
      functions: this.#functions.count,
      slices: this.#slices,
      truncated: this.#truncated || this.#chains.truncated || this.#functions.truncated,
      containers: this.shapes.groups(),
      programScripts: this.#host.scripts.urls(),
    };
  }

  /** Calls `work` in slices until it returns true, resting nine times as long as each slice took. */
  async #slice(name: string, work: (deadlineMs: number) => boolean): Promise<void> {
    for (;;) {
      const startMs = this.#host.nowMs();
      const done = this.#host.account.book(name, () => {
        this.#host.scopes.beginSlice();
        try {
          return work(startMs + SLICE_MS);
        } finally {
          this.#host.scopes.endSlice();
        }
      });
      this.#slices += 1;
      await this.#host.scripts.settle();
      await this.#host.rest((this.#host.nowMs() - startMs) * 9);
      if (this.#host.stopped()) throw new Error('the census was stopped');
      if (done) return;
    }
  }

  #drain(deadlineMs: number): boolean {
    for (;;) {
      if (this.#functions.isWaiting) this.#functions.resume();
      if (this.#functions.isWaiting) return false;
      const entry = this.#frontier.take();
      if (entry === undefined) {
        if (this.#countChain() || this.#countCaptured()) {
          if (this.#host.nowMs() >= deadlineMs) return false;
          continue;
        }
        if (this.#pushStores()) continue;
        if (this.#timersListed) return true;
        if (!this.#knowsTimers()) return false;
        this.#timersListed = true;
        this.#pushTimers();
        continue;
      }
      if (this.#objects >= MAX_OBJECTS) {
        this.#truncated = true;
        return true;
      }
      this.#expand(entry);
      if (this.#functions.isWaiting) return false;
      if (this.#host.nowMs() >= deadlineMs) return false;
    }
  }

  #pushRoots(): void {
    const modules = rootShape('modules');
    for (const { file, exports } of this.#host.moduleExports()) {
      this.#frontier.push(
        exports,
        this.shapes.child(modules, `/${file}`, () => ({ kind: 'exports', file })),
        1,
      );
    }
    for (const handle of this.#host.activeHandles()) {
      this.#frontier.push(handle, this.shapes.root(constructorOf(handle).name), 1);
    }
    const events = ownValue(this.#host.process, '_events');
    const { process } = this.#host;
    if (isObject(events)) this.#pushListeners(events, process, this.shapes.root('process'), 'process', 1);
    const globals = this.shapes.root('globalThis');
    for (const name of Object.keys(globalThis)) {
      const value = ownValue(globalThis, name);
      if (isObject(value)) this.#frontier.pushProperty(globals, name, value, 'globalThis', null, 1);
    }
  }

  /** False if the scripts of some callbacks have to be asked for first. */
  #knowsTimers(): boolean {
    let known = true;
    for (const { callback } of listTimers(this.#host)) {
      const facts = this.#host.scopes.readFunction(callback);
      if (facts !== null && this.#host.scripts.awaits(facts)) known = false;
    }
    return known;
  }

  #pushTimers(): void {
    const root = rootShape('timers');
    for (const group of listTimers(this.#host)) {
      const repeat = group.repeat;
      const shape = this.shapes.child(root, `/${group.key}`, () => ({
        kind: 'timer',
        repeat,
        intervalMs: group.intervalMs,
        callback: null,
      }));
      const [first] = group.samples;
      if (first === undefined) continue;
      for (const sample of group.samples) this.#stores.noteStoresOf(sample);
      const facts = this.#host.scopes.readFunction(group.callback);
      // A timer whose callback is Node's own (a socket's idle timeout) is Node's to clear.
      if (facts === null || !this.#host.scripts.isProgram(facts)) continue;
      if (shape.step.kind === 'timer') shape.step.callback = facts.location;
      tally(shape, 'timers', group.count, 1, first, this.#host.nowMs());
      for (const sample of group.samples)
        this.#frontier.push(sample, shape, group.count / group.samples.length);
    }
  }

  #expand({ value, shape, weight }: Entry): void {
    if (this.#host.types.isProxy(value)) {
      // What is behind it, in the proxy's place. V8 tells it without asking the proxy's handler.
      const behind = this.#host.scopes.readProxy(value);
      if (behind !== null) this.#frontier.push(behind, shape, weight);
      return;
    }
    this.#objects += 1;
    if (typeof value === 'function') {
      this.#functions.expand(value, shape, weight);
      return;
    }
    const type = containerType(value, this.#host.types);
    if (type !== null) this.#expandContainer(value, type, shape, weight);
    // The indexes of an array are its elements, those of a typed array its bytes: both are no properties to walk.
    if (type === 'Array' || ArrayBuffer.isView(value)) return;
    this.#expandProperties(value, shape, weight, type === null);
  }

  #expandContainer(
    container: object,
    type: ContainerType,
    shape: Shape,
    weight: number,
    trapped: object = container,
    keys?: readonly PropertyKey[],
  ): void {
    const size = containerSize(container, type, keys);
    tally(shape, type, size, weight, container, this.#host.nowMs(), trapped);
    if (size === 0) return;
    const pushAll = (elements: readonly object[], label: string): void => {
      if (elements.length === 0) return;
      const child = this.shapes.child(shape, label, () => ({ kind: 'element', of: type, size }));
      if (child.step.kind === 'element') child.step.size = size;
      const elementWeight = (weight * size) / Math.min(size, elements.length);
      for (const element of elements) this.#frontier.push(element, child, elementWeight);
    };
    const sampled = sampleElements(container, type, ELEMENTS_PER_CONTAINER, keys);
    pushAll(sampled, '[*]');
    if (type === 'Map') pushAll(sampleKeys(container, ELEMENTS_PER_CONTAINER), '[key]');
  }

  #expandProperties(object: object, shape: Shape, weight: number, mayBeDictionary: boolean): void {
    const prototype = prototypeOf(object);
    const plain = prototype === null || prototype === Object.prototype;
    const listing = listingOf(object);
    if (listing !== undefined && mayBeDictionary) {
      this.#expandUncounted(object, listing, shape, weight);
      return;
    }
    // What took so long the last time is not listed again, even if it is another object by now.
    if (this.#largeKeys.has(shape.key)) return;
    const keys = ownKeys(object);
    if (keys.length > MAX_KEYS_LISTED) this.#largeKeys.add(shape.key);
    const minKeys = plain ? MIN_DICTIONARY_KEYS : MIN_KEYS_OF_INSTANCE;
    const isDictionary = mayBeDictionary && keys.length >= minKeys;
    if (isDictionary) this.#expandContainer(object, 'Object', shape, weight, object, keys);
    if (isDictionary && plain) return;
    const { name: owner, constructor } = constructorOf(object);
    const kind = { keys, prototype, owner, constructor: plain ? null : constructor };
    if (!isDictionary) this.#expandOwn(object, kind, shape, weight);
    if (plain) return;
    this.#pushPrivateFields(object, shape, owner, weight);
    if (prototype !== null) this.#functions.pushMethods(prototype, shape, owner, constructor);
  }

  /** A dictionary that is not listed again: as large as it was, with some of the elements it had. */
  #expandUncounted(object: object, { size, keys }: Listing, shape: Shape, weight: number): void {
    this.#largeKeys.add(shape.key);
    tally(shape, 'Object', size, weight, object, this.#host.nowMs());
    if (shape.container?.type === 'Object') shape.container.isUncounted = true;
    const elements = sampleElements(object, 'Object', ELEMENTS_PER_CONTAINER, keys);
    const child = this.shapes.child(shape, '[*]', () => ({ kind: 'element', of: 'Object', size }));
    for (const element of elements) this.#frontier.push(element, child, (weight * size) / elements.length);
  }

  #expandOwn(object: object, kind: Kind, shape: Shape, weight: number): void {
    const { keys, prototype, owner, constructor } = kind;
    if (owner === 'AsyncLocalStorage') this.#stores.noteStorage(object, shape);
    const neighbours = shape.step.kind === 'element' ? shape.step.links : undefined;
    const links: PropertyKey[] = [];
    const isFurtherMethod = constructor === null ? this.#functions.furtherMethods() : null;
    for (const key of keys) {
      const descriptor = Object.getOwnPropertyDescriptor(object, key);
      if (descriptor === undefined) continue;
      if (!('value' in descriptor)) this.#functions.pushAccessors(descriptor, key, shape, kind, weight);
      if (!isObject(descriptor.value)) continue;
      const value: object = descriptor.value;
      if (typeof key === 'symbol' && this.#expandNodesOwn(key, value, { object, owner }, shape, weight))
        continue;
      if (key === '_events' && !this.#frontier.has(value)) {
        this.#frontier.mark(value);
        this.#pushListeners(value, object, shape, owner, weight);
      } else if (key === '_idleNext' || key === '_idlePrev' || neighbours?.has(key)) {
        continue;
      } else if (typeof value === 'object' && isLink(prototype, key, value)) {
        links.push(key);
      } else if (isFurtherMethod?.(value) !== true) {
        this.#frontier.pushProperty(shape, String(key), value, owner, constructor, weight);
      }
    }
    if (links.length > 0) this.#chains.note(object, links, shape, weight);
    this.#functions.noteCaptured(object, keys, shape, weight);
  }

  #pushListeners(events: object, emitter: object, shape: Shape, owner: string, weight: number): void {
    const keys = ownKeys(events);
    // An event for each answer that is waited for, as `once(bus, `reply:${id}`)`: the events pile up, and no list does.
    const isDictionary = keys.length >= MIN_EVENTS_OF_DICTIONARY;
    if (isDictionary) {
      const child = this.#frontier.propertyShape(shape, '_events', owner, null);
      this.#expandContainer(events, 'Object', child, weight, emitter, keys);
    }
    for (const key of keys) {
      const listeners = ownValue(events, key);
      if (!isObject(listeners) || !isReadable(listeners)) continue;
      if (isDictionary && !Array.isArray(listeners)) continue;
      const event = String(key);
      const child = this.shapes.child(shape, `/on(${event})`, () => ({ kind: 'listeners', event, owner }));
      if (Array.isArray(listeners)) {
        if (this.#frontier.has(listeners)) continue;
        this.#frontier.mark(listeners);
        this.#expandContainer(listeners, 'listeners', child, weight);
      } else {
        this.#frontier.push(listeners, child, weight);
      }
    }
  }

  #pushPrivateFields(object: object, shape: Shape, owner: string, weight: number): void {
    for (const { name, value, declaredBy } of this.#privateFields.of(object, owner)) {
      // A controller is named and its signal listened to: one thing to a reader.
      if (name === '#signal' && owner === 'AbortController') this.#frontier.push(value, shape, weight);
      else this.#frontier.pushProperty(shape, name, value, owner, declaredBy, weight);
    }
  }

  /** What Node keeps under symbols of its own. True if that was it. */
  #expandNodesOwn(symbol: symbol, value: object, of: Target, shape: Shape, weight: number): boolean {
    const lists = listsUnderSymbol(symbol, value, of, this.#host.types);
    for (const { label, event, owner, container, trapped } of lists ?? []) {
      if (this.#frontier.has(container)) continue;
      this.#frontier.mark(container);
      const child = this.shapes.child(shape, label, () => ({
        kind: 'listeners',
        event,
        owner,
        ofTarget: true,
      }));
      this.#expandContainer(container, 'listeners', child, weight, trapped);
    }
    return lists !== null || this.#stores.noteStoresUnder(symbol, value);
  }

  /** Goes on counting the chains that were met, or expands one that is counted. False if there is none left. */
  #countChain(): boolean {
    const chain = this.#chains.advance();
    if (chain === 'none') return false;
    if (chain !== 'counting') this.#expandChain(chain);
    return true;
  }

  #expandChain({ shape, weight, head, links, length, nodes, isContainer }: CountedChain): void {
    if (nodes.length === 0) {
      const { name: owner, constructor } = constructorOf(head);
      for (const link of links) {
        const value = ownValue(head, link);
        if (isObject(value))
          this.#frontier.pushProperty(shape, String(link), value, owner, constructor, weight);
      }
      return;
    }
    if (isContainer && (shape.container === null || shape.container.type === 'chain')) {
      tally(shape, 'chain', length, weight, head, this.#host.nowMs());
    }
    const neighbours = new Set([head, ...nodes].flatMap((node) => linksOf(node, ownKeys(node))));
    const child = this.shapes.child(shape, '[*]', () => ({
      kind: 'element',
      of: 'chain',
      size: length,
      links: neighbours,
    }));
    if (child.step.kind === 'element') child.step.size = length;
    for (const node of nodes) this.#frontier.push(node, child, (weight * length) / nodes.length);
  }

  /** The same for chains whose links are captured variables. */
  #countCaptured(): boolean {
    const chain = this.#captured.advance(this.#host.scopes);
    if (chain === 'none') return false;
    if (chain === 'counting') return true;
    const { shape, head, weight, length, variable } = chain;
    if (shape.container !== null && shape.container.capturedLink === null) return true;
    tally(shape, 'chain', length, weight, head, this.#host.nowMs());
    if (shape.container !== null) shape.container.capturedLink = variable;
    return true;
  }

  /** False if no store is waiting. */
  #pushStores(): boolean {
    const stores = this.#stores.take();
    for (const { storage, value } of stores) {
      const shape = storage ?? this.shapes.root('AsyncLocalStorage');
      // A collection is what the storage is to a reader, of an object the properties are.
      const isCollection = containerType(value, this.#host.types) !== null;
      if (isCollection) this.#frontier.push(value, shape, 1);
      else this.#frontier.pushProperty(shape, 'getStore()', value, 'AsyncLocalStorage', null, 1);
    }
    return stores.length > 0;
  }
}

/** What there is to know of an object before its properties are read. */
type Kind = Owner & {
  readonly keys: readonly PropertyKey[];
  readonly prototype: object | null;
};

/** Short enough that one stray expensive object still leaves the slice below 10 ms. */
const SLICE_MS = 4;
const MAX_OBJECTS = 60_000;
const ELEMENTS_PER_CONTAINER = 12;
const MIN_DICTIONARY_KEYS = 16;
/** A server or a socket has a dozen. */
const MIN_EVENTS_OF_DICTIONARY = 64;
/** A class's own fields are fewer. */
const MIN_KEYS_OF_INSTANCE = 256;
