import type { ContainerType, TrapResult } from '../core/census.ts';
import type { ScriptLocation } from '../core/location.ts';
import { countListeners, isEventTarget } from './event-targets.ts';
import { ownValue, prototypeOf } from './own-value.ts';

/**
 * Catches who adds to a container and who removes: its adding and removing methods are shadowed by own properties on
 * those instances alone, which record the stack and do what the method did. `remove` deletes the shadows; nothing is
 * left. What can't be shadowed (a plain object, a chain, a frozen container) is not trapped, and the result says so.
 *
 * The listeners of an EventTarget are trapped on the target, for one `event`; those of an EventEmitter on their array, and
 * its events on the emitter.
 */
export class Trap {
  readonly #key: string;
  readonly #shadows: { container: object; name: string; method: unknown }[] = [];
  readonly #sites = new Map<string, { count: number; stack: readonly ScriptLocation[] }>();
  readonly #setAtMs: number;
  readonly #nowMs: () => number;
  readonly #book: <Result>(work: () => Result) => Result;
  #removals = 0;
  #additions = 0;

  constructor(
    key: string,
    containers: readonly object[],
    type: ContainerType,
    nowMs: () => number,
    book: <Result>(work: () => Result) => Result,
    event?: string,
  ) {
    this.#key = key;
    this.#nowMs = nowMs;
    this.#book = book;
    this.#setAtMs = nowMs();
    if (type === 'Object') for (const container of containers) this.#shadowEvents(container);
    const names = METHODS_BY_TYPE[type];
    if (names === undefined) return;
    for (const container of containers) {
      if (event !== undefined && isEventTarget(container)) {
        this.#shadowListening(container, event);
        continue;
      }
      for (const name of names.adding) this.#shadow(container, name, (method) => this.#added(method));
      for (const name of names.removing) this.#shadow(container, name, () => (this.#removals += 1));
    }
  }

  get additions(): number {
    return this.#additions;
  }

  /** Takes every shadow away again. Safe to call twice. */
  remove(): TrapResult {
    const wasSet = this.#shadows.length > 0;
    // The last first: V8 gives an object its fast properties back only if they go in the order opposite to their coming.
    for (const { container, name, method } of this.#shadows.reverse()) {
      // If the program put its own there meanwhile, that one stays.
      if (ownValue(container, name) === method) Reflect.deleteProperty(container, name);
    }
    this.#shadows.length = 0;
    return {
      key: this.#key,
      set: wasSet,
      durationMs: this.#nowMs() - this.#setAtMs,
      additions: [...this.#sites.values()].sort((a, b) => b.count - a.count),
      removals: this.#removals,
    };
  }

  /** A listener that is there already is not added again, and one for another event is no matter of ours. */
  #shadowListening(target: object, event: string): void {
    this.#shadowCounted(target, LISTENING, () => countListeners(target, event));
  }

  /** Where the events of an EventEmitter pile up: who listens for one that nobody listened for. `once` does it through `on`. */
  #shadowEvents(emitter: object): void {
    const size = (): number => Number(ownValue(emitter, '_eventsCount'));
    if (Number.isInteger(size())) this.#shadowCounted(emitter, EMITTING, size);
  }

  /** Methods that may change a size or not. */
  #shadowCounted(target: object, { adding, removing }: Methods, size: () => number): void {
    const added = (method: Method, before: number): void => {
      if (size() > before) this.#added(method);
    };
    const removed = (_: Method, before: number): void => {
      if (size() < before) this.#removals += 1;
    };
    for (const name of adding) this.#shadow(target, name, added, size);
    for (const name of removing) this.#shadow(target, name, removed, size);
  }

  /** Without `size`, notes a call before it is done; with it, afterwards, told how large the container was before. */
  #shadow(
    container: object,
    name: string,
    record: (shadow: Method, before: number) => void,
    size?: () => number,
  ): void {
    if (!Object.isExtensible(container) || Object.getOwnPropertyDescriptor(container, name) !== undefined)
      return;
    const original = inheritedMethod(container, name);
    if (original === null) return;
    const book = this.#book;
    const note = (before: number): void => {
      try {
        book(() => record(method, before));
      } catch {
        // Whatever we could not note, the program's own call goes on.
      }
    };
    const method = function (this: unknown, ...args: unknown[]): unknown {
      if (size === undefined) {
        note(0);
        return Reflect.apply(original, this, args);
      }
      const before = size();
      const result: unknown = Reflect.apply(original, this, args);
      note(before);
      return result;
    };
    Object.defineProperty(method, 'name', { value: name, configurable: true });
    Object.defineProperty(method, 'length', { value: original.length, configurable: true });
    const shadow = { value: method, configurable: true, enumerable: false, writable: true };
    if (!Reflect.defineProperty(container, name, shadow)) return;
    this.#shadows.push({ container, name, method });
  }

  #added(shadow: Method): void {
    this.#additions += 1;
    // After some hundreds the picture does not change; a busy container then costs a counter only.
    if (this.#additions > MAX_STACKS_TAKEN) return;
    const stack = callerStack(shadow);
    const site = stack.map((frame) => `${frame.url}:${frame.line}:${frame.column}`).join('|');
    const known = this.#sites.get(site);
    if (known !== undefined) known.count += 1;
    else if (this.#sites.size < MAX_SITES) this.#sites.set(site, { count: 1, stack });
  }
}

