import { closedResourceHeld } from './closed-resource-held.ts';
import { fillingToABound } from './filling-to-a-bound.ts';
import { listenerPileUp } from './listener-pile-up.ts';
import { moduleLevelLog } from './module-level-log.ts';
import { nestedCollection } from './nested-collection.ts';
import { pendingWaiters } from './pending-waiters.ts';
import type { Rule } from './rule.ts';
import { timerNeverCleared } from './timer-never-cleared.ts';
import { unboundedCache } from './unbounded-cache.ts';
import { unboundedCollection } from './unbounded-collection.ts';

/**
 * The first that matches explains: what speaks for innocence, then those that know the cause before those that know the shape. The last one
 * always does.
 */
export const rules: readonly Rule[] = [
  fillingToABound,
  timerNeverCleared,
  closedResourceHeld,
  listenerPileUp,
  pendingWaiters,
  nestedCollection,
  unboundedCache,
  moduleLevelLog,
  unboundedCollection,
];
