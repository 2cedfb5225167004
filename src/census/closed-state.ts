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
 * Node keeps a stream's flags in its state objects: as a boolean `destroyed` up to Node 20.9, since then as bits of
 * `state` (`kDestroyed = 1 << 3` in readable.js, `1 << 5` … moved between versions). The socket's own `_handle`,
 * `null` once it is closed, has not moved: a connection that had one and lost it is over.
 */
function streamState(object: object): string | null {
  const readable = ownValue(object, '_readableState');
  const writable = ownValue(object, '_writableState');
  if (!isObject(readable) && !isObject(writable)) return null;
  for (const state of [readable, writable]) {
    if (isObject(state) && ownValue(state, 'destroyed') === true) return 'destroyed';
  }
  if (hasOwn(object, '_handle') && hasOwn(object, '_host') && ownValue(object, '_handle') === null) {
    return ownValue(object, 'connecting') === true ? null : 'destroyed';
  }
  return null;
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
