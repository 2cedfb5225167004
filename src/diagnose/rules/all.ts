import { asyncContextKept } from './async-context-kept.ts';
import { boundOutOfReach } from './bound-out-of-reach.ts';
import { bufferSlicePinning } from './buffer-slice-pinning.ts';
import { capturedPredecessor } from './captured-predecessor.ts';
import { closedResourceHeld } from './closed-resource-held.ts';
import { closureContext } from './closure-context.ts';
import { fillingToABound } from './filling-to-a-bound.ts';
import { listenerPileUp } from './listener-pile-up.ts';
import { moduleLevelLog } from './module-level-log.ts';
import { nestedCollection } from './nested-collection.ts';
import { pendingWaiters } from './pending-waiters.ts';
import type { Rule } from './rule.ts';
import { staticRegistry } from './static-registry.ts';
import { streamBacklog } from './stream-backlog.ts';
import { timerNeverCleared } from './timer-never-cleared.ts';
import { unboundedCache } from './unbounded-cache.ts';
import { unboundedCollection } from './unbounded-collection.ts';
import { worker } from './worker.ts';

/**
 * The first that matches explains: what speaks for innocence, then those that know the cause before those that know the
 * shape. Only a slice of a buffer comes before the bound that does not see it. The last one always matches.
 */
export const rules: readonly Rule[] = [
  bufferSlicePinning,
  fillingToABound,
  boundOutOfReach,
  asyncContextKept,
  timerNeverCleared,
  closedResourceHeld,
  worker,
  listenerPileUp,
  streamBacklog,
  pendingWaiters,
  closureContext,
  capturedPredecessor,
  nestedCollection,
  unboundedCache,
  staticRegistry,
  moduleLevelLog,
  unboundedCollection,
];
