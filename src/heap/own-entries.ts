import type { HeapGraph } from './heap-graph.ts';
import type { StringTable } from './string-table.ts';

/** By ordinal. */
export type OwnEntries = {
  /** 0 for what is no object, and for what is empty. */
  readonly counts: Uint32Array;
  /** 1 for what is there to have entries: arrays, Maps and Sets, and plain objects with so many properties that these are keys. */
  readonly isCollection: Uint8Array;
};

/**
 * How many entries each object has of its own: the elements of an array, the entries of a Map or Set, the properties
 * of anything else.
 *
 * Counted is what the file shows. V8 writes an edge for an object or a text, and for a number only where it was asked for numeric
 * values; so an array of numbers has no entries here, and a Map of numbers to objects as many as it has objects.
 * 5 bytes a node and one a string while it counts.
 */
export function ownEntries(graph: HeapGraph): OwnEntries {
  const { nodeCount, firstEdgeByOrdinal, columns } = graph;
  const { nodeType, nodeTypes, nodeName, edgeType, edgeTypes, edgeNameOrIndex, edgeTo, strings } = columns;
  const object = nodeTypes.indexOf('object');
  const [property, element, internal] = ['property', 'element', 'internal'].map((type) =>
    edgeTypes.indexOf(type),
  );
  const kind = nameKinds(strings);
  const slots = new Slots(graph);
  const counts = new Uint32Array(nodeCount);
  const isCollection = new Uint8Array(nodeCount);
  for (let node = 0; node < nodeCount; node += 1) {
    if (nodeType[node] !== object) continue;
    const end = firstEdgeByOrdinal[node + 1];
    let elements = 0;
    let properties = 0;
    let inTable = NO_TABLE;
    // Hot: once per edge of an object.
    for (let edge = firstEdgeByOrdinal[node]; edge < end; edge += 1) {
      const type = edgeType[edge];
      if (type === element) elements += 1;
      else if (type === property) properties += kind[edgeNameOrIndex[edge]] === PROTO ? 0 : 1;
      else if (type === internal && kind[edgeNameOrIndex[edge]] === TABLE)
        inTable = slots.entriesOf(edgeTo[edge]);
    }
    // What else hangs on a Map or an array (Node's `warned` on a list of listeners) is no entry of it.
    const isArray = kind[nodeName[node]] === ARRAY;
    if (inTable !== NO_TABLE) counts[node] = inTable;
    else counts[node] = isArray ? elements : elements + properties;
    const isDictionary = properties >= KEYS_LEAST && kind[nodeName[node]] === OBJECT;
    if (inTable !== NO_TABLE || isArray || elements > 0 || isDictionary) isCollection[node] = 1;
  }
  return { counts, isCollection };
}

/** Hardly an object that is written down has so many properties. */
const KEYS_LEAST = 33;

/**
 * What an object's own entries lead to, with the edge that does: of a Map its values, or its keys where the values are nothing
 * that has a node.
 */
export function* entryTargets(graph: HeapGraph, node: number): Generator<number> {
  const { firstEdgeByOrdinal, columns } = graph;
  const { nodeName, edgeType, edgeTypes, edgeNameOrIndex, edgeTo, strings } = columns;
  const isArray = strings.at(nodeName[node]) === 'Array';
  const others: number[] = [];
  for (let edge = firstEdgeByOrdinal[node]; edge < firstEdgeByOrdinal[node + 1]; edge += 1) {
    const type = edgeTypes[edgeType[edge]];
    const name = type === 'property' || type === 'internal' ? strings.at(edgeNameOrIndex[edge]) : '';
    if (type === 'internal' && name === 'table') {
      yield* new Slots(graph).valuesOf(edgeTo[edge]);
      return;
    }
    if (type === 'element' || (type === 'property' && !isArray && name !== '__proto__'))
      others.push(edgeTo[edge]);
  }
  yield* others;
}

/**
 * The table behind a Map or Set. Its edges are named by the slot they stand in; an entry's slots follow one another (a key, a
 * value), and between entries is one that leads nowhere: the number of the next entry of the same hash. So the entries are the runs
 * of consecutive slots, however the table is laid out.
 */
class Slots {
  readonly #graph: HeapGraph;
  readonly #internal: number;
  /** V8's mark for an entry that was deleted; some versions write an edge to it. */
  readonly #isHole: (node: number) => boolean;

