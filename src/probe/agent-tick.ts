import type { StallCost } from '../core/stall-account.ts';
import type { ProbeTick } from './probe.ts';

/** What the agent sends every second: the probe's numbers and what it has cost so far. */
export type AgentTick = ProbeTick & { readonly cost: AgentCost };

export type AgentCost = StallCost & { readonly forcedGcs: number };

/** What the agent is asked to watch with. */
export type WatchOptions = {
  readonly gc: 'auto' | 'natural' | 'forced';
  readonly maxPauseMs: number;
};

/** The answer to each tick. */
export type Acknowledgement = {
  /** Memory seems to rise, or the watch has just begun: floors may cost more than those of a mere watch. */
  readonly closer: boolean;
};
