import type { FunctionExcerpt } from '../core/function-excerpt.ts';
import type { InProcessInspector } from '../wire/inspector-in-process.ts';
import { boundName, excerptOf, isMadeFunction } from './function-sources.ts';
import { isObject } from './own-value.ts';
import type { RawLocation } from './shape-tree.ts';

/**
 * What only V8's inspector can tell about an object: the variables a function captures, where it is defined, the
 * private fields of an instance. It is asked in process, synchronously, some 0.2 ms a function.
 *
 * Objects cross into the protocol through a holder of ours and come back as arguments of a call on it, so nothing is
 * put on the global object.
 */
export class ScopeReader {
  readonly #inspector: InProcessInspector;
  readonly #exchange: Exchange = { outgoing: null, incoming: null };
  #exchangeId: string | null = null;

  constructor(inspector: InProcessInspector) {
    this.#inspector = inspector;
  }

  /**
   * Connects on first use. Our exchange object is on the global for one synchronous moment, under a key no program
   * has, because that is the only way an object gets its first handle; nothing of the program runs in between.
   */
  beginSlice(): void {
    if (this.#exchangeId !== null) return;
    this.#inspector.connect();
    const global = globalThis as Record<PropertyKey, unknown>;
    Object.defineProperty(global, DOOR_KEY, { value: this.#exchange, configurable: true, enumerable: false });
    try {
      const { result } = this.#inspector.post<{ result: RemoteObject }>('Runtime.evaluate', {
        expression: DOOR_KEY,
        silent: true,
      });
      this.#exchangeId = result.objectId ?? null;
    } finally {
      delete global[DOOR_KEY];
    }
  }

  /** Gives back every handle the slice took. */
  endSlice(): void {
    this.#exchange.outgoing = null;
    this.#exchange.incoming = null;
    this.#inspector.endSlice(GROUP);
  }

  /** Ends the session: V8 drops every handle with it and what the console kept because of it. */
  close(): void {
    this.#exchangeId = null;
    this.#inspector.disconnect();
  }

  /** `null` for native functions, which have neither. */
  readFunction(target: object): FunctionFacts | null {
    const answer = this.#propertiesOf(target);
    if (answer === null) return null;
    const internals = answer.internalProperties ?? [];
    const location = internals.find((entry) => entry.name === '[[FunctionLocation]]')?.value?.value as
      | { scriptId: string; lineNumber: number; columnNumber?: number }
      | undefined;
    const scopesId = internals.find((entry) => entry.name === '[[Scopes]]')?.value?.objectId;
    if (location === undefined || scopesId === undefined) return null;
    const name = answer.result.find((entry) => entry.name === 'name')?.value?.value;
    const place: RawLocation = {
      scriptId: location.scriptId,
      line: location.lineNumber,
      column: location.columnNumber ?? 0,
      function: typeof name === 'string' && name !== '' ? name : null,
    };
    return {
      location: place,
      // V8's list has no prototype, so it can't be iterated as it is.
      scopes: () => Array.from(this.#take(scopesId) as ArrayLike<Scope>),
      excerpt: () => excerptOf(target, place),
      isMade: () => isMadeFunction(target),
      privateMembers: () => this.#privateMembers(answer),
    };
  }

  /** What a bound function calls, and the objects among its `this` and arguments; `null` of any other. */
  readBound(target: object): { readonly target: object | null; readonly values: readonly object[] } | null {
    if (boundName(target) === null) return null;
    const answer = this.#propertiesOf(target);
    if (answer === null) return null;
    const take = (wanted: string): object | null => {
      const found = answer.internalProperties?.find((entry) => entry.name === wanted)?.value?.objectId;
      return found === undefined ? null : (this.#take(found) as object);
    };
    const called = take('[[TargetFunction]]');
    if (called === null) return null;
    // V8's list of the arguments has no prototype.
    const passed = Array.from((take('[[BoundArgs]]') ?? []) as ArrayLike<unknown>);
    return { target: called, values: [take('[[BoundThis]]'), ...passed].filter(isObject) };
  }

  /** What a proxy stands before, without a trap of it being run; `null` of a revoked one. */
  readProxy(target: object): object | null {
    const behind = this.#propertiesOf(target)?.internalProperties?.find(({ name }) => name === '[[Target]]')
      ?.value?.objectId;
    return behind === undefined ? null : (this.#take(behind) as object);
  }

  /** The private fields of an instance that hold objects, `#` included in the name. */
  readPrivateFields(target: object): PrivateMember[] {
    const answer = this.#propertiesOf(target);
    return answer === null ? [] : this.#privateMembers(answer);
  }

  /** The private fields of an instance that hold none: numbers, texts, booleans. */
  readPrivatePrimitives(target: object): Map<string, unknown> {
    const members = this.#propertiesOf(target)?.privateProperties ?? [];
    return new Map(members.map(({ name, value }) => [name, value?.value]));
  }

  /** What is in the private fields of an instance, whatever it is. */
  readPrivateValues(target: object): unknown[] {
    const members = this.#propertiesOf(target)?.privateProperties ?? [];
    return members.map(({ value }) =>
      value?.objectId === undefined ? value?.value : this.#take(value.objectId),
    );
  }

  #privateMembers(answer: Properties): PrivateMember[] {
    const members: PrivateMember[] = [];
    for (const member of answer.privateProperties ?? []) {
      // Accessors have `get` instead of a value: they are never called.
      if (member.value?.objectId === undefined) continue;
      members.push({ name: member.name, value: this.#take(member.value.objectId) as object });
    }
    return members;
  }

  /** Whether a promise is settled, and what it holds if that is an object; `null` if the inspector does not tell. */
  readPromise(target: object): { state: string; value: object | null } | null {
    const answer = this.#propertiesOf(target);
    if (answer === null) return null;
    const internal = (name: string): RemoteObject | undefined =>
      answer.internalProperties?.find((entry) => entry.name === name)?.value;
    const state = internal('[[PromiseState]]')?.value;
    if (typeof state !== 'string') return null;
    const resultId = internal('[[PromiseResult]]')?.objectId;
    return { state, value: resultId === undefined ? null : (this.#take(resultId) as object) };
  }

  #propertiesOf(target: object): Properties | null {
    const objectId = this.#handleOf(target);
    if (objectId === null) return null;
    return this.#inspector.post<Properties>('Runtime.getProperties', { objectId, ownProperties: true });
  }

  #handleOf(target: object): string | null {
    this.#exchange.outgoing = target;
    const { result } = this.#inspector.post<{ result: RemoteObject }>('Runtime.callFunctionOn', {
      objectId: this.#exchangeId,
      functionDeclaration: 'function () { return this.outgoing; }',
      objectGroup: GROUP,
      silent: true,
    });
    this.#exchange.outgoing = null;
    return result.objectId ?? null;
  }

  #take(objectId: string): unknown {
    this.#inspector.post('Runtime.callFunctionOn', {
      objectId: this.#exchangeId,
      functionDeclaration: 'function (value) { this.incoming = value; }',
      arguments: [{ objectId }],
      objectGroup: GROUP,
      silent: true,
    });
    const value = this.#exchange.incoming;
    this.#exchange.incoming = null;
    return value;
  }
}

export type FunctionFacts = {
  readonly location: RawLocation;
  /** Innermost first. Each read makes fresh copies of the scopes: the variables' values are the program's own. */
  readonly scopes: () => Scope[];
  readonly excerpt: () => FunctionExcerpt;
  /** Whether `new Function` made it, so that its script has no URL. */
  readonly isMade: () => boolean;
  /** Static ones, if it is a class; the answer about the function has them in it, at no cost of their own. */
  readonly privateMembers: () => PrivateMember[];
};

/** The name has its `#`. */
export type PrivateMember = { readonly name: string; readonly value: object };

/** An entry of V8's `[[Scopes]]`: `Closure (name)`, `Module`, `Block`, `Script`, `Global`. */
export type Scope = { readonly description: string; readonly object: object };

type Exchange = { outgoing: unknown; incoming: unknown };
type RemoteObject = { objectId?: string; value?: unknown };
type Properties = {
  result: { name: string; value?: RemoteObject }[];
  internalProperties?: { name: string; value?: RemoteObject }[];
  privateProperties?: { name: string; value?: RemoteObject }[];
};

const GROUP = 'leakline-census';
const DOOR_KEY = '__leaklineExchange';
