import { type CapturedBy, type CapturedChainsMet, capturedLink } from './captured-chains.ts';
import type { Entry, Frontier } from './frontier.ts';
import { FunctionSources } from './function-sources.ts';
import type { CensusHost } from './host.ts';
import { isLarge, LargeScopes } from './large-scopes.ts';
import { holdsError } from './objects.ts';
import { isObject, isReadable, ownValue, prototypeOf } from './own-value.ts';
import type { FunctionFacts } from './scopes.ts';
import type { Shape } from './shape-tree.ts';

/**
 * Where the functions that a walk meets lead: the variables they capture, what is bound, static members, the methods of a
 * prototype. None is called.
 */
export class FunctionsMet {
  readonly #host: CensusHost;
  readonly #frontier: Frontier;
  readonly #captured: CapturedChainsMet;
  readonly #sources = new FunctionSources();
  readonly #largeScopes = new LargeScopes();
  readonly #capturedBy = new WeakMap<object, CapturedBy>();
  #awaiting: Entry | null = null;
  #count = 0;
  #truncated = false;

  /** It adds what it meets to both. */
  constructor(host: CensusHost, frontier: Frontier, captured: CapturedChainsMet) {
    this.#host = host;
    this.#frontier = frontier;
    this.#captured = captured;
  }

  get count(): number {
    return this.#count;
  }

  /** Some were not asked about, because it had become too much. */
  get truncated(): boolean {
    return this.#truncated;
  }

  /** The script of the last function is not known yet: nothing else is to be looked into before `resume`, so that the order is the same. */
  get isWaiting(): boolean {
    return this.#awaiting !== null;
  }

