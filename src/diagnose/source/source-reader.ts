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
  /** It is TypeScript, and, unless it is `rewritten`, runs with blanks in the place of its types, so that everything is where it stands. */
  readonly typed?: boolean;
  /**
   * Something made the text that V8 runs of this one as it was loaded (tsx, ts-node), and that text is on no disk: the map from its places
   * to those of this one as JSON text, `null` if none is known. Such a source has no other map.
   */
  readonly rewritten?: { readonly map: string | null };
  /**
   * The source map as JSON text, wherever it was found: a comment's data URL, the file a comment names, or a file
   * `<script>.map` that no comment names. `null` if there is none.
   */
  readonly map: string | null;
  /** Where the map's own text came from, since its sources are relative to it; absent if it lies beside the script. */
  readonly mapUrl?: string;
};
