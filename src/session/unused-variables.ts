import type { Heap } from '../heap/heap.ts';
import type { NodeOrdinal } from '../heap/heap-graph.ts';
import type { UnusedByName } from '../heap/unused-variables.ts';
import type { HeapHolder, HeapUnusedVariable, HeapUnusedVariables } from '../report/heap-summary.ts';
import { withoutQuery } from './snapshot-words.ts';

/** The captured variables that nothing left uses and whose end would release most; null where the file does not tell. */
export function heapUnusedVariables(
  heap: Heap,
  holder: (node: NodeOrdinal) => HeapHolder,
): HeapUnusedVariables | null {
  const found = heap.unusedVariables(VARIABLES_SHOWN);
  if (!found.isKnown) return null;
  const { count, contexts, releasedBytes, byName } = found;
  return {
    count,
    contexts,
    releasedBytes,
    largest: byName.filter((one) => one.releasedBytes > 0).map((one) => unusedVariable(heap, one, holder)),
  };
}

function unusedVariable(
  heap: Heap,
  { name, scope, contexts, releasedBytes, largest }: UnusedByName,
  holder: (node: NodeOrdinal) => HeapHolder,
): HeapUnusedVariable {
  const { functionName, url, placedBy, isPlacedWithin } = scope;
  const place = placedBy === null ? null : heap.location(placedBy);
  return {
    name: name.slice(0, NAME_LENGTH_MAX),
    function: functionName?.slice(0, NAME_LENGTH_MAX) ?? null,
    script: url === null ? null : withoutQuery(url).slice(0, URL_LENGTH_MAX),
    position:
      place === null ? null : { line: place.line + 1, column: place.column + 1, isWithin: isPlacedWithin },
    contexts,
    releasedBytes,
    largest: { contextId: heap.node(largest.context).id, value: holder(largest.value) },
  };
}

const VARIABLES_SHOWN = 10;
const NAME_LENGTH_MAX = 200;
const URL_LENGTH_MAX = 1000;
