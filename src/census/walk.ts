import type { CensusWalk, ContainerGroup, ContainerType } from '../core/census.ts';
import { isReadable, MAX_KEYS_LISTED, ownKeys, ownValue, prototypeOf } from './own-value.ts';
import type { CensusHost } from './host.ts';
import { isLink, linksOf } from './chains.ts';
import { ChainsMet, type CountedChain } from './chains-met.ts';
import { listenerLists } from './event-targets.ts';
import {
  constructorOf,
  constructorsOf,
  containerSize,
  containerType,
  holdsError,
  sampleElements,
  sampleKeys,
} from './objects.ts';
import { FunctionSources, writesPrivateName } from './function-sources.ts';
import { AsyncStores } from './async-stores.ts';
import { type RawStep, type Shape, childShape, rootShape, tally } from './shape-tree.ts';
import { listTimers } from './timers.ts';

/**
 * One walk over the live graph, breadth first, in slices of a few milliseconds.
 *
 * From the module cache, the active handles, the program's globals and the listeners on `process` along own data
 * properties, private members, a few elements of each collection and the variables that functions capture. Then come
 * the chains, what asynchronous work keeps in an AsyncLocalStorage, and the armed timers: last, so that what is held in
 * two ways is named by the way a reader knows. No getter, proxy or other code of the program runs. Abandoning it
 * half-way is safe: it has changed nothing.
 */
export class Walk {
  readonly shapes: Map<string, Shape> = new Map();
  readonly #host: CensusHost;
  readonly #previousSizeByKey: ReadonlyMap<string, number>;
  readonly #visited = new WeakSet<object>();
  readonly #functions = new FunctionSources();
  #queue: Entry[] = [];
  #head = 0;
  #objects = 0;
  #functionCount = 0;
  #slices = 0;
  #truncated = false;
  #timersListed = false;
  readonly #privateByClass = new Map<object, { instances: number; found: number }>();
  readonly #chains = new ChainsMet();
  readonly #stores: AsyncStores;

  constructor(host: CensusHost, previousSizeByKey: ReadonlyMap<string, number>) {
    this.#host = host;
    this.#previousSizeByKey = previousSizeByKey;
    this.#stores = new AsyncStores(host.types);
    for (const object of host.own) this.#visited.add(object);
  }

