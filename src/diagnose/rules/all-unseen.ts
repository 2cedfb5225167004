import { chainNeverCut } from './chain-never-cut.ts';
import { collectionOutOfSight } from './collection-out-of-sight.ts';
import { contextKeepsPredecessor } from './context-keeps-predecessor.ts';
import { finalizerKeepsTarget } from './finalizer-keeps-target.ts';
import { pendingPromise } from './pending-promise.ts';
import { raceAgainstEternalPromise } from './race-against-eternal-promise.ts';
import { recursivePromise } from './recursive-promise.ts';
import type { UnseenRule } from './unseen-rule.ts';

/** Those that need more of a coincidence to be wrong stand first: where two fit alike, the first explains. */
export const unseenRules: readonly UnseenRule[] = [
  finalizerKeepsTarget,
  raceAgainstEternalPromise,
  contextKeepsPredecessor,
  recursivePromise,
  chainNeverCut,
  pendingPromise,
  collectionOutOfSight,
];
