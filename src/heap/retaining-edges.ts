import type { HeapGraph } from './heap-graph.ts';
import type { StringTable } from './string-table.ts';

/**
 * Which edges keep alive what they lead to: 1 by edge, 0 for those that don't.
 *
 * Left out, as Chrome DevTools does: weak edges; shortcuts, which only repeat another edge under a better name, except
 * those of the root; and of each WeakMap entry the edge that the table has. Such an entry is written twice, from its
 * key and from its table. Counting both would make every WeakMap a co-owner of its values, so the key's edge stays.
 */
export function retainingEdges(graph: HeapGraph): Uint8Array {
  const { columns, edgeCount, firstEdgeByOrdinal } = graph;
  const { edgeTypes, edgeType, strings } = columns;
  const retains = new Uint8Array(edgeCount);
  const retainsByType = Uint8Array.from({ length: 256 }, (_, type) =>
    Number(edgeTypes[type] !== 'weak' && edgeTypes[type] !== 'shortcut'),
  );
  translate(edgeType, retainsByType, retains);
  const shortcut = edgeTypes.indexOf('shortcut');
  for (let edge = 0; edge < firstEdgeByOrdinal[1]; edge += 1) {
    if (edgeType[edge] === shortcut) retains[edge] = 1;
  }
  const tableIdByName = weakMapTables(strings);
  if (tableIdByName.size > 0) leaveOutEntries(graph, tableIdByName, retains);
  return retains;
}

/** Hot: once per edge. */
function translate(from: Uint8Array, table: Uint8Array, to: Uint8Array): void {
  for (let at = 0; at < to.length; at += 1) to[at] = table[from[at]];
}

function leaveOutEntries(
  { columns, nodeCount, firstEdgeByOrdinal }: HeapGraph,
  tableIdByName: ReadonlyMap<number, number>,
  retains: Uint8Array,
): void {
  const { edgeTypes, edgeType, edgeNameOrIndex, nodeId } = columns;
  const internal = edgeTypes.indexOf('internal');
  const tableIds = new Set(tableIdByName.values());
  // A part of an id is enough to pass over nearly all nodes.
  const mayBeTable = new Uint8Array(ID_PART + 1);
  for (const id of tableIds) mayBeTable[(id >>> 1) & ID_PART] = 1;
  for (
    let node = nextMarked(mayBeTable, 0, nodeId);
    node < nodeCount;
    node = nextMarked(mayBeTable, node + 1, nodeId)
  ) {
    const id = nodeId[node];
    if (!tableIds.has(id)) continue;
    const end = firstEdgeByOrdinal[node + 1];
    for (let edge = firstEdgeByOrdinal[node]; edge < end; edge += 1) {
      if (edgeType[edge] === internal && tableIdByName.get(edgeNameOrIndex[edge]) === id) retains[edge] = 0;
    }
  }
}

/** Hot: once per node. */
function nextMarked(mark: Uint8Array, from: number, ids: Uint32Array): number {
  let at = from;
  while (at < ids.length && mark[(ids[at] >>> 1) & ID_PART] === 0) at += 1;
  return at;
}

/** The names that tell of a WeakMap's entry, with the id of its table. */
function weakMapTables(strings: StringTable): Map<number, number> {
  const tableIdByName = new Map<number, number>();
  for (let name = 0; name < strings.count; name += 1) {
    if (strings.byteLength(name) < PAIR_BYTES_MIN) continue;
    const first = strings.firstByte(name);
    if (first < DIGIT_0 || first > DIGIT_9) continue;
    const tableId = weakMapTableId(strings.at(name));
    if (tableId !== null) tableIdByName.set(name, tableId);
  }
  return tableIdByName;
}

/** V8 names both edges of an entry `7 / part of key (Key @11) -> value (Value @13) pair in WeakMap (table @17)`. */
function weakMapTableId(name: string): number | null {
  // Looked at from its end: the names of key and value in the middle are the program's.
  const match = / pair in WeakMap \(table @(\d+)\)$/.exec(name);
  return match !== null && name.includes(' / part of key (') ? Number(match[1]) : null;
}

/** Of an id, which V8 makes odd; so many bytes lie in a core's nearest cache. */
const ID_PART = 0x3f_ff;
/** The shortest such name; most that begin with a digit are far shorter. */
const PAIR_BYTES_MIN = '1 / part of key ( @1) -> value ( @3) pair in WeakMap (table @5)'.length;
const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;
