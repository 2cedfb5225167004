import type { Heap } from '../heap/heap.ts';
import type { NodeOrdinal } from '../heap/heap-graph.ts';
import { type DominatorTwig, largestDominators } from '../heap/largest-dominators.ts';
import type { HeapTile, HeapTileStep, HeapTree } from '../report/schema.ts';

/** The dominator tree as far as a reader can see it: who keeps most alive, and what most of that is. */
export function heapTree(heap: Heap): HeapTree {
  const { retainedBytes, children } = largestDominators(heap, NODES_SHOWN);
  return { retainedBytes, tiles: children.flatMap((twig) => tileOf(heap, twig) ?? []) };
}

/**
 * Where an object keeps nearly nothing but one other, as a Map its table and that table its entries, both are one tile: boxes in
 * boxes of the same size would show depth, which is nobody's question.
 */
function tileOf(heap: Heap, twig: DominatorTwig): HeapTile | null {
  const steps: HeapTileStep[] = [];
  let selfBytes = 0;
  let innermost = twig;
  for (;;) {
    const { node, children } = innermost;
    if (node === null) return null;
    steps.push(stepOf(heap, node));
    selfBytes += heap.node(node).selfBytes;
    const [only, ...others] = children;
    if (only === undefined || others.length > 0) break;
    if (only.retainedBytes < NEARLY_ALL * innermost.retainedBytes) break;
    innermost = only;
  }
  return {
    steps,
    retainedBytes: twig.retainedBytes,
    selfBytes,
    tiles: innermost.children.flatMap((child) => tileOf(heap, child) ?? []),
  };
}

function stepOf(heap: Heap, ordinal: NodeOrdinal): HeapTileStep {
  const { id, type, name } = heap.node(ordinal);
  return {
    id,
    type,
    name: isText(type) ? `(${type})` : name.slice(0, NAME_LENGTH_MAX),
    as: nameFor(heap, ordinal),
  };
}

/** The name of a text is the text itself, and the page is for handing on. */
function isText(type: string): boolean {
  return TEXT_TYPES.has(type);
}

const TEXT_TYPES = new Set([
  'string',
  'concatenated string',
  'sliced string',
  'regexp',
  'symbol',
  'bigint',
  'number',
]);

/** The variable or property that holds it; a property that is no identifier is a key, and keys are data. */
function nameFor(heap: Heap, ordinal: NodeOrdinal): string | null {
  const edge = heap.holder(ordinal);
  if (edge === null || (edge.type !== 'property' && edge.type !== 'context')) return null;
  const name = String(edge.name);
  return IDENTIFIER.test(name) ? name : null;
}

const IDENTIFIER = /^[\p{L}_$#][\p{L}\p{N}_$]{0,39}$/u;
const NODES_SHOWN = 200;
const NEARLY_ALL = 0.95;
const NAME_LENGTH_MAX = 80;
