import { CLOSED_FLAGS, isStreamOver } from '../core/closed-flags.ts';
import { constructorOf } from './objects.ts';
import { isReadable, ownValue, prototypeOf } from './own-value.ts';

/**
 * Whether an object is a resource that is over: a closed socket, a destroyed stream, an aborted signal, a worker that
 * has exited. Read from its own data properties alone, so no getter and no code of the program runs; `null` for what is
 * open or no resource.
 */
export function closedState(object: object): string | null {
  const life = lifeOf(object);
  return life === 'open' ? null : life;
}

/** Whether it is a resource at all, open or over: for `7 of 12 are closed`. */
export function isResource(object: object): boolean {
  return lifeOf(object) !== null;
}

/** Likewise by its private fields, `#` included in the names: `#closed = true`, `#state = 'cancelled'`. */
export function privateLife(fields: ReadonlyMap<string, unknown>): Life {
  const flags = PRIVATE_FLAGS.filter((name) => typeof fields.get(name) === 'boolean');
  const closed = flags.find((name) => fields.get(name) === true);
  if (closed !== undefined) return closed.slice(1);
  const states = PRIVATE_STATES.map((name) => fields.get(name)).filter((state) => typeof state === 'string');
  if (flags.length + states.length === 0) return null;
  return states.find((state) => ENDED_STATES.has(state)) ?? 'open';
}

/** Whether the text of a class has one of those fields: only then is it worth the question. */
export function hasPrivateLife(source: string): boolean {
  return /#(?:aborted|cancelled|closed|destroyed|disposed|ended|readyState|state|status)\b/.test(source);
}

const PRIVATE_FLAGS = ['#aborted', '#cancelled', '#closed', '#destroyed', '#disposed', '#ended'];
const PRIVATE_STATES = ['#readyState', '#state', '#status'];

/** `null` for what is no resource; else `open`, or the state in which it is over. */
export type Life = string | null;

/** Both in one. */
export function lifeOf(object: object): Life {
  // A timer's `_destroyed` says that it has fired.
  if (!isReadable(object) || hasOwn(object, '_onTimeout')) return null;
  const symbols = symbolsOf(object);
  for (const kind of KINDS) {
    const life = kind(object, symbols);
    if (life !== null) return life;
  }
  return null;
}

/**
 * Node's own fields stand under symbols of instances. Plain objects are not asked: listing the symbols of one with a
 * million keys takes as long as listing all of these.
 */
function symbolsOf(object: object): readonly symbol[] {
  const prototype = prototypeOf(object);
  return prototype === null || prototype === Object.prototype ? [] : Object.getOwnPropertySymbols(object);
}

/** The first that knows the object answers; the general ones stand last. All that they read is the same in Node 20 to 26. */
const KINDS: readonly ((object: object, symbols: readonly symbol[]) => Life)[] = [
  webSocket,
  abortSignal,
  worker,
  childProcess,
  server,
  datagramSocket,
  http2Session,
  outgoingMessage,
  incomingMessage,
  stream,
  watcher,
  fileHandle,
  flagged,
  client,
];

/** The WebSocket interface's numbers, used by every implementation of it (WHATWG: 2 CLOSING, 3 CLOSED). */
function webSocket(object: object): Life {
  const state =
    ownNumber(object, '_readyState') ??
    (hasOwn(object, 'protocol') ? ownNumber(object, 'readyState') : undefined);
  if (state === undefined) return null;
  return state === 3 ? 'CLOSED' : 'open';
}

function abortSignal(object: object, symbols: readonly symbol[]): Life {
  const aborted = underSymbol(object, symbols, 'kAborted');
  return typeof aborted === 'boolean' ? either(aborted, 'aborted') : null;
}

function worker(object: object, symbols: readonly symbol[]): Life {
  if (underSymbol(object, symbols, 'kPublicPort') === undefined) return null;
  return either(underSymbol(object, symbols, 'kHandle') === null, 'exited');
}

function childProcess(object: object): Life {
  if (!hasOwn(object, 'spawnfile') || !hasOwn(object, 'exitCode') || !hasOwn(object, 'signalCode'))
    return null;
  // A program that could not be started has a negative code.
  const exited =
    ownNumber(object, 'exitCode') !== undefined || typeof ownValue(object, 'signalCode') === 'string';
  return either(exited, 'exited');
}

/** It has no handle before it listens either, but then no key yet. */
function server(object: object): Life {
  if (!hasOwn(object, '_listeningId') || !hasOwn(object, '_handle')) return null;
  const listened = typeof ownValue(object, '_connectionKey') === 'string';
  return either(listened && ownValue(object, '_handle') === null, 'closed');
}

function datagramSocket(object: object, symbols: readonly symbol[]): Life {
  const state = underSymbol(object, symbols, 'state symbol');
  if (!isObject(state) || !hasOwn(state, 'handle')) return null;
  return either(ownValue(state, 'handle') === null, 'closed');
}

function http2Session(object: object, symbols: readonly symbol[]): Life {
  if (underSymbol(object, symbols, 'kNativeFields') === undefined) return null;
  return either(underSymbol(object, symbols, 'socket') === undefined, 'destroyed');
}

