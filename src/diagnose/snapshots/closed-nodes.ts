import type { ZombieGroup } from '../../core/census.ts';
import { CLOSED_FLAGS, isStreamOver } from '../../core/closed-flags.ts';
import type { ScriptLocation } from '../../core/location.ts';
import type { Heap } from '../../heap/heap.ts';
import type { NodeOrdinal } from '../../heap/heap-graph.ts';
import type { SnapshotScripts } from './snapshot-scripts.ts';

/**
 * Closed resources among what a container holds, and what its entries hold by a property: `7 WebSockets are CLOSED`. Flags that are
 * true or false can be read off every snapshot; states that are numbers (a WebSocket's `readyState`, the bits of Node's streams)
 * only off one that was written with numeric values.
 */
export function closedNodes(
  heap: Heap,
  entries: readonly NodeOrdinal[],
  scripts: SnapshotScripts,
): readonly ZombieGroup[] {
  const tallies = new Map<string, Tally>();
  const seen = new Set<NodeOrdinal>();
  const look = (node: NodeOrdinal, via: string): void => {
    if (seen.has(node)) return;
    seen.add(node);
    const life = lifeOf(heap, node);
    if (life === null) return;
    const type = heap.className(node);
    const key = `${type} ${via}`;
    const tally = tallies.get(key) ?? {
      type,
      via,
      of: 0,
      state: '',
      count: 0,
      listeners: new Map(),
      emits: false,
    };
    tallies.set(key, tally);
    tally.of += 1;
    if (life === 'open') return;
    tally.count += 1;
    tally.state = life;
    const events = property(heap, node, '_events');
    tally.emits ||= events !== null;
    const own = events === null ? [] : closeListeners(heap, events, scripts);
    for (const one of own) tally.listeners.set(`${one.url}:${one.line}:${one.column}`, one);
  };
  for (const entry of entries) {
    look(entry, '');
    for (const { type, name, to } of heap.edges(entry)) {
      if (type === 'property' && name !== '__proto__') look(to, `.${name}`);
      // What a listener or callback captures.
      if (type !== 'internal' || name !== 'context') continue;
      for (const variable of heap.edges(to))
        if (variable.type === 'context') look(variable.to, `.${variable.name}`);
    }
  }
  return [...tallies.values()]
    .filter(({ count }) => count > 0)
    .map(({ listeners, emits, ...tally }) => ({
      ...tally,
      closeListeners: [...listeners.values()],
      isSilent: !emits,
    }));
}

/** Whether the snapshot was written with its numbers: `v8.writeHeapSnapshot(file, { exposeNumericValues: true })`. */
export function showsNumbers(heap: Heap): boolean {
  for (const node of heap.instancesOf('(number)')) if (numberOf(heap, node) !== null) return true;
  return false;
}

type Tally = {
  readonly type: string;
  readonly via: string;
  state: string;
  count: number;
  of: number;
  emits: boolean;
  readonly listeners: Map<string, ScriptLocation>;
};

/** `null` for what is no resource as far as the file shows; else `open`, or the state in which it is over. */
function lifeOf(heap: Heap, node: NodeOrdinal): string | null {
  if (heap.node(node).type !== 'object') return null;
  const fields = new Map<string, NodeOrdinal>();
  for (const { type, name, to } of heap.edges(node)) if (type === 'property') fields.set(String(name), to);
  // A timer's `_destroyed` says that it has fired.
  if (fields.has('_onTimeout')) return null;
  const readyState =
    fields.get('_readyState') ?? (fields.has('protocol') ? fields.get('readyState') : undefined);
  const number = readyState === undefined ? null : numberOf(heap, readyState);
  // The WebSocket interface's numbers, used by every implementation of it (WHATWG: 2 CLOSING, 3 CLOSED).
  if (number !== null) return number === 3 ? 'CLOSED' : 'open';
  const aborted = fields.get('<symbol kAborted>');
  if (aborted !== undefined) return flag(heap, aborted) === true ? 'aborted' : 'open';
  const streams = ['_readableState', '_writableState'].flatMap((name) => fields.get(name) ?? []);
  if (streams.length > 0) return streams.some((state) => hasStreamEnded(heap, state)) ? 'destroyed' : 'open';
  let isOpen = false;
  for (const [name, state] of CLOSED_FLAGS) {
    const field = fields.get(name);
    const value = field === undefined ? null : flag(heap, field);
    if (value === true) return state;
    isOpen ||= value === false;
  }
  return isOpen ? 'open' : null;
}

/** Node keeps a stream's flags as bits under a symbol; copies of its streams from npm have a property for each. */
function hasStreamEnded(heap: Heap, state: NodeOrdinal): boolean {
  const bits = property(heap, state, '<symbol kState>') ?? property(heap, state, 'state');
  const number = bits === null ? null : numberOf(heap, bits);
  if (number !== null) return isStreamOver(number);
  return ['destroyed', 'closed'].some((name) => {
    const field = property(heap, state, name);
    return field !== null && flag(heap, field) === true;
  });
}

function property(heap: Heap, node: NodeOrdinal, name: string): NodeOrdinal | null {
  for (const edge of heap.edges(node)) if (edge.type === 'property' && edge.name === name) return edge.to;
  return null;
}

/** V8 writes a number's text beside its node, if it was asked for numbers. */
function numberOf(heap: Heap, node: NodeOrdinal): number | null {
  if (heap.node(node).type !== 'number') return null;
  for (const { name, to } of heap.edges(node)) {
    if (name !== 'value') continue;
    const value = Number(heap.node(to).name);
    return Number.isNaN(value) ? null : value;
  }
  return null;
}

/** `true` and `false` are nodes of their own, with their texts beside them; older versions of V8 give them no other name. */
function flag(heap: Heap, node: NodeOrdinal): boolean | null {
  const { type } = heap.node(node);
  if (type !== 'hidden') return null;
  for (const { type: edge, to } of heap.edges(node)) {
    const { name } = heap.node(to);
    if (edge !== 'internal' && edge !== 'hidden') continue;
    if (name === 'true') return true;
    if (name === 'false') return false;
  }
  return null;
}

/** The program's own listeners for the end of it. */
function closeListeners(heap: Heap, events: NodeOrdinal, scripts: SnapshotScripts): ScriptLocation[] {
  const close = property(heap, events, 'close');
  if (close === null) return [];
  const listeners = heap.node(close).type === 'closure' ? [close] : [...heap.entries(close)];
  return listeners
    .map((listener) => scripts.locationOf(listener))
    .filter((location) => location !== null && !location.url.startsWith('node:'))
    .filter((location) => location !== null);
}
