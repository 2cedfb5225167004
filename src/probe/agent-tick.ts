import type { StallCost } from '../core/stall-account.ts';
import type { ProbeTick } from './probe.ts';

/** What the agent sends every second: the probe's numbers and what it has cost so far. */
export type AgentTick = ProbeTick & { readonly cost: AgentCost };

export type AgentCost = StallCost & { readonly forcedGcs: number };

/** What the agent is asked to watch with. */
export type WatchOptions = {
  readonly gc: 'auto' | 'natural' | 'forced';
  readonly maxPauseMs: number;
  /** Not where address space is limited: a collection is started by asking for 72 MiB of it. */
  readonly startGc: boolean;
};

/** Why an agent leaves a program that goes on; the last it says. */
export type WhyLeft = 'too costly' | 'unheard' | 'faults';

/** The answer to each tick. */
export type Acknowledgement = {
  /** Somebody waits for a first verdict, or memory seems to rise: floors may cost more than those of a mere watch. */
  readonly closer: boolean;
  /** Memory seems to rise: each collection is worth being told of. */
  readonly rises: boolean;
};
