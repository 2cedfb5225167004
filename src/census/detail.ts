import type { ContainerDetail, ContainerType, PathStep, TimerGroup, ZombieGroup } from '../core/census.ts';
import type { ScriptLocation } from '../core/location.ts';
import { AsyncStores } from './async-stores.ts';
import { capturesOf } from './captures.ts';
import { sampleCapturedChain } from './captured-chains.ts';
import { linksOf } from './chains.ts';
import { lifeOf } from './closed-state.ts';
import { estimateElement, type Hidden } from './element-bytes.ts';
import { hiddenOf } from './hidden.ts';
import { isEventTarget, listenerRoot, sampleListeners } from './event-targets.ts';
import type { CensusHost } from './host.ts';
import { constructorOf, containerSize, containerType, sampleElements } from './objects.ts';
import { OwnCaptures } from './own-captures.ts';
import { listingOf, ownKeys, ownValue } from './own-value.ts';
import { primitiveElements } from './primitive-elements.ts';
import { PrivateStates, UNASKED } from './private-state.ts';
import type { RawLocation, RawStep, Shape } from './shape-tree.ts';
import { promisesAmong } from './promises.ts';
import { listTimers } from './timers.ts';
import { viewedBytes } from './views.ts';

/**
 * A closer look at one container group of the last walk: the way to it with script locations, what is in it, which
 * resources it keeps that are over, and which armed timers keep the same things. One slice of some milliseconds; the
 * caller connects the scope reader. `null` if the containers are gone.
 */
export function lookCloser(host: CensusHost, shape: Shape): ContainerDetail | null {
  const tallied = shape.container;
  if (tallied === null) return null;
  const instances = alive(tallied.refs);
  const fullest = fullestOf(instances, tallied.type);
  if (fullest === undefined || !keepsItsKeys(fullest)) return null;
  const type = tallied.type === 'timers' ? 'Array' : tallied.type;
  const captured = tallied.capturedLink;
  const elements =
    captured === null
      ? sampleElements(fullest, type, ELEMENTS_LOOKED_AT)
      : sampleCapturedChain(fullest, captured, host.scopes);
  // Of closures that keep each other the oldest is where the measuring of the others ends.
  const own = captured === null || elements.length < 2 ? elements : elements.slice(1);
  const measured = tallied.type === 'timers' ? instances : own;
  // What is over may hang on the elements, or on what holds the container: a session with its history and its socket.
  const keepers = [...holdersOf(shape), ...standingFor(measured, tallied.size)];
  const zombies = findZombies(host, keepers);
  const promises = promisesAmong(elements, host.types, host.scopes);
  const views = viewedBytes(elements, host.types);
  const captures = capturesOf(host, elements);
  const measure = estimateElement(
    measured.slice(-MEASURED_ELEMENTS),
    host.types,
    captured === null ? hiddenOf(host) : without(hiddenOf(host), new Set(elements)),
    linksWithin(tallied.type, measured),
  );
  const primitive = measured.length === 0 ? primitiveElements(fullest, tallied.type, tallied.size) : null;
  const pends = promises !== null && promises.pending > 0;
  return {
    key: shape.key,
    type: tallied.type,
    instances: Math.round(tallied.instances),
    size: Math.round(tallied.size),
    steps: stepsTo(host, shape),
    elementType: primitive?.type ?? elementTypeOf(measured),
    ...(tallied.type === 'chain'
      ? { link: String(captured ?? linksOf(fullest, ownKeys(fullest))[0] ?? '') }
      : {}),
    ...(captured === null ? {} : { linkIsCaptured: true as const }),
    elementBytes: measure?.bytes ?? primitive?.bytes ?? null,
    // Who waits for a promise hangs on it where nothing can look.
    ...(pends || measure?.cut === true || primitive?.hasText === true ? { elementBytesAtLeast: true } : {}),
    ...(promises === null ? {} : { promises }),
    ...(views === null ? {} : { views }),
    ...(captures === null ? {} : { captures }),
    zombies: zombies.groups,
    timers: keepingTimers(
      host,
      new Set([...instances, ...keepers.map(({ object }) => object), ...zombies.objects]),
    ),
  };
}

/** Enough for a picture; a look has to stay below ten milliseconds. */
const ELEMENTS_LOOKED_AT = 32;
const MEASURED_ELEMENTS = 4;
const LISTENERS_READ_PER_PLACE = 3;
const TIMERS_LOOKED_INTO = 3;

/** An element that was looked at, and how many it stands for. */
type Keeper = { readonly object: object; readonly weight: number };

function standingFor(objects: readonly object[], total: number): Keeper[] {
  return objects.map((object) => ({ object, weight: Math.max(1, total / objects.length) }));
}

/** Of several containers at one place the one with the most in it: what grows is there, be the others of a request each. */
function fullestOf(instances: readonly object[], type: ContainerType): object | undefined {
  let fullest = instances.at(-1);
  // Of the others the size is no number that is there: the newest is as good as any.
  if (fullest === undefined || !['Map', 'Set', 'Array', 'listeners'].includes(type)) return fullest;
  let most = containerSize(fullest, type);
  for (const instance of instances) {
    const size = containerSize(instance, type);
    if (size > most) [fullest, most] = [instance, size];
  }
  return fullest;
}

