/** A size right after a collection, with the load it was measured under. */
export type Point = { readonly timeMs: number; readonly bytes: number; readonly openConnections: number };
