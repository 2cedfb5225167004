/**
 * Where source text comes from. `diagnose` reads no files: the session hands it a reader, a test hands it a drawing.
 */
export type SourceReader = {
  /**
   * The script V8 runs under this URL, or `null` if it can't be had any more. A URL is `file:///app/dist/server.js`
   * or, for CommonJS, a plain path. A package.json is asked for by its path in the same way.
   */
  read(url: string): Promise<ScriptSource | null>;
};

export type ScriptSource = {
  readonly code: string;
  /** It is TypeScript, and runs with blanks in the place of its types, so that everything is where it stands. */
  readonly typed?: boolean;
  /**
   * The source map as JSON text, wherever it was found: a comment's data URL, the file a comment names, or a file
   * `<script>.map` that no comment names. `null` if there is none.
   */
  readonly map: string | null;
  /** Where the map's own text came from, since its sources are relative to it; absent if it lies beside the script. */
  readonly mapUrl?: string;
};
