import type { CensusWalk, ContainerGroup, ContainerType } from '../core/census.ts';
import { isReadable, ownValue, prototypeOf } from './own-value.ts';
import type { CensusHost } from './host.ts';
import { constructorOf, containerSize, containerType, sampleElements, sampleKeys } from './objects.ts';
import { FunctionSources } from './function-sources.ts';
import { type RawStep, type Shape, childShape, rootShape, tally } from './shape-tree.ts';
import { listTimers } from './timers.ts';

/**
 * One walk over the live graph, breadth first, in slices of a few milliseconds.
 *
 * From the module cache, the active handles, the program's globals and the listeners on `process` along own data
 * properties, a few elements of each collection and the variables that functions capture; then from the armed timers,
 * last, so that what is held in two ways is named by the way a reader knows. No getter, proxy or other code of the
 * program runs. Abandoning it half-way is safe: it has changed nothing.
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

  constructor(host: CensusHost, previousSizeByKey: ReadonlyMap<string, number>) {
    this.#host = host;
    this.#previousSizeByKey = previousSizeByKey;
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
      truncated: this.#truncated,
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

  #expandContainer(container: object, type: ContainerType, shape: Shape, weight: number): void {
    const size = containerSize(container, type);
    tally(shape, type, size, weight, container, this.#host.nowMs());
    if (size === 0) return;
    const pushAll = (elements: readonly object[], label: string): void => {
      if (elements.length === 0) return;
      const child = this.#child(shape, label, () => ({ kind: 'element', of: type, size }));
      if (child.step.kind === 'element') child.step.size = size;
      const elementWeight = (weight * size) / Math.min(size, elements.length);
      for (const element of elements) this.#push(element, child, elementWeight);
    };
    pushAll(sampleElements(container, type, ELEMENTS_PER_CONTAINER), '[*]');
    if (type === 'Map') pushAll(sampleKeys(container, ELEMENTS_PER_CONTAINER), '[key]');
  }

  #expandProperties(object: object, shape: Shape, weight: number, mayBeDictionary: boolean): void {
    const prototype = prototypeOf(object);
    const plain = prototype === null || prototype === Object.prototype;
    // Listing the keys is one indivisible step of 0.3 s a million; once seen that large, it is not listed again.
    if ((this.#previousSizeByKey.get(shape.key) ?? 0) > MAX_KEYS_LISTED) return;
    const keys = Reflect.ownKeys(object);
    if (plain && mayBeDictionary && keys.length >= MIN_DICTIONARY_KEYS) {
      this.#expandContainer(object, 'Object', shape, weight);
      return;
    }
    const { name: owner, constructor } = constructorOf(object);
    for (const key of keys) {
      const descriptor = Object.getOwnPropertyDescriptor(object, key);
      if (descriptor === undefined || !('value' in descriptor) || !isObject(descriptor.value)) continue;
      if (key === '_events' && !this.#visited.has(descriptor.value)) {
        this.#visited.add(descriptor.value);
        this.#pushListeners(descriptor.value, shape, owner, weight);
      } else if (key !== '_idleNext' && key !== '_idlePrev') {
        this.#pushProperty(shape, String(key), descriptor.value, owner, plain ? null : constructor, weight);
      }
    }
    if (plain) return;
    this.#pushPrivateFields(object, shape, owner, constructor, weight);
    if (prototype !== null) this.#pushMethods(prototype, shape, owner, constructor);
  }

  #pushListeners(events: object, shape: Shape, owner: string, weight: number): void {
    for (const key of Reflect.ownKeys(events)) {
      const listeners = ownValue(events, key);
      if (!isObject(listeners)) continue;
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
    if (constructor === null || !this.#functions.hasPrivateFields(constructor)) return;
    // The inspector describes an Error by reading its `stack`, which may be the program's code.
    if (holdsError(object, this.#host.types.isNativeError)) return;
    for (const { name, value } of this.#host.scopes.readPrivateFields(object)) {
      this.#pushProperty(shape, name, value, owner, constructor, weight);
    }
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
    for (const key of Reflect.ownKeys(fn)) {
      if (FUNCTION_PROPERTIES.has(key)) continue;
      const value = ownValue(fn, key);
      if (isObject(value)) this.#pushProperty(shape, String(key), value, name, fn, weight);
    }
    const prototype = ownValue(fn, 'prototype');
    if (isObject(prototype)) this.#pushMethods(prototype, shape, name, fn);
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

type Entry = { readonly value: object; readonly shape: Shape; readonly weight: number };

/** Short enough that one stray expensive object still leaves the slice below 10 ms. */
const SLICE_MS = 4;
const MAX_OBJECTS = 60_000;
const MAX_DEPTH = 40;
const VISITS_PER_SHAPE = 48;
const ELEMENTS_PER_CONTAINER = 12;
const MIN_DICTIONARY_KEYS = 16;
export const MAX_KEYS_LISTED = 100_000;
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

function holdsError(object: object, isError: (value: unknown) => boolean): boolean {
  return isError(object) || Reflect.ownKeys(object).some((key) => isError(ownValue(object, key)));
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