/** A response of a server, a request of a client. `finished` alone says only that `end` was called. */
function outgoingMessage(object: object): Life {
  if (!hasOwn(object, '_header') || !hasOwn(object, 'finished') || !hasOwn(object, '_closed')) return null;
  const over = ownValue(object, 'destroyed') === true || ownValue(object, '_closed') === true;
  return either(over, ownValue(object, 'finished') === true ? 'finished' : 'destroyed');
}

/**
 * A request of a server, or a response to a client. A server's counts as destroyed as soon as its body is read, long before
 * it is answered: it is over when its connection has gone on to another exchange, or is gone itself.
 */
function incomingMessage(object: object): Life {
  if (!hasOwn(object, 'httpVersionMajor') || !hasOwn(object, '_readableState')) return null;
  const isRead = stream(object) !== 'open';
  const finished = ownValue(object, 'complete') === true ? 'finished' : 'aborted';
  const isResponse = ownNumber(object, 'statusCode') !== undefined;
  if (isResponse) return either(isRead, finished);
  const socket = ownValue(object, 'socket');
  if (!isObject(socket)) return either(isRead, finished);
  if (stream(socket) === 'destroyed') return finished;
  const answer = ownValue(socket, '_httpMessage');
  const isBeingAnswered = isObject(answer) && ownValue(answer, 'req') === object;
  return either(isRead && !isBeingAnswered, finished);
}

/**
 * Node keeps a stream's flags as bits under a symbol; copies of its streams from npm (readable-stream) have a property for
 * each. Both halves of a duplex are destroyed together.
 */
function stream(object: object): Life {
  if (!hasOwn(object, '_readableState') && !hasOwn(object, '_writableState')) return null;
  const isDestroyed = ['_readableState', '_writableState'].some((name) => {
    const state = ownValue(object, name);
    if (!isObject(state)) return false;
    const bits = underSymbol(state, symbolsOf(state), 'kState');
    if (typeof bits === 'number') return isStreamOver(bits);
    return ownValue(state, 'destroyed') === true || ownValue(state, 'closed') === true;
  });
  return either(isDestroyed, 'destroyed');
}

function watcher(object: object): Life {
  if (!hasOwn(object, '_handle') || !WATCHERS.has(constructorOf(object).name)) return null;
  return either(ownValue(object, '_handle') === null, 'closed');
}

const WATCHERS: ReadonlySet<string> = new Set(['FSWatcher', 'StatWatcher']);

function fileHandle(object: object, symbols: readonly symbol[]): Life {
  const descriptor = underSymbol(object, symbols, 'kFd');
  return typeof descriptor === 'number' ? either(descriptor < 0, 'closed') : null;
}

/** What says of itself that it is over, whoever made it. */
function flagged(object: object): Life {
  let isOpen = false;
  for (const [name, state] of CLOSED_FLAGS) {
    const flag = ownValue(object, name);
    if (flag === true) return state;
    isOpen ||= flag === false;
  }
  return isOpen ? 'open' : null;
}

/**
 * Clients of databases and the like, by the words in use among them (`_ending` of pg, `status: 'end'` of ioredis). The
 * same words stand on records of all kinds, so it must also be something one ends, or that tells of its end.
 */
function client(object: object): Life {
  const flags = ENDED_FLAGS.map((name) => ownValue(object, name)).filter((flag) => typeof flag === 'boolean');
  const states = STATE_NAMES.map((name) => ownValue(object, name)).filter(
    (state) => typeof state === 'string',
  );
  if (flags.length + states.length === 0) return null;
  if (!isObject(ownValue(object, '_events')) && !hasEndingMethod(object)) return null;
  if (flags.includes(true)) return 'ended';
  return states.find((state) => ENDED_STATES.has(state)) ?? 'open';
}

const ENDED_FLAGS = ['ended', '_ended', '_ending', '_closing', 'isClosed', '_isClosed'];
const STATE_NAMES = ['readyState', '_readyState', 'status', 'state', '_state'];
const ENDED_STATES: ReadonlySet<string> = new Set([
  'aborted',
  'cancelled',
  'canceled',
  'closed',
  'CLOSED',
  'end',
  'ended',
  'destroyed',
  'disconnected',
]);
const ENDING_METHODS = ['close', 'end', 'quit', 'disconnect', 'destroy'];
const MAX_PROTOTYPES = 5;

function hasEndingMethod(object: object): boolean {
  let prototype = prototypeOf(object);
  for (let depth = 0; depth < MAX_PROTOTYPES && prototype !== null; depth += 1) {
    const methods = prototype;
    if (ENDING_METHODS.some((name) => typeof ownValue(methods, name) === 'function')) return true;
    prototype = prototypeOf(prototype);
  }
  return false;
}

function either(over: boolean, state: string): Life {
  return over ? state : 'open';
}

/** Of a symbol that Node or a library keeps to itself, by its name; `undefined` without one. */
function underSymbol(object: object, symbols: readonly symbol[], name: string): unknown {
  const wanted = `Symbol(${name})`;
  const symbol = symbols.find((one) => String(one) === wanted);
  return symbol === undefined ? undefined : ownValue(object, symbol);
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