/** Whether a dictionary that is not listed again still has nearly all of the keys it was seen with: no entries come and go. */
function keepsItsKeys(object: object): boolean {
  const keys = listingOf(object)?.keys ?? [];
  return keys.filter((key) => Object.hasOwn(object, key)).length >= keys.length * NEARLY_ALL;
}

const NEARLY_ALL = 0.9;

function alive(refs: readonly WeakRef<object>[]): object[] {
  return refs.map((ref) => ref.deref()).filter((object) => object !== undefined);
}

/** The elements of the collection nearest to the container on the way to it. */
function holdersOf(shape: Shape): Keeper[] {
  for (let step: Shape | null = shape; step !== null; step = step.parent) {
    const collection = step.parent?.container;
    if (step.step.kind !== 'element' || collection === undefined || collection === null) continue;
    const elements = alive(collection.refs)
      .slice(0, 2)
      .flatMap((instance) => sampleElements(instance, collection.type, ELEMENTS_LOOKED_AT));
    return standingFor(elements, collection.size);
  }
  return [];
}

/** A chain's nodes are measured each by itself: what the next one holds is the next one's. */
function linksWithin(type: ContainerType, nodes: readonly object[]): ReadonlySet<PropertyKey> {
  if (type !== 'chain') return NO_LINKS;
  return new Set(nodes.flatMap((node) => linksOf(node, ownKeys(node))));
}

function without(hiddenIn: Hidden, left: ReadonlySet<unknown>): Hidden {
  return (object) => {
    const values = hiddenIn(object);
    return values === null ? null : () => values().filter((value) => !left.has(value));
  };
}

const NO_LINKS: ReadonlySet<PropertyKey> = new Set();

function elementTypeOf(elements: readonly object[]): string {
  const countByName = new Map<string, number>();
  for (const element of elements) {
    const name = typeof element === 'function' ? 'Function' : constructorOf(element).name;
    countByName.set(name, (countByName.get(name) ?? 0) + 1);
  }
  const [most] = [...countByName].sort((a, b) => b[1] - a[1]);
  return most?.[0] ?? 'undefined';
}

type Zombies = { readonly groups: ZombieGroup[]; readonly objects: object[] };

function findZombies(host: CensusHost, keepers: readonly Keeper[]): Zombies {
  type Tally = {
    type: string;
    state: string;
    count: number;
    of: number;
    looked: number;
    /** Of this class, but it was not asked whether they are over. */
    unasked: number;
    emits: boolean;
    via: string;
    listeners: Map<string, ScriptLocation>;
  };
  const tallyByPlace = new Map<string, Tally>();
  const objects: object[] = [];
  const seen = new Set<object>();
  const privateStates = new PrivateStates(host);
  const look = (resource: object, weight: number, via: string): void => {
    if (seen.has(resource)) return;
    seen.add(resource);
    if (host.types.isProxy(resource)) return;
    const state = lifeOf(resource) ?? privateStates.lifeOf(resource);
    if (state === null) return;
    const type = constructorOf(resource).name;
    const place = `${type} ${via}`;
    const tallied = tallyByPlace.get(place) ?? {
      type,
      state: '',
      count: 0,
      of: 0,
      looked: 0,
      unasked: 0,
      emits: false,
      via,
      listeners: new Map(),
    };
    tallyByPlace.set(place, tallied);
    if (state === UNASKED) {
      tallied.unasked += weight;
      return;
    }
    tallied.of += weight;
    if (state === 'open') return;
    tallied.state = state;
    tallied.count += weight;
    objects.push(resource);
    tallied.emits ||= isEventTarget(resource) || ownValue(resource, '_events') !== undefined;
    tallied.looked += 1;
    if (tallied.looked > LISTENERS_READ_PER_PLACE) return;
    for (const location of closeListeners(host, resource, state)) {
      tallied.listeners.set(`${location.url}:${location.line}:${location.column}`, location);
    }
  };
  for (const { object, weight } of keepers) {
    if (typeof object === 'function' || host.types.isProxy(object)) continue;
    look(object, weight, '');
    for (const [name, value] of namedObjects(object)) look(value, weight, `.${name}`);
  }
  const groups = [...tallyByPlace.values()]
    .filter((tallied) => tallied.count > 0)
    // The resource nearest to the keeper first: its own socket before the socket inside that.
    .sort((a, b) => a.via.length - b.via.length || b.count - a.count)
    .map(({ type, state, count, of, unasked, emits, via, listeners }) => ({
      type,
      state,
      // Those that were not asked are over as often as those that were.
      count: Math.round(count * (1 + unasked / of)),
      of: Math.round(of + unasked),
      via,
      closeListeners: [...listeners.values()],
      ...(emits ? {} : { isSilent: true }),
    }));
  return { groups, objects };
}

