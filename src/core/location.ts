/** A place in source the developer wrote. Line and column count from 1. */
export type SourceLocation = {
  /** Relative to the target's working directory where it lies below it. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly function: string | null;
  /** The npm package the file belongs to; `null` for the program's own code. */
  readonly package: string | null;
};

/** A place in a script as V8 knows it: before source maps. Line and column count from 0, as in the inspector protocol. */
export type ScriptLocation = {
  readonly url: string;
  readonly line: number;
  readonly column: number;
  readonly function: string | null;
};
