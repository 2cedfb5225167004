import type { Release } from '../../core/finding.ts';
import type { LeakCase } from '../leak-case.ts';

/** One kind of leak: how it is recognised, and what is to be said of it. */
export type Rule = {
  /** The finding's `kind`. Part of the report's contract. */
  readonly name: string;
  matches(leak: LeakCase): boolean;
  explain(leak: LeakCase): Explanation;
};

export type Explanation = {
  /** How well the facts fit the rule, 0 to 1. How well the source was read is weighed elsewhere. */
  readonly confidence: number;
  /** Why it grows, one sentence or two. */
  readonly why: string;
  readonly shouldBeReleased: Release | null;
};
