import type * as utilModule from 'node:util';
import type { ContainerType } from '../core/census.ts';
import { sampleChain } from './chains.ts';
import { behindDependant, listSize, sampleListeners } from './event-targets.ts';
import { isReadable, listingOf, ownKeys, ownValue, prototypeOf } from './own-value.ts';

type Types = typeof utilModule.types;

/**
 * How to read a stranger's objects without running a line of the stranger's code: own descriptors instead of property
 * access, the engine's own iteration instead of `Symbol.iterator`, and proxies left alone.
 */
export function constructorOf(object: object): { name: string; constructor: object | null } {
  const prototype = prototypeOf(object);
  if (prototype === null) return { name: 'Object', constructor: null };
  const constructor = ownValue(prototype, 'constructor');
  if (typeof constructor !== 'function') return { name: 'Object', constructor: null };
  const name = ownValue(constructor, 'name');
  return { name: typeof name === 'string' && name !== '' ? name : 'Object', constructor };
}

/** The classes an instance is of, its own first. */
export function constructorsOf(object: object): object[] {
  const constructors: object[] = [];
  let prototype = prototypeOf(object);
  while (prototype !== null && prototype !== Object.prototype && constructors.length < MAX_CLASSES) {
    const constructor = ownValue(prototype, 'constructor');
    if (typeof constructor === 'function' && isReadable(constructor)) constructors.push(constructor);
    prototype = prototypeOf(prototype);
  }
  return constructors;
}

const MAX_CLASSES = 8;

/** The inspector describes an Error by reading its `stack`, which may be the program's code: such objects are not shown to it. */
export function holdsError(object: object, types: Types): boolean {
  return (
    types.isNativeError(object) || ownKeys(object).some((key) => types.isNativeError(ownValue(object, key)))
  );
}

/** The kind of container an object is by its internal slots, which a program can't fake; `null` if it is none. */
export function containerType(object: object, types: Types): ContainerType | null {
  if (!isReadable(object)) return null;
  if (Array.isArray(object)) return 'Array';
  if (types.isMap(object)) return 'Map';
  if (types.isSet(object)) return 'Set';
  return null;
}

const mapSize = Object.getOwnPropertyDescriptor(Map.prototype, 'size')?.get as (this: object) => number;
const setSize = Object.getOwnPropertyDescriptor(Set.prototype, 'size')?.get as (this: object) => number;
const mapEntries = Map.prototype.entries;
const setValues = Set.prototype.values;
const mapIteratorNext = Object.getPrototypeOf(new Map().entries()).next as (
  this: object,
) => IteratorResult<[unknown, unknown]>;
const setIteratorNext = Object.getPrototypeOf(new Set().values()).next as (
  this: object,
) => IteratorResult<unknown>;

/** Of a dictionary the `keys`, where they have been listed. */
export function containerSize(container: object, type: ContainerType, keys?: readonly PropertyKey[]): number {
  if (type === 'Map') return Reflect.apply(mapSize, container, []);
  if (type === 'Set') return Reflect.apply(setSize, container, []);
  if (type === 'listeners' && !Array.isArray(container)) {
    return isSet(container) ? Reflect.apply(setSize, container, []) : listSize(container);
  }
  if (type === 'Array' || type === 'listeners') return (container as unknown[]).length;
  return (keys ?? ownKeys(container)).length;
}

/** Listeners are in an array, under the root of a chain, or by way of the signals that `AbortSignal.any` made in a Set. */
function isSet(container: object): boolean {
  try {
    Reflect.apply(setSize, container, []);
    return true;
  } catch {
    return false;
  }
}

/**
 * Up to `limit` of a container's object elements; of Maps the values, of a chain the nodes. Arrays and dictionaries give their oldest
 * and newest. Maps and Sets only iterate from the oldest, so those up to 20,000 entries (0.3 ms) are passed through
 * with a stride and larger ones give their oldest.
 */
