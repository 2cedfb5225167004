import type { HeapGraph } from './heap-graph.ts';

/**
 * Which edges keep alive what they lead to: 1 by edge, 0 for those that don't.
 *
 * Left out, as Chrome DevTools does: weak edges; shortcuts, which only repeat another edge under a better name, except
 * those of the root; and of each WeakMap entry the edge that the table has. Such an entry is written twice, from its
 * key and from its table. Counting both would make every WeakMap a co-owner of its values, so the key's edge stays.
 */
export function retainingEdges({ columns, nodeCount, edgeCount, firstEdgeByOrdinal }: HeapGraph): Uint8Array {
  const { edgeTypes, edgeType, edgeNameOrIndex, nodeId, strings } = columns;
  const weak = edgeTypes.indexOf('weak');
  const shortcut = edgeTypes.indexOf('shortcut');
  const internal = edgeTypes.indexOf('internal');
  const tableIdByName = new Map<number, number | null>();
  const retains = new Uint8Array(edgeCount);
  for (let node = 0; node < nodeCount; node += 1) {
    const end = firstEdgeByOrdinal[node + 1] ?? 0;
    for (let edge = firstEdgeByOrdinal[node] ?? 0; edge < end; edge += 1) {
      const type = edgeType[edge];
      if (type === weak || (type === shortcut && node !== 0)) continue;
      if (type === internal) {
        const name = edgeNameOrIndex[edge] ?? 0;
        let tableId = tableIdByName.get(name);
        if (tableId === undefined) {
          tableId = weakMapTableId(strings[name] ?? '');
          tableIdByName.set(name, tableId);
        }
        if (tableId !== null && tableId === nodeId[node]) continue;
      }
      retains[edge] = 1;
    }
  }
  return retains;
}

/** V8 names both edges of an entry `7 / part of key (Key @11) -> value (Value @13) pair in WeakMap (table @17)`. */
function weakMapTableId(name: string): number | null {
  // Looked at from its end: the names of key and value in the middle are the program's.
  const match = / pair in WeakMap \(table @(\d+)\)$/.exec(name);
  return match !== null && name.includes(' / part of key (') ? Number(match[1]) : null;
}
