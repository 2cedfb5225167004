import type * as utilModule from 'node:util';
import { isObject, isReadable, ownValue } from './own-value.ts';

/**
 * The lists under one of Node's symbols; `null` if it is none of those.
 *
 * `kEvents` of an EventTarget, an AbortSignal among them: a Map from the event to a root `{ size, next }`, and from there a
 * chain of `{ next, listener }`, the newest last (Node 20 to 26: lib/internal/event_target.js). The root is what stands for
 * the list: Node makes one an event and keeps it. `kDependantSignals`: what `AbortSignal.any` made of a signal.
 */
export function listsUnderSymbol(
  symbol: symbol,
  value: object,
  { object, owner }: Target,
  types: typeof utilModule.types,
): ListenerList[] | null {
  const name = String(symbol);
  if (name === 'Symbol(kDependantSignals)' && types.isSet(value)) {
    return [{ label: '/any', event: 'abort', owner: 'AbortSignal.any', container: value, trapped: value }];
  }
  if (name !== 'Symbol(kEvents)' || !types.isMap(value)) return null;
  const lists: ListenerList[] = [];
  const iterator = Reflect.apply(mapEntries, value, []);
  while (lists.length < MAX_EVENTS) {
    const step = Reflect.apply(iteratorNext, iterator, []) as IteratorResult<[unknown, unknown]>;
    if (step.done === true) break;
    const [event, root] = step.value;
    if (typeof event !== 'string' || !isObject(root)) continue;
    lists.push({ label: `/on(${event})`, event, owner, container: root, trapped: object });
  }
  return lists;
}

/** An object on which Node keeps lists under symbols of its own. */
export type Target = { readonly object: object; readonly owner: string };

export type ListenerList = {
  readonly label: string;
  readonly event: string;
  /** The class, or the function, to which the listeners are given. */
  readonly owner: string;
  /** What stands for the list. */
  readonly container: object;
  /** What a trap is set on. */
  readonly trapped: object;
};

/** Whether a listener is put there with `addEventListener`. */
export function isEventTarget(target: object): boolean {
  return eventsOf(target) !== null;
}

/** How many listeners an EventTarget has for one event, without walking the chain. */
export function countListeners(target: object, event: string): number {
  const root = listenerRoot(target, event);
  return root === null ? 0 : listSize(root);
}

/** What stands for the listeners of one event; `null` where there never was one. */
export function listenerRoot(target: object, event: string): object | null {
  const events = eventsOf(target);
  if (events === null) return null;
  try {
    const root: unknown = Reflect.apply(mapGet, events, [event]);
    return isObject(root) ? root : null;
  } catch {
    // Not Node's: no Map.
    return null;
  }
}

export function listSize(root: object): number {
  const size = ownValue(root, 'size');
  return typeof size === 'number' ? size : 0;
}

/** The listeners themselves, up to `limit`: a third the oldest, the rest the newest of the first ten thousand. */
export function sampleListeners(root: object, limit: number): object[] {
  const oldest: object[] = [];
  const newest: object[] = [];
  let passed = 0;
  for (
    let node = ownValue(root, 'next');
    isObject(node) && passed < MAX_PASSED;
    node = ownValue(node, 'next')
  ) {
    passed += 1;
    const listener = listenerOf(node);
    if (listener === null) continue;
    if (oldest.length < Math.floor(limit / 3)) oldest.push(listener);
    else newest.push(listener);
    if (newest.length > limit * 2) newest.splice(0, newest.length - limit);
  }
  return [...oldest, ...newest.slice(-(limit - oldest.length))];
}

/**
 * What an entry of the list of signals that `AbortSignal.any` made stands for: the newest listener of that signal, by
 * which it keeps what it keeps, or the signal. The list is weak, but Node keeps a signal in it as long as it has listeners.
 */
export function behindDependant(entry: object): object | null {
  const signal = behindWeak(entry);
  const root = signal === null ? null : listenerRoot(signal, 'abort');
  return (root === null ? undefined : sampleListeners(root, 1)[0]) ?? signal;
}

/** What a weak reference leads to, `null` if that is gone; another object itself. */
function behindWeak(object: object): object | null {
  if (!isReadable(object)) return null;
  try {
    const target: unknown = Reflect.apply(deref, object, []);
    return isObject(target) ? target : null;
  } catch {
    return object;
  }
}

const MAX_EVENTS = 64;
/** Some 0.2 µs each. */
const MAX_PASSED = 10_000;

const mapEntries = Map.prototype.entries;
const mapGet = Map.prototype.get;
const iteratorNext = (Object.getPrototypeOf(new Map().entries()) as { next: () => unknown }).next;
const deref = WeakRef.prototype.deref;

/** Node's symbol is its own; an object that has one of the same name by another hand has no Map of roots under it. */
function eventsOf(target: object): object | null {
  if (!isReadable(target)) return null;
  for (const symbol of Object.getOwnPropertySymbols(target)) {
    if (String(symbol) !== 'Symbol(kEvents)') continue;
    const events = ownValue(target, symbol);
    return isObject(events) && isReadable(events) ? events : null;
  }
  return null;
}

/** Of a weak listener (Node's own for `AbortSignal.any` and streams) what is still there. */
function listenerOf(node: object): object | null {
  const listener = ownValue(node, 'listener');
  if (typeof listener === 'function') return listener;
  // An object with `handleEvent` is no weak reference.
  return isObject(listener) ? behindWeak(listener) : null;
}