export function sampleElements(
  container: object,
  type: ContainerType,
  limit: number,
  listed?: readonly PropertyKey[],
): object[] {
  if (type === 'chain') return sampleChain(container, limit);
  const isList = type === 'listeners' && !Array.isArray(container);
  if (isList && !isSet(container)) return sampleListeners(container, limit);
  const elements: object[] = [];
  const take = (value: unknown): void => {
    if ((typeof value !== 'object' || value === null) && typeof value !== 'function') return;
    // Node's own class, of which only the signals that `AbortSignal.any` made are listed anywhere.
    const element = constructorOf(value).name === 'SafeWeakRef' ? behindDependant(value) : value;
    if (element !== null) elements.push(element);
  };
  if (type === 'Map' || type === 'Set' || isList) {
    const size = containerSize(container, type);
    const stride = size <= MAX_PASSED_THROUGH ? Math.max(1, Math.floor(size / limit)) : 1;
    let position = 0;
    if (type === 'Map') {
      const iterator = Reflect.apply(mapEntries, container, []);
      for (let step = next(mapIteratorNext, iterator); !step.done; step = next(mapIteratorNext, iterator)) {
        if (position++ % stride !== 0) continue;
        take(step.value[1]);
        if (elements.length >= limit) break;
      }
    } else {
      const iterator = Reflect.apply(setValues, container, []);
      for (let step = next(setIteratorNext, iterator); !step.done; step = next(setIteratorNext, iterator)) {
        if (position++ % stride !== 0) continue;
        take(step.value);
        if (elements.length >= limit) break;
      }
    }
    return elements;
  }
  const keys = type === 'Object' ? (listed ?? listingOf(container)?.keys ?? ownKeys(container)) : null;
  const length = keys?.length ?? (container as unknown[]).length;
  for (const index of sampledIndexes(length, limit)) {
    const descriptor = Object.getOwnPropertyDescriptor(container, keys?.[index] ?? index);
    if (descriptor !== undefined && 'value' in descriptor) take(descriptor.value);
  }
  return elements;
}

/** Up to `limit` entries, whatever is in them: the newest of arrays and dictionaries, the oldest of Maps and Sets. */
export function sampleEntries(
  container: object,
  type: ContainerType,
  limit: number,
): { key: unknown; value: unknown }[] {
  const entries: { key: unknown; value: unknown }[] = [];
  if (type === 'Map') {
    const iterator = Reflect.apply(mapEntries, container, []);
    for (let step = next(mapIteratorNext, iterator); !step.done; step = next(mapIteratorNext, iterator)) {
      entries.push({ key: step.value[0], value: step.value[1] });
      if (entries.length >= limit) break;
    }
  } else if (type === 'Set') {
    const iterator = Reflect.apply(setValues, container, []);
    for (let step = next(setIteratorNext, iterator); !step.done; step = next(setIteratorNext, iterator)) {
      entries.push({ key: undefined, value: step.value });
      if (entries.length >= limit) break;
    }
  } else if (type === 'Array' && Array.isArray(container)) {
    for (let index = Math.max(0, container.length - limit); index < container.length; index += 1) {
      entries.push({ key: undefined, value: ownValue(container, String(index)) });
    }
  } else if (type === 'Object') {
    const keys = listingOf(container)?.keys ?? ownKeys(container);
    for (const key of keys.slice(-limit)) {
      entries.push({ key, value: ownValue(container, key) });
    }
  }
  return entries;
}

/** Likewise the keys of a Map that are objects. */
export function sampleKeys(map: object, limit: number): object[] {
  const size = containerSize(map, 'Map');
  const stride = size <= MAX_PASSED_THROUGH ? Math.max(1, Math.floor(size / limit)) : 1;
  const keys: object[] = [];
  let position = 0;
  const iterator = Reflect.apply(mapEntries, map, []);
  for (let step = next(mapIteratorNext, iterator); !step.done; step = next(mapIteratorNext, iterator)) {
    const [key] = step.value;
    // Keys are of one kind: strings at the beginning are strings throughout.
    if (position === 0 && (typeof key !== 'object' || key === null)) return keys;
    if (position++ % stride === 0 && typeof key === 'object' && key !== null) keys.push(key);
    if (keys.length >= limit) break;
  }
  return keys;
}

const MAX_PASSED_THROUGH = 20_000;

function next<Value>(step: (this: object) => IteratorResult<Value>, iterator: object): IteratorResult<Value> {
  return Reflect.apply(step, iterator, []);
}

/** All positions of a short list; of a long one a third from its beginning, two thirds from its end. */
function sampledIndexes(length: number, limit: number): number[] {
  if (length <= limit) return Array.from({ length }, (_, index) => index);
  const fromStart = Math.floor(limit / 3);
  return Array.from({ length: limit }, (_, index) => (index < fromStart ? index : length - limit + index));
}
