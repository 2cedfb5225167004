import { type HeapGraph, type NodeOrdinal, nodeName, nodeSelfBytes, nodeType } from './heap-graph.ts';

export type ClassTotal = { readonly name: string; readonly count: number; readonly selfBytes: number };

/** Every class of the heap with its instances, the largest by self size first. */
export function classTotals(graph: HeapGraph): ClassTotal[] {
  const totalByClass = new Map<string, { name: string; count: number; selfBytes: number }>();
  for (let at = 0; at < graph.nodeCount; at += 1) {
    const node = at as NodeOrdinal;
    const name = className(graph, node);
    let total = totalByClass.get(name);
    if (total === undefined) totalByClass.set(name, (total = { name, count: 0, selfBytes: 0 }));
    total.count += 1;
    total.selfBytes += nodeSelfBytes(graph, node);
  }
  return [...totalByClass.values()].sort((a, b) => b.selfBytes - a.selfBytes || b.count - a.count);
}

/** The constructor's name; what has none goes by its kind in brackets: `(string)`, `(closure)`, `(array)`. */
export function className(graph: HeapGraph, node: NodeOrdinal): string {
  const type = nodeType(graph, node);
  return type === 'object' || type === 'native' ? nodeName(graph, node) : `(${type})`;
}

/** The nodes that keep the most alive, largest first. The roots V8 makes up are no objects, so they are left out. */
export function largestRetained(graph: HeapGraph, retained: Float64Array, limit: number): NodeOrdinal[] {
  const largest: NodeOrdinal[] = [];
  let smallest = 0;
  for (let at = 0; at < graph.nodeCount; at += 1) {
    const bytes = retained[at] ?? 0;
    if (bytes <= smallest && (bytes === 0 || largest.length === limit)) continue;
    const node = at as NodeOrdinal;
    if (nodeType(graph, node) === 'synthetic') continue;
    const above = largest.findIndex((other) => (retained[other] ?? 0) < bytes);
    largest.splice(above < 0 ? largest.length : above, 0, node);
    if (largest.length > limit) largest.pop();
    smallest = largest.length === limit ? (retained[largest[limit - 1] ?? 0] ?? 0) : 0;
  }
  return largest;
}