const MAX_STACKS_TAKEN = 400;
const MAX_SITES = 32;
const STACK_DEPTH = 24;

type Methods = { readonly adding: readonly string[]; readonly removing: readonly string[] };

const LISTENING: Methods = { adding: ['addEventListener'], removing: ['removeEventListener'] };
const EMITTING: Methods = {
  adding: ['on', 'addListener', 'prependListener'],
  removing: ['off', 'removeListener', 'removeAllListeners'],
};
const METHODS_BY_TYPE: Partial<Record<ContainerType, Methods>> = {
  Map: { adding: ['set'], removing: ['delete', 'clear'] },
  Set: { adding: ['add'], removing: ['delete', 'clear'] },
  Array: { adding: ['push', 'unshift'], removing: ['pop', 'shift', 'splice'] },
  // Of an EventEmitter they are in an array; the signals that `AbortSignal.any` made are in a Set.
  listeners: { adding: ['push', 'unshift', 'add'], removing: ['pop', 'shift', 'splice', 'delete'] },
};

type Method = (...args: unknown[]) => unknown;

function inheritedMethod(container: object, name: string): Method | null {
  for (let prototype = prototypeOf(container); prototype !== null; prototype = prototypeOf(prototype)) {
    const method = ownValue(prototype, name);
    if (typeof method === 'function') return method as Method;
  }
  return null;
}

/**
 * The caller's frames as V8 has them, without building text. `Error.prepareStackTrace` and `stackTraceLimit` belong
 * to the program (source-map-support sets them): both are put back before this returns, absence included.
 */
function callerStack(below: Method): ScriptLocation[] {
  const prepareBefore = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace');
  const limitBefore = Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit');
  const replace = (name: string, value: unknown): boolean =>
    Reflect.defineProperty(Error, name, { value, configurable: true, writable: true, enumerable: true });
  try {
    // Where Error is frozen, the program's own preparation would run and its text would be no frames.
    if (!replace('prepareStackTrace', (_: unknown, sites: NodeJS.CallSite[]) => sites)) return [];
    replace('stackTraceLimit', STACK_DEPTH);
    const holder: { stack?: NodeJS.CallSite[] } = {};
    // Frames above the shadow are ours.
    Error.captureStackTrace(holder, below);
    // Reading `stack` is what calls prepareStackTrace.
    return (holder.stack ?? []).map(toLocation).filter((frame) => frame.url !== '');
  } finally {
    restore('prepareStackTrace', prepareBefore);
    restore('stackTraceLimit', limitBefore);
  }
}

function restore(name: string, descriptor: PropertyDescriptor | undefined): void {
  if (descriptor === undefined) Reflect.deleteProperty(Error, name);
  else Reflect.defineProperty(Error, name, descriptor);
}

function toLocation(site: NodeJS.CallSite): ScriptLocation {
  return {
    url: site.getFileName() ?? '',
    line: (site.getLineNumber() ?? 1) - 1,
    column: (site.getColumnNumber() ?? 1) - 1,
    function: site.getFunctionName(),
  };
}