  resume(): void {
    if (this.#awaiting === null) return;
    const { value, shape, weight } = this.#awaiting;
    this.#awaiting = null;
    this.#expandScope(value, shape, weight);
  }

  expand(fn: object, shape: Shape, weight: number): void {
    if (!this.#sources.take(fn)) return;
    this.#count += 1;
    if (holdsError(fn, this.#host.types)) {
      this.#pushStatics(fn, nameOf(fn), shape, weight);
      return;
    }
    const bound = this.#host.scopes.readBound(fn);
    if (bound !== null) {
      if (bound.target !== null) this.#frontier.push(bound.target, shape, weight);
      for (const value of bound.values)
        this.#frontier.pushProperty(shape, 'bound', value, 'Function', null, weight);
      return;
    }
    const constructor = shape.step.kind === 'property' ? (shape.step.constructorRef?.deref() ?? null) : null;
    const isExplained = this.#largeScopes.explains(fn, constructor);
    if (isExplained || this.#largeScopes.isExhausted) {
      this.#truncated ||= !isExplained;
      this.#pushStatics(fn, nameOf(fn), shape, weight);
      return;
    }
    this.#expandScope(fn, shape, weight);
  }

  /** See `LargeScopes.furtherMethods`. */
  furtherMethods(): (value: object) => boolean {
    return this.#largeScopes.furtherMethods();
  }

  /** Methods lead to the module their class is written in. A prototype is expanded once, whoever leads to it. */
  pushMethods(prototype: object, shape: Shape, owner: string, constructor: object | null): void {
    if (this.#frontier.has(prototype) || this.#host.types.isProxy(prototype)) return;
    this.#frontier.mark(prototype);
    for (const key of Reflect.ownKeys(prototype)) {
      const descriptor = Object.getOwnPropertyDescriptor(prototype, key);
      for (const method of [descriptor?.value, descriptor?.get, descriptor?.set]) {
        if (isObject(method)) this.#frontier.pushProperty(shape, String(key), method, owner, constructor, 1);
      }
    }
    const above = prototypeOf(prototype);
    if (above !== null && above !== Object.prototype) this.pushMethods(above, shape, owner, constructor);
  }

  /** The variables that they capture lead on, as those of the getter under which Express 5 has its router. */
  pushAccessors(
    { get, set }: PropertyDescriptor,
    key: PropertyKey,
    shape: Shape,
    { owner, constructor }: Owner,
    weight: number,
  ): void {
    for (const accessor of [get, set]) {
      if (isObject(accessor))
        this.#frontier.pushProperty(shape, String(key), accessor, owner, constructor, weight);
    }
  }

  /** To be told the keys of each object: one that a function captures may be a link of a chain. */
  noteCaptured(value: object, keys: readonly PropertyKey[], shape: Shape, weight: number): void {
    const by = this.#capturedBy.get(value);
    if (by !== undefined) this.#noteLink(by, value, keys, shape, weight);
  }

  /** Puts it off where its script is not known yet. */
  #expandScope(fn: object, shape: Shape, weight: number): void {
    const facts = this.#host.scopes.readFunction(fn);
    if (facts === null) return;
    if (this.#host.scripts.awaits(facts)) {
      this.#awaiting = { value: fn, shape, weight };
      return;
    }
    if (!this.#host.scripts.isProgram(facts)) return;
    if (shape.step.kind === 'timer' && shape.step.callback === null) shape.step.callback = facts.location;
    for (const { description, object } of facts.scopes()) {
      if (description === 'Global' || object === globalThis) continue;
      this.#pushVariables(object, description, { fn, facts }, shape, weight);
    }
    const name = facts.location.function ?? 'anonymous';
    for (const member of facts.privateMembers()) {
      this.#frontier.pushProperty(shape, member.name, member.value, name, fn, weight);
    }
    this.#pushStatics(fn, name, shape, weight);
  }

  #pushVariables(
    variables: object,
    scope: string,
    { fn, facts }: { readonly fn: object; readonly facts: FunctionFacts },
    shape: Shape,
    weight: number,
  ): void {
    const { location } = facts;
    const names = Reflect.ownKeys(variables);
    const isKnown = (value: object): boolean => this.#frontier.has(value);
    if (this.#largeScopes.note(location.scriptId, variables, names, isKnown)) return;
    for (const key of names) {
      const value = ownValue(variables, key);
      // A scope of hundreds of variables has as many functions, and each has all of them: shapes for what was met would be
      // megabytes (290 MB a walk with lodash).
      if (!isObject(value) || isKnown(value)) continue;
      const name = String(key);
      const child = this.#frontier.shapes.child(shape, `(${name})`, () => ({
        kind: 'variable',
        name,
        scope,
        function: location,
      }));
      this.#frontier.push(value, child, weight);
      // A chain of closures has a small scope for each link.
      if (isLarge(names)) continue;
      const by = { fn, variable: key };
      // Of an object it is looked for when its keys are listed.
      if (typeof value === 'function') this.#noteLink(by, value, [], child, weight);
      else this.#capturedBy.set(value, by);
    }
  }

  #pushStatics(fn: object, name: string, shape: Shape, weight: number): void {
    for (const key of Reflect.ownKeys(fn)) {
      if (FUNCTION_PROPERTIES.has(key)) continue;
      const descriptor = Object.getOwnPropertyDescriptor(fn, key) ?? {};
      this.pushAccessors(descriptor, key, shape, { owner: name, constructor: fn }, weight);
      const value: unknown = descriptor.value;
      if (isObject(value)) this.#frontier.pushProperty(shape, String(key), value, name, fn, weight);
    }
    const prototype = ownValue(fn, 'prototype');
    if (isObject(prototype)) this.pushMethods(prototype, shape, name, fn);
  }

  #noteLink(by: CapturedBy, value: object, keys: readonly PropertyKey[], shape: Shape, weight: number): void {
    const link = isReadable(value) ? capturedLink(by, value, keys) : null;
    if (link !== null) this.#captured.note(value, link, shape, weight);
  }
}

/** The class of an object: its name, and its constructor unless it is a plain object. */
export type Owner = { readonly owner: string; readonly constructor: object | null };

function nameOf(fn: object): string {
  const name = ownValue(fn, 'name');
  return typeof name === 'string' && name !== '' ? name : 'anonymous';
}

const FUNCTION_PROPERTIES: ReadonlySet<PropertyKey> = new Set([
  'length',
  'name',
  'prototype',
  'arguments',
  'caller',
]);
