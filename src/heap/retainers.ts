import type { HeapGraph } from './heap-graph.ts';

/** The edges by where they lead: those into node `n` are `edges[first[n]]` up to `edges[first[n + 1]]`. */
export type Retainers = { readonly first: Uint32Array; readonly edges: Uint32Array };

/** All of them, weak ones too. 4 bytes an edge and 4 a node, and 4 more a node while it is built. */
export function retainersOf({ columns, nodeCount, edgeCount }: HeapGraph): Retainers {
  const { edgeTo } = columns;
  const first = new Uint32Array(nodeCount + 1);
  for (let edge = 0; edge < edgeCount; edge += 1) first[edgeTo[edge] + 1] += 1;
  for (let node = 0; node < nodeCount; node += 1) first[node + 1] += first[node];
  const next = first.slice(0, nodeCount);
  const edges = new Uint32Array(edgeCount);
  for (let edge = 0; edge < edgeCount; edge += 1) {
    const to = edgeTo[edge];
    edges[next[to]] = edge;
    next[to] += 1;
  }
  return { first, edges };
}
