import type { Holder, Release, Site } from '../../core/finding.ts';
import type { FunctionAt } from '../source/function-at.ts';
import type { Script, Scripts } from '../source/script.ts';
import type { AnyNode } from '../source/syntax.ts';

/**
 * One kind of holder that no walk of the heap can see, recognised in the text of a function whose allocations stay.
 *
 * Closures of promises, registries, contexts and their like show nothing of themselves to JavaScript. What grows is
 * known from V8's samples, what the text says there is known from the sources; that the one keeps the other is the rule's
 * conclusion, and its confidence says so.
 */
export type UnseenRule = {
  /** The finding's `kind`. Part of the report's contract. */
  readonly name: string;
  causesIn(place: FunctionAt, facts: UnseenFacts): Promise<UnseenCause[]>;
};

export type UnseenFacts = {
  readonly scripts: Scripts;
  /** Those that the growing stacks run through. */
  readonly known: readonly Script[];
  /** The functions on the growing stacks: they ran again and again while the window was open. */
  readonly running: readonly FunctionAt[];
  /** Async functions that were seen to go on after an `await`. */
  readonly resumed: ReadonlySet<AnyNode>;
  readonly workingDirectory: string;
};

export type UnseenCause = {
  readonly holder: Holder;
  readonly addedAt: Site;
  readonly place: FunctionAt;
  /** The builtins whose own allocations stay where this is at work: `race`, `register`. */
  readonly marks: readonly string[];
  /** The text alone says too little: one of `marks` must have been seen. */
  readonly needsMark?: boolean;
  /** Names of the functions whose results it keeps. */
  readonly sources: readonly string[];
  /** Whether it keeps all that hangs on what is put in, wherever that was made. */
  readonly keepsAll: boolean;
  readonly confidence: number;
  readonly why: string;
  readonly shouldBeReleased: Release | null;
};
