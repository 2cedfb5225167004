import { finderById, NOT_THERE } from './finder-by-id.ts';
import type { HeapGraph } from './heap-graph.ts';

/**
 * Whether the ids of two snapshots mean the same objects. A name is for as long as its object lives, so of a thousand ids that are in
 * both nearly all have the same type and name; where V8 counted anew they meet by chance.
 */
export function isOneNumbering(before: HeapGraph, after: HeapGraph): boolean {
  const find = finderById(before.columns.nodeId);
  const every = Math.max(1, Math.floor(after.nodeCount / LOOKED_AT));
  let shared = 0;
  let same = 0;
  for (let node = 0; node < after.nodeCount; node += every) {
    const earlier = find(after.columns.nodeId[node]);
    if (earlier === NOT_THERE) continue;
    shared += 1;
    if (kindOf(before, earlier) === kindOf(after, node)) same += 1;
  }
  return same >= shared * NEARLY_ALL;
}

const LOOKED_AT = 2000;
const NEARLY_ALL = 0.8;

function kindOf({ columns }: HeapGraph, node: number): string {
  return `${columns.nodeTypes[columns.nodeType[node]]} ${columns.strings.at(columns.nodeName[node]).slice(0, NAME_LENGTH)}`;
}

const NAME_LENGTH = 100;