  /** Resolves with what grew large enough to watch. Rejects when `host.stopped` becomes true meanwhile. */
  async run(): Promise<CensusWalk> {
    const startedAtMs = this.#host.nowMs();
    try {
      await this.#slice('list scripts', () => {
        this.#host.refreshScripts();
        return true;
      });
      await this.#slice('list roots', () => {
        this.#pushBuiltins();
        this.#pushRoots();
        return true;
      });
      await this.#slice('walk', (deadlineMs) => this.#drain(deadlineMs));
    } finally {
      this.#host.scopes.close();
    }
    this.#keepContainersOnly();
    return {
      startedAtMs,
      endedAtMs: this.#host.nowMs(),
      objects: this.#objects,
      functions: this.#functionCount,
      slices: this.#slices,
      truncated: this.#truncated || this.#chains.truncated,
      containers: this.#groups(),
      programScripts: this.#host.scriptUrls(),
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
      await this.#host.rest((this.#host.nowMs() - startMs) * 9);
      if (this.#host.stopped()) throw new Error('the census was stopped');
      if (done) return;
    }
  }

  #drain(deadlineMs: number): boolean {
    for (;;) {
      if (this.#head === this.#queue.length) {
        this.#queue = [];
        this.#head = 0;
        if (this.#countChain()) {
          if (this.#host.nowMs() >= deadlineMs) return false;
          continue;
        }
        if (this.#pushStores()) continue;
        if (this.#timersListed) return true;
        this.#timersListed = true;
        this.#pushTimers();
        continue;
      }
      if (this.#objects >= MAX_OBJECTS) {
        this.#truncated = true;
        return true;
      }
      const entry = this.#queue[this.#head];
      if (entry === undefined) return true;
      this.#head += 1;
      this.#expand(entry);
      if (this.#host.nowMs() >= deadlineMs) return false;
    }
  }

  // Node's own modules are full of lists that come and go; their functions lead only into more of them.
  #pushBuiltins(): void {
    // Its enumerable properties are roots. Of the others, looking at some is enough to make Node 22 and later load what
    // stands behind them (`FormData`: undici, with two more globals).
    this.#visited.add(globalThis);
    for (const exported of this.#host.builtinExports()) {
      this.#visited.add(exported);
      for (const value of ownObjects(exported)) {
        this.#visited.add(value);
        const prototype = ownValue(value, 'prototype');
        if (!isObject(prototype)) continue;
        this.#visited.add(prototype);
        for (const method of ownObjects(prototype)) this.#visited.add(method);
      }
    }
  }

  #pushRoots(): void {
    const modules = rootShape('modules');
    for (const { file, exports } of this.#host.moduleExports()) {
      this.#push(
        exports,
        this.#child(modules, `/${file}`, () => ({ kind: 'exports', file })),
        1,
      );
    }
    for (const handle of this.#host.activeHandles()) {
      this.#push(handle, this.#root(constructorOf(handle).name), 1);
    }
    const events = ownValue(this.#host.process, '_events');
    if (isObject(events)) this.#pushListeners(events, this.#root('process'), 'process', 1);
    const globals = this.#root('globalThis');
    for (const name of Object.keys(globalThis)) {
      const value = ownValue(globalThis, name);
      if (isObject(value)) this.#pushProperty(globals, name, value, 'globalThis', null, 1);
    }
  }

  #pushTimers(): void {
    const root = rootShape('timers');
    for (const group of listTimers(this.#host)) {
      const repeat = group.repeat;
      const shape = this.#child(root, `/${group.key}`, () => ({
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
      if (facts === null || !this.#host.isProgramScript(facts.location.scriptId)) continue;
      if (shape.step.kind === 'timer') shape.step.callback = facts.location;
      tally(shape, 'timers', group.count, 1, first, this.#host.nowMs());
      for (const sample of group.samples) this.#push(sample, shape, group.count / group.samples.length);
    }
  }

  #expand({ value, shape, weight }: Entry): void {
    if (this.#host.types.isProxy(value)) return;
    this.#objects += 1;
    if (typeof value === 'function') {
      this.#expandFunction(value, shape, weight);
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
      const child = this.#child(shape, label, () => ({ kind: 'element', of: type, size }));
      if (child.step.kind === 'element') child.step.size = size;
      const elementWeight = (weight * size) / Math.min(size, elements.length);
      for (const element of elements) this.#push(element, child, elementWeight);
    };
    const sampled = sampleElements(container, type, ELEMENTS_PER_CONTAINER, keys);
    if (keys !== undefined && size > MAX_KEYS_LISTED && shape.container !== null) {
      shape.container.elements = sampled.map((element) => new WeakRef(element));
    }
    pushAll(sampled, '[*]');
    if (type === 'Map') pushAll(sampleKeys(container, ELEMENTS_PER_CONTAINER), '[key]');
  }

  #expandProperties(object: object, shape: Shape, weight: number, mayBeDictionary: boolean): void {
    const prototype = prototypeOf(object);
    const plain = prototype === null || prototype === Object.prototype;
    // What took so long the last time is not listed again, even if it is another object by now.
    if ((this.#previousSizeByKey.get(shape.key) ?? 0) > MAX_KEYS_LISTED) return;
    const keys = ownKeys(object);
    const minKeys = plain ? MIN_DICTIONARY_KEYS : MIN_KEYS_OF_INSTANCE;
    const isDictionary = mayBeDictionary && keys.length >= minKeys;
    if (isDictionary) this.#expandContainer(object, 'Object', shape, weight, object, keys);
    if (isDictionary && plain) return;
    const { name: owner, constructor } = constructorOf(object);
    const kind = { keys, prototype, owner, constructor: plain ? null : constructor };
    if (!isDictionary) this.#expandOwn(object, kind, shape, weight);
    if (plain) return;
    this.#pushPrivateFields(object, shape, owner, constructor, weight);
    if (prototype !== null) this.#pushMethods(prototype, shape, owner, constructor);
  }

  #expandOwn(object: object, kind: Kind, shape: Shape, weight: number): void {
    const { keys, prototype, owner, constructor } = kind;
    if (owner === 'AsyncLocalStorage') this.#stores.noteStorage(object, shape);
    const neighbours = shape.step.kind === 'element' ? shape.step.links : undefined;
    const links: PropertyKey[] = [];
    for (const key of keys) {
      const descriptor = Object.getOwnPropertyDescriptor(object, key);
      if (descriptor === undefined || !('value' in descriptor) || !isObject(descriptor.value)) continue;
      const { value } = descriptor;
      if (typeof key === 'symbol' && this.#expandNodesOwn(object, key, value, shape, owner, weight)) continue;
      if (key === '_events' && !this.#visited.has(value)) {
        this.#visited.add(value);
        this.#pushListeners(value, shape, owner, weight);
      } else if (key === '_idleNext' || key === '_idlePrev' || neighbours?.has(key)) {
        continue;
      } else if (typeof value === 'object' && isLink(prototype, key, value)) {
        links.push(key);
      } else {
        this.#pushProperty(shape, String(key), value, owner, constructor, weight);
      }
    }
    if (links.length > 0) this.#chains.note(object, links, shape, weight);
  }

  #pushListeners(events: object, shape: Shape, owner: string, weight: number): void {
    for (const key of ownKeys(events)) {
      const listeners = ownValue(events, key);
      if (!isObject(listeners) || !isReadable(listeners)) continue;
      const event = String(key);
      const child = this.#child(shape, `/on(${event})`, () => ({ kind: 'listeners', event, owner }));
      if (Array.isArray(listeners)) {
        if (this.#visited.has(listeners)) continue;
        this.#visited.add(listeners);
        this.#expandContainer(listeners, 'listeners', child, weight);
      } else {
        this.#push(listeners, child, weight);
      }
    }
  }

  #pushPrivateFields(
    object: object,
    shape: Shape,
    owner: string,
    constructor: object | null,
    weight: number,
  ): void {
    // A subclass that has none itself has those of the class above.
    const classes = constructorsOf(object).filter((one) => this.#functions.hasPrivateFields(one));
    const [nearest] = classes;
    if (nearest === undefined) return;
    const asked = this.#privateByClass.get(nearest) ?? { instances: 0, found: 0 };
    if (asked.instances >= MAX_ASKED_OF_CLASS) return;
    // An AbortController gets its signal when that is first asked for.
    if (asked.instances >= MAX_ASKED_IN_VAIN && asked.found === 0 && owner !== 'AbortController') return;
    this.#privateByClass.set(nearest, asked);
    asked.instances += 1;
    if (holdsError(object, this.#host.types)) return;
    for (const { name, value } of this.#host.scopes.readPrivateFields(object)) {
      asked.found += 1;
      // A controller is named and its signal listened to: one thing to a reader.
      if (name === '#signal' && owner === 'AbortController') this.#push(value, shape, weight);
      else {
        const declaring = classes.find((one) => writesPrivateName(one, name)) ?? constructor;
        this.#pushProperty(shape, name, value, owner, declaring, weight);
      }
    }
  }

  /** What Node keeps under symbols of its own. True if that was it. */
  #expandNodesOwn(
    object: object,
    symbol: symbol,
    value: object,
    shape: Shape,
    owner: string,
    weight: number,
  ): boolean {
    const { types } = this.#host;
    const name = String(symbol);
    if (name === 'Symbol(kEvents)') {
      for (const { event, root } of listenerLists(value, types)) {
        if (this.#visited.has(root)) continue;
        this.#visited.add(root);
        const child = this.#child(shape, `/on(${event})`, () => ({
          kind: 'listeners',
          event,
          owner,
          ofTarget: true,
        }));
        this.#expandContainer(root, 'listeners', child, weight, object);
      }
      return types.isMap(value);
    }
    if (name === 'Symbol(kDependantSignals)' && types.isSet(value)) {
      if (this.#visited.has(value)) return true;
      this.#visited.add(value);
      const child = this.#child(shape, '/any', () => ({
        kind: 'listeners',
        event: 'abort',
        owner: 'AbortSignal.any',
        ofTarget: true,
      }));
      this.#expandContainer(value, 'listeners', child, weight);
      return true;
    }
    return this.#stores.noteStoresUnder(symbol, value);
  }

  /** Methods lead to the module their class is written in. A prototype is expanded once, whoever leads to it. */
  #pushMethods(prototype: object, shape: Shape, owner: string, constructor: object | null): void {
    if (this.#visited.has(prototype) || this.#host.types.isProxy(prototype)) return;
    this.#visited.add(prototype);
    for (const key of Reflect.ownKeys(prototype)) {
      const descriptor = Object.getOwnPropertyDescriptor(prototype, key);
      for (const method of [descriptor?.value, descriptor?.get, descriptor?.set]) {
        if (isObject(method)) this.#pushProperty(shape, String(key), method, owner, constructor, 1);
      }
    }
    const above = prototypeOf(prototype);
    if (above !== null && above !== Object.prototype) this.#pushMethods(above, shape, owner, constructor);
  }

  #expandFunction(fn: object, shape: Shape, weight: number): void {
    if (!this.#functions.take(fn)) return;
    this.#functionCount += 1;
    if (holdsError(fn, this.#host.types)) {
      const name = ownValue(fn, 'name');
      this.#pushStatics(fn, typeof name === 'string' ? name : 'anonymous', shape, weight);
      return;
    }
    const facts = this.#host.scopes.readFunction(fn);
    if (facts === null || !this.#host.isProgramScript(facts.location.scriptId)) return;
    if (shape.step.kind === 'timer' && shape.step.callback === null) shape.step.callback = facts.location;
    for (const { description, object } of facts.scopes()) {
      if (description === 'Global' || object === globalThis) continue;
      for (const name of Reflect.ownKeys(object)) {
        const value = ownValue(object, name);
        if (!isObject(value)) continue;
        const variable = String(name);
        const child = this.#child(shape, `(${variable})`, () => ({
          kind: 'variable',
          name: variable,
          scope: description,
          function: facts.location,
        }));
        this.#push(value, child, weight);
      }
    }
    const name = facts.location.function ?? 'anonymous';
    for (const member of facts.privateMembers()) {
      this.#pushProperty(shape, member.name, member.value, name, fn, weight);
    }
    this.#pushStatics(fn, name, shape, weight);
  }

  #pushStatics(fn: object, name: string, shape: Shape, weight: number): void {
    for (const key of Reflect.ownKeys(fn)) {
      if (FUNCTION_PROPERTIES.has(key)) continue;
      const value = ownValue(fn, key);
      if (isObject(value)) this.#pushProperty(shape, String(key), value, name, fn, weight);
    }
    const prototype = ownValue(fn, 'prototype');
    if (isObject(prototype)) this.#pushMethods(prototype, shape, name, fn);
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
        if (isObject(value)) this.#pushProperty(shape, String(link), value, owner, constructor, weight);
      }
      return;
    }
    if (isContainer && (shape.container === null || shape.container.type === 'chain')) {
      tally(shape, 'chain', length, weight, head, this.#host.nowMs());
    }
    const neighbours = new Set([head, ...nodes].flatMap((node) => linksOf(node, ownKeys(node))));
    const child = this.#child(shape, '[*]', () => ({
      kind: 'element',
      of: 'chain',
      size: length,
      links: neighbours,
    }));
    if (child.step.kind === 'element') child.step.size = length;
    for (const node of nodes) this.#push(node, child, (weight * length) / nodes.length);
  }

  /** False if no store is waiting. */
  #pushStores(): boolean {
    const stores = this.#stores.take();
    for (const { storage, value } of stores) {
      const shape = storage ?? this.#root('AsyncLocalStorage');
      // A collection is what the storage is to a reader, of an object the properties are.
      const isCollection = containerType(value, this.#host.types) !== null;
      if (isCollection) this.#push(value, shape, 1);
      else this.#pushProperty(shape, 'getStore()', value, 'AsyncLocalStorage', null, 1);
    }
    return stores.length > 0;
  }

  #pushProperty(
    shape: Shape,
    name: string,
    value: object,
    owner: string,
    constructor: object | null,
    weight: number,
  ): void {
    const child = this.#child(shape, `.${name}`, () => ({
      kind: 'property',
      name,
      owner,
      constructorRef: constructor === null ? null : new WeakRef(constructor),
      private: name.startsWith('#'),
    }));
    this.#push(value, child, weight);
  }

  #push(value: object, shape: Shape, weight: number): void {
    if (this.#visited.has(value)) return;
    this.#visited.add(value);
    if (shape.depth > MAX_DEPTH || shape.visits >= VISITS_PER_SHAPE) return;
    shape.visits += 1;
    this.#queue.push({ value, shape, weight });
  }

  #root(name: string): Shape {
    const key = `<${name}>`;
    const known = this.shapes.get(key);
    if (known !== undefined) return known;
    const shape = rootShape(name);
    this.shapes.set(key, shape);
    return shape;
  }

  #child(parent: Shape, label: string, step: () => RawStep): Shape {
    const child = childShape(parent, label, step);
    this.shapes.set(child.key, child);
    return child;
  }

  /**
   * What stays in the target between walks are the containers and the ways to them: some hundred shapes of many
   * thousand. The rest would be megabytes, which the floor would show as the program's.
   */
  #keepContainersOnly(): void {
    const kept = new Map<string, Shape>();
    for (const [key, shape] of this.shapes) {
      shape.childByLabel.clear();
      if (shape.container !== null && shape.container.size >= 1) kept.set(key, shape);
    }
    this.shapes.clear();
    for (const [key, shape] of kept) this.shapes.set(key, shape);
  }

  #groups(): ContainerGroup[] {
    const groups: ContainerGroup[] = [];
    for (const { key, container } of this.shapes.values()) {
      if (container === null || container.size < 1) continue;
      const { type, instances, size, atMs } = container;
      groups.push({ key, type, instances: Math.round(instances), size: Math.round(size), atMs });
    }
    return groups;
  }
}

