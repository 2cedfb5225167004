/** A function of a script whose URL is asked for by its text: where V8 has it, and how its text begins and ends. */
export type FunctionExcerpt = {
  /** V8's number of the script. */
  readonly scriptId: string;
  /** V8's place of the function, from 0: for most the `(` before the parameters. It lies within the text, seldom at its start. */
  readonly line: number;
  readonly column: number;
  /** The first and the last characters of the text; all of it where it is short. */
  readonly head: string;
  readonly tail: string;
  /** Characters of the whole text. */
  readonly length: number;
};

/** What the agent asks leakline, which reads files instead of the program. */
export type ScriptQuestion = {
  readonly excerpts: readonly FunctionExcerpt[];
  /** The CommonJS files that are loaded, in the order of their loading; absent where they were told before. */
  readonly loaded?: readonly string[];
  /** Something rewrote the files on their way into the program: the one with the same words is meant. */
  readonly rewritten?: true;
  /** When the program began, by the clock: what was written later may not be what runs. */
  readonly startedMs: number;
};

/** The answer to one excerpt. */
export type ScriptAnswer = {
  /** As V8 has it, `node:` in front of Node's own; `null` if no text has this function. */
  readonly url: string | null;
  /**
   * Another function of the script would make it surer: the text is short, or several files have it. Without a URL: it may be in a
   * file that was not read as it was loaded.
   */
  readonly unsure: boolean;
};
