import type { SnapshotColumns } from './columns.ts';
import type { HeapGraph, NodeOrdinal } from './heap-graph.ts';
import { NO_EDGE, ownerOf } from './heap-graph.ts';

/**
 * By ordinal, the edge over which a breadth-first walk first came to the node, so that following owners from any node is one of
 * its shortest ways from the root; `NO_EDGE` for the root and for what nothing keeps alive.
 *
 * What the program can name comes first: the walk begins at the global objects, to which the root's shortcuts lead, and only what
 * they don't reach is looked for among V8's own roots, as DevTools does. The stack comes last: whoever writes a snapshot is in the
 * middle of something, and that a function has a thing at hand says nothing of who keeps it. 4 bytes a node, and 4 more while it walks.
 */
export function shortestPaths(
  { columns, nodeCount, firstEdgeByOrdinal }: HeapGraph,
  retains: Uint8Array,
): Uint32Array {
  const { edgeTo, edgeType, edgeTypes } = columns;
  const edgeByOrdinal = new Uint32Array(nodeCount).fill(NO_EDGE);
  const queue = new Uint32Array(nodeCount);
  const late = stackRoots(columns);
  for (const node of late) edgeByOrdinal[node] = LATE;
  const shortcut = edgeTypes.indexOf('shortcut');
  let queued = 0;
  for (let edge = 0; edge < firstEdgeByOrdinal[1]; edge += 1) {
    const to = edgeTo[edge];
    if (edgeType[edge] !== shortcut || to === 0 || edgeByOrdinal[to] !== NO_EDGE) continue;
    edgeByOrdinal[to] = edge;
    queue[queued] = to;
    queued += 1;
  }
  let done = 0;
  let firstOfRoots = 0;
  for (let stage = 0; stage < 3; stage += 1) {
    if (stage === 1) {
      firstOfRoots = queued;
      queue[queued] = 0;
      queued += 1;
    }
    if (stage === 2) {
      if (late.length === 0) break;
      // They hang near the root, which was the first of the last stage.
      const reached = queued;
      for (let at = 0; at < reached; at += 1) {
        const node = queue[(at + firstOfRoots) % reached];
        for (let edge = firstEdgeByOrdinal[node]; edge < firstEdgeByOrdinal[node + 1]; edge += 1) {
          const to = edgeTo[edge];
          if (retains[edge] === 0 || edgeByOrdinal[to] !== LATE) continue;
          edgeByOrdinal[to] = edge;
          queue[queued] = to;
          queued += 1;
        }
        if (queued === reached + late.length) break;
      }
      for (const node of late) if (edgeByOrdinal[node] === LATE) edgeByOrdinal[node] = NO_EDGE;
    }
    // Hot: once per edge.
    while (done < queued) {
      const node = queue[done];
      done += 1;
      const end = firstEdgeByOrdinal[node + 1];
      for (let edge = firstEdgeByOrdinal[node]; edge < end; edge += 1) {
        const to = edgeTo[edge];
        if (retains[edge] === 0 || to === 0 || edgeByOrdinal[to] !== NO_EDGE) continue;
        edgeByOrdinal[to] = edge;
        queue[queued] = to;
        queued += 1;
      }
    }
  }
  return edgeByOrdinal;
}

/** What V8 calls the roots it finds on the stack and in the handles of running code. */
function stackRoots({ nodeType, nodeTypes, nodeName, strings }: SnapshotColumns): number[] {
  const synthetic = nodeTypes.indexOf('synthetic');
  const found: number[] = [];
  for (let node = 1; node < nodeType.length; node += 1) {
    if (nodeType[node] !== synthetic) continue;
    const name = strings.at(nodeName[node]);
    if (name === '(Stack roots)' || name === '(Handle scope)') found.push(node);
  }
  return found;
}

/** Stands for "not before the last stage". */
const LATE = NO_EDGE - 1;

/** The edges from the root to the node, the root's first; null for what nothing keeps alive. */
export function pathTo(
  { firstEdgeByOrdinal }: HeapGraph,
  edgeByOrdinal: Uint32Array,
  node: NodeOrdinal,
): number[] | null {
  const edges: number[] = [];
  for (let at: number = node; at !== 0; ) {
    const edge = edgeByOrdinal[at];
    if (edge === NO_EDGE) return null;
    edges.push(edge);
    at = ownerOf(edge, firstEdgeByOrdinal);
  }
  return edges.reverse();
}
