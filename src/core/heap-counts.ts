/** What V8 counted of one heap in a full collection: all that lives, which is what a snapshot has to write down. */
export type HeapCounts = {
  /** Live objects, V8's own included: the nodes of a snapshot, to within a percent of most heaps. */
  readonly objects: number;
  /** Of these, the ones JavaScript can hold: objects, functions, arrays, promises. In a snapshot they are the dear ones. */
  readonly receivers: number;
  /** Text as a snapshot keeps it: of each string at most the first 1,024 characters. At most this. */
  readonly textBytes: number;
  /**
   * Names that V8 makes for a snapshot and takes a kilobyte for each: of every place that the longest list has, every entry of
   * a WeakMap, every symbol and function. At most this: V8 does not say which lists hold nothing but numbers.
   */
  readonly madeNames: number;
  /** Places in the tables of WeakMaps, taken or free: an entry takes as long as many objects. */
  readonly weakPlaces: number;
  /** References from one object to another. */
  readonly references: number;
  /** For how long counting stopped the program. */
  readonly pauseMs: number;
};
