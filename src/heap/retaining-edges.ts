import type { SnapshotColumns } from './columns.ts';
import type { HeapGraph } from './heap-graph.ts';

/**
 * Which edges keep alive what they lead to: 1 by edge, 0 for those that don't.
 *
 * Left out, as Chrome DevTools does: weak edges; shortcuts, which only repeat another edge under a better name, except
 * those of the root; and of each WeakMap entry the edge that the table has. Such an entry is written twice, from its
 * key and from its table. Counting both would make every WeakMap a co-owner of its values, so the key's edge stays.
 */
export function retainingEdges({ columns, edgeCount, firstEdgeByOrdinal }: HeapGraph): Uint8Array {
  const { edgeTypes, edgeType, edgeNameOrIndex, nodeId, strings } = columns;
  const retains = new Uint8Array(edgeCount);
  const kindByType = Uint8Array.from({ length: 256 }, (_, type) => kindOf(edgeTypes[type]));
  const kindByName = new Uint8Array(strings.count);
  const tableIdByName = new Map<number, number>();
  // Hot: once per edge.
  for (let edge = 0; edge < edgeCount; edge += 1) {
    const kind = kindByType[edgeType[edge]];
    if (kind !== MAY_BE_PAIR) {
      retains[edge] = kind;
      continue;
    }
    const name = edgeNameOrIndex[edge];
    if (kindByName[name] === 0) kindByName[name] = lookAtName(columns, name, tableIdByName);
    const isTable =
      kindByName[name] === MAY_BE_PAIR &&
      tableIdByName.get(name) === nodeId[ownerOf(edge, firstEdgeByOrdinal)];
    retains[edge] = isTable ? 0 : 1;
  }
  const shortcut = edgeTypes.indexOf('shortcut');
  for (let edge = 0; edge < firstEdgeByOrdinal[1]; edge += 1) {
    if (edgeType[edge] === shortcut) retains[edge] = 1;
  }
  return retains;
}

const RETAINS = 1;
const MAY_BE_PAIR = 2;

function kindOf(type: string | undefined): number {
  if (type === 'weak' || type === 'shortcut') return 0;
  return type === 'internal' ? MAY_BE_PAIR : RETAINS;
}

function lookAtName({ strings }: SnapshotColumns, name: number, tableIdByName: Map<number, number>): number {
  const first = strings.firstByte(name);
  const tableId = first < 0x30 || first > 0x39 ? null : weakMapTableId(strings.at(name));
  if (tableId === null) return RETAINS;
  tableIdByName.set(name, tableId);
  return MAY_BE_PAIR;
}

/** V8 names both edges of an entry `7 / part of key (Key @11) -> value (Value @13) pair in WeakMap (table @17)`. */
function weakMapTableId(name: string): number | null {
  // Looked at from its end: the names of key and value in the middle are the program's.
  const match = / pair in WeakMap \(table @(\d+)\)$/.exec(name);
  return match !== null && name.includes(' / part of key (') ? Number(match[1]) : null;
}

/** The node whose edge it is. */
function ownerOf(edge: number, firstEdgeByOrdinal: Uint32Array): number {
  let low = 0;
  let high = firstEdgeByOrdinal.length - 2;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (firstEdgeByOrdinal[middle] <= edge) low = middle;
    else high = middle - 1;
  }
  return low;
}