/** What there is to know of an object before its properties are read. */
type Kind = {
  readonly keys: readonly PropertyKey[];
  readonly prototype: object | null;
  /** The name of its class. */
  readonly owner: string;
  /** `null` of a plain object. */
  readonly constructor: object | null;
};

type Entry = { readonly value: object; readonly shape: Shape; readonly weight: number };

/** Short enough that one stray expensive object still leaves the slice below 10 ms. */
const SLICE_MS = 4;
const MAX_OBJECTS = 60_000;
const MAX_DEPTH = 40;
const VISITS_PER_SHAPE = 48;
const ELEMENTS_PER_CONTAINER = 12;
const MIN_DICTIONARY_KEYS = 16;
/** A class's own fields are fewer. */
const MIN_KEYS_OF_INSTANCE = 256;
/** The inspector takes some 0.3 ms an instance. What hundreds of one class have, the others have likewise. */
const MAX_ASKED_OF_CLASS = 500;
const MAX_ASKED_IN_VAIN = 50;
const FUNCTION_PROPERTIES: ReadonlySet<PropertyKey> = new Set([
  'length',
  'name',
  'prototype',
  'arguments',
  'caller',
]);

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

function ownObjects(object: object): object[] {
  if (!isReadable(object)) return [];
  const values: object[] = [];
  for (const key of Reflect.ownKeys(object)) {
    const value = ownValue(object, key);
    if (isObject(value)) values.push(value);
  }
  return values;
}
