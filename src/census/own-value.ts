/**
 * Reading an object without running a line of the program: own data properties only, and nothing of a proxy, whose
 * traps would be the program's code. Node's check for proxies comes with the census; the agent imports nothing.
 */
export function ownValue(object: object, name: PropertyKey): unknown {
  if (isProxy(object)) return undefined;
  const descriptor = Object.getOwnPropertyDescriptor(object, name);
  return descriptor !== undefined && 'value' in descriptor ? descriptor.value : undefined;
}

/** `null` for a proxy, as for an object that has none. */
export function prototypeOf(object: object): object | null {
  return isProxy(object) ? null : (Object.getPrototypeOf(object) as object | null);
}

export function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

export function isReadable(object: object): boolean {
  return !isProxy(object);
}

/**
 * All own keys. Listing them is one indivisible step of 0.3 s a million, so what had very many is not listed again: then,
 * as for a proxy, there are none.
 */
export function ownKeys(object: object): readonly PropertyKey[] {
  if (isProxy(object) || listings.has(object)) return [];
  const keys = Reflect.ownKeys(object);
  if (keys.length > MAX_KEYS_LISTED) listings.set(object, { size: keys.length, keys: someOf(keys) });
  return keys;
}

/** What is known of an object that had too many keys to be listed again. */
export type Listing = {
  readonly size: number;
  /** A few of the oldest and of the newest. */
  readonly keys: readonly PropertyKey[];
};

/** `undefined` for an object that can be listed, or that never was. */
export function listingOf(object: object): Listing | undefined {
  return listings.get(object);
}

export const MAX_KEYS_LISTED = 100_000;

/** Weak: it keeps nothing alive. */
const listings = new WeakMap<object, Listing>();

function someOf(keys: readonly PropertyKey[]): PropertyKey[] {
  return [...keys.slice(0, 8), ...keys.slice(-24)];
}

let isProxy: (value: unknown) => boolean = () => false;

/** Call once, with `util.types.isProxy`, before anything is read. */
export function useProxyCheck(check: (value: unknown) => boolean): void {
  isProxy = check;
}