function namedObjects(object: object): [string, object][] {
  const found: [string, object][] = [];
  if (Array.isArray(object) || ArrayBuffer.isView(object) || object === globalThis) return found;
  for (const key of ownKeys(object).slice(0, 64)) {
    const value = ownValue(object, key);
    if (typeof value === 'object' && value !== null) found.push([String(key), value]);
  }
  return found;
}

/** The functions that listen for its end, wherever they are written: whose they are is for the diagnosis to tell. */
function closeListeners(host: CensusHost, resource: object, state: string): ScriptLocation[] {
  const found: ScriptLocation[] = [];
  for (const listener of endListeners(host, resource, state)) {
    if (typeof listener !== 'function') continue;
    // `once` wraps the listener and keeps it under `listener`.
    const original = ownValue(listener, 'listener');
    const facts = host.scopes.readFunction(typeof original === 'function' ? original : listener);
    const location = facts === null ? null : resolve(host, facts.location);
    if (location !== null) found.push(location);
  }
  return found;
}

function endListeners(host: CensusHost, resource: object, state: string): object[] {
  if (state === 'aborted') {
    const root = listenerRoot(resource, 'abort');
    return root === null ? [] : sampleListeners(root, ELEMENTS_LOOKED_AT);
  }
  const events = ownValue(resource, '_events');
  if (typeof events !== 'object' || events === null) return [];
  return ['close', ...(END_EVENTS[state] ?? [])].flatMap((event): object[] => {
    const listeners = ownValue(events, event);
    if (typeof listeners === 'function') return [listeners];
    if (typeof listeners !== 'object' || listeners === null) return [];
    // A lone listener stands there by itself, more stand in an array of Node's.
    const isList = containerType(listeners, host.types) === 'Array';
    return isList ? sampleElements(listeners, 'Array', ELEMENTS_LOOKED_AT) : [];
  });
}

/** Beside `close`, by the state in which it is over. */
const END_EVENTS: Readonly<Record<string, readonly string[]>> = {
  exited: ['exit'],
  ended: ['end'],
  end: ['end'],
  finished: ['finish', 'end'],
};

/** Armed timers whose callback, or something one step from its variables, is among `kept`. */
function keepingTimers(host: CensusHost, kept: ReadonlySet<object>): TimerGroup[] {
  const groups: TimerGroup[] = [];
  for (const listing of listTimers(host)) {
    const facts = host.scopes.readFunction(listing.callback);
    if (facts === null || !host.scripts.isProgram(facts)) continue;
    const keeping = listing.samples
      .slice(0, TIMERS_LOOKED_INTO)
      .some((timer) => kept.has(timer) || timerKeeps(host, timer, kept));
    if (!keeping) continue;
    groups.push({
      repeat: listing.repeat,
      intervalMs: listing.intervalMs,
      count: listing.count,
      callback: resolve(host, facts.location),
    });
  }
  return groups;
}

function timerKeeps(host: CensusHost, timer: object, kept: ReadonlySet<object>): boolean {
  const callback = ownValue(timer, '_onTimeout');
  const captured: unknown[] = typeof callback === 'function' ? new OwnCaptures(host).of(callback) : [];
  const args = ownValue(timer, '_timerArgs');
  if (Array.isArray(args)) captured.push(...args);
  // What was begun in a context keeps that.
  const stores = new AsyncStores(host.types);
  stores.noteStoresOf(timer);
  captured.push(...stores.take().map(({ value }) => value));
  return captured.some((value) => {
    if (typeof value !== 'object' || value === null || host.types.isProxy(value)) return false;
    return kept.has(value) || namedObjects(value).some(([, inner]) => kept.has(inner));
  });
}

function stepsTo(host: CensusHost, shape: Shape): PathStep[] {
  const steps: PathStep[] = [];
  for (let at: Shape | null = shape; at !== null; at = at.parent) steps.unshift(toPathStep(host, at.step));
  return steps;
}

function toPathStep(host: CensusHost, step: RawStep): PathStep {
  switch (step.kind) {
    case 'variable':
      return { ...step, function: step.function === null ? null : resolve(host, step.function) };
    case 'timer':
      return {
        kind: 'timer',
        repeat: step.repeat,
        callback: step.callback === null ? null : resolve(host, step.callback),
      };
    case 'property': {
      const constructor = step.constructorRef?.deref();
      const facts = constructor === undefined ? null : host.scopes.readFunction(constructor);
      return {
        kind: 'property',
        name: step.name,
        owner: step.owner,
        ownerLocation: facts === null ? null : resolve(host, facts.location),
        private: step.private,
      };
    }
    case 'element':
      return { kind: 'element', of: step.of, size: step.size };
    default:
      return step;
  }
}

function resolve(host: CensusHost, location: RawLocation): ScriptLocation | null {
  const url = host.scripts.url(location.scriptId);
  if (url === null) return null;
  return { url, line: location.line, column: location.column, function: location.function };
}
