import { isReadable, ownValue } from './own-value.ts';

/**
 * Whether an object is a resource that is over: a closed socket, a destroyed stream, an aborted signal. Read from its
 * own data properties alone, so no getter and no code of the program runs; `null` for what is open or no resource.
 */
export function closedState(object: object): string | null {
  const readyState = ownNumber(object, '_readyState') ?? ownNumber(object, 'readyState');
  // The WebSocket interface's numbers, used by every implementation of it (WHATWG: 2 CLOSING, 3 CLOSED).
  if (readyState === 3 && looksLikeWebSocket(object)) return 'CLOSED';
  if (ownValue(object, 'destroyed') === true || ownValue(object, '_destroyed') === true) {
    return isTimer(object) ? null : 'destroyed';
  }
  const stream = streamState(object);
  if (stream !== null) return stream;
  if (ownValue(object, 'closed') === true || ownValue(object, '_closed') === true) return 'closed';
  return null;
}

/** Whether it is a resource at all, open or over: for `7 of 12 are closed`. */
export function isResource(object: object): boolean {
  return (
    looksLikeWebSocket(object) ||
    ownValue(object, '_writableState') !== undefined ||
    ownValue(object, '_readableState') !== undefined ||
    closedState(object) !== null
  );
}

function looksLikeWebSocket(object: object): boolean {
  return (
    ownNumber(object, '_readyState') !== undefined ||
    (ownNumber(object, 'readyState') !== undefined && hasOwn(object, 'protocol'))
  );
}

/**
 * Node 20 and later keep a stream's flags as bits under a symbol, and the bits have moved between versions. What has not
 * moved is a socket's handle: `Symbol(kHandle)`, `null` once the connection is closed. A socket that never had one is
 * still connecting.
 */
function streamState(object: object): string | null {
  if (!hasOwn(object, '_readableState') && !hasOwn(object, '_writableState')) return null;
  for (const name of ['_readableState', '_writableState']) {
    const state = ownValue(object, name);
    if (isObject(state) && ownValue(state, 'destroyed') === true) return 'destroyed';
  }
  const handle = Object.getOwnPropertySymbols(object).find((symbol) => symbol.description === 'kHandle');
  if (handle === undefined || ownValue(object, handle) !== null) return null;
  return ownValue(object, 'connecting') === true ? null : 'destroyed';
}

function isTimer(object: object): boolean {
  return hasOwn(object, '_onTimeout');
}

function ownNumber(object: object, name: string): number | undefined {
  const value = ownValue(object, name);
  return typeof value === 'number' ? value : undefined;
}

function hasOwn(object: object, name: string): boolean {
  return isReadable(object) && Object.getOwnPropertyDescriptor(object, name) !== undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
