import type { Heap } from '../heap/heap.ts';
import type { NodeOrdinal } from '../heap/heap-graph.ts';
import { type DominatorTwig, largestDominators } from '../heap/largest-dominators.ts';
import type { HeapTile, HeapTileStep, HeapTree } from '../report/schema.ts';

/** The dominator tree as far as a reader can see it: who keeps most alive, and what most of that is. */
export function heapTree(heap: Heap): HeapTree {
  const { retainedBytes, children } = largestDominators(heap, NODES_SHOWN);
  return { retainedBytes, tiles: children.map((twig) => tileOf(heap, twig)) };
}

/**
 * Where an object keeps nearly nothing but one other, as a Map its table and that table its entries, both are one tile: boxes in
 * boxes of the same size would show depth, which is nobody's question.
 */
function tileOf(heap: Heap, { run, retainedBytes, children }: DominatorTwig): HeapTile {
  const steps = stepsOf(heap, run);
  return {
    steps: steps.length <= STEPS_KEPT ? steps : [...steps.slice(0, STEPS_KEPT - 2), ...steps.slice(-2)],
    retainedBytes,
    selfBytes: run.reduce((bytes, node) => bytes + heap.node(node).selfBytes, 0),
    tiles: children.map((child) => tileOf(heap, child)),
  };
}

/** The links of a list have one name, so they are one step. */
function stepsOf(heap: Heap, run: readonly NodeOrdinal[]): HeapTileStep[] {
  const steps: HeapTileStep[] = [];
  for (const node of run) {
    const step = stepOf(heap, node);
    const last = steps.at(-1);
    if (last !== undefined && last.type === step.type && last.name === step.name && last.as === step.as)
      steps[steps.length - 1] = { ...last, count: last.count + 1 };
    else steps.push(step);
  }
  return steps;
}

function stepOf(heap: Heap, ordinal: NodeOrdinal): HeapTileStep {
  const { id, type, name } = heap.node(ordinal);
  return {
    id,
    count: 1,
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
/** A list whose links take turns in being called one thing and another has as many steps as links. */
const STEPS_KEPT = 12;
const NAME_LENGTH_MAX = 80;