  constructor(graph: HeapGraph) {
    this.#graph = graph;
    const { edgeTypes, nodeTypes, nodeType, nodeName, strings } = graph.columns;
    const hidden = nodeTypes.indexOf('hidden');
    this.#internal = edgeTypes.indexOf('internal');
    const isHoleName = new Map<number, boolean>();
    this.#isHole = (node) => {
      if (nodeType[node] !== hidden) return false;
      const name = nodeName[node];
      const known = isHoleName.get(name) ?? strings.at(name) === 'system / Hole';
      isHoleName.set(name, known);
      return known;
    };
  }

  entriesOf(table: number): number {
    const { firstEdgeByOrdinal, columns } = this.#graph;
    const { edgeType, edgeNameOrIndex, edgeTo, strings } = columns;
    let count = 0;
    let last = -2;
    // Hot: once per edge of a table.
    for (let edge = firstEdgeByOrdinal[table]; edge < firstEdgeByOrdinal[table + 1]; edge += 1) {
      if (edgeType[edge] !== this.#internal) continue;
      const slot = strings.digitsAt(edgeNameOrIndex[edge]);
      if (slot < 0 && strings.firstByte(edgeNameOrIndex[edge]) === HIDDEN)
        return this.#hiddenIn(table).length;
      if (slot < 0 || this.#isHole(edgeTo[edge])) continue;
      if (slot !== last + 1) count += 1;
      last = slot;
    }
    return count;
  }

  /** The last of each run: a Map's value, a Set's member. */
  *valuesOf(table: number): Generator<number> {
    const { firstEdgeByOrdinal, columns } = this.#graph;
    const { edgeType, edgeNameOrIndex, edgeTo, strings } = columns;
    let last = -2;
    let value = -1;
    for (let edge = firstEdgeByOrdinal[table]; edge < firstEdgeByOrdinal[table + 1]; edge += 1) {
      if (edgeType[edge] !== this.#internal) continue;
      const slot = strings.digitsAt(edgeNameOrIndex[edge]);
      if (slot < 0 && strings.firstByte(edgeNameOrIndex[edge]) === HIDDEN) {
        yield* this.#hiddenIn(table);
        return;
      }
      if (slot < 0 || this.#isHole(edgeTo[edge])) continue;
      if (slot !== last + 1 && value >= 0) yield value;
      value = edgeTo[edge];
      last = slot;
    }
    if (value >= 0) yield value;
  }

  /**
   * Of a redacted snapshot, which hides the slots. Where each second one is of another kind than the one before (texts and
   * sessions), they are keys and values; else each counts as an entry.
   */
  #hiddenIn(table: number): number[] {
    const { firstEdgeByOrdinal, columns } = this.#graph;
    const { edgeType, edgeNameOrIndex, edgeTo, strings } = columns;
    const targets: number[] = [];
    for (let edge = firstEdgeByOrdinal[table]; edge < firstEdgeByOrdinal[table + 1]; edge += 1) {
      const isSlot = edgeType[edge] === this.#internal && strings.firstByte(edgeNameOrIndex[edge]) === HIDDEN;
      if (isSlot && !this.#isHole(edgeTo[edge])) targets.push(edgeTo[edge]);
    }
    const [first] = targets;
    if (first === undefined || targets.length % 2 === 1) return targets;
    const key = this.#kindOf(first);
    const isPaired = targets.every((target, at) => (this.#kindOf(target) === key) === (at % 2 === 0));
    return isPaired ? targets.filter((_, at) => at % 2 === 1) : targets;
  }

  #kindOf(node: number): string | number {
    const { nodeType, nodeTypes, nodeName } = this.#graph.columns;
    const type = nodeTypes[nodeType[node]];
    if (type === 'object') return nodeName[node];
    return type.endsWith('string') ? 'string' : type;
  }
}

/** With this begins what `leakline snapshot` does not show. */
const HIDDEN = 0x7e;
const PROTO = 1;
const TABLE = 2;
const ARRAY = 3;
const OBJECT = 4;
const NO_TABLE = -1;

/** Which strings are the names that count, looked at by their length first. */
function nameKinds(strings: StringTable): Uint8Array {
  const kinds = new Uint8Array(strings.count);
  for (let at = 0; at < strings.count; at += 1) {
    const length = strings.byteLength(at);
    if (length === '__proto__'.length && strings.at(at) === '__proto__') kinds[at] = PROTO;
    else if (length === 'Object'.length && strings.at(at) === 'Object') kinds[at] = OBJECT;
    else if (length === 'table'.length) {
      const name = strings.at(at);
      if (name === 'table') kinds[at] = TABLE;
      else if (name === 'Array') kinds[at] = ARRAY;
    }
  }
  return kinds;
}
