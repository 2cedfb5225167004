/** One heap snapshot in figures: how much there is, of what, and who keeps the most of it alive. */
export type HeapSummary = {
  readonly schema: 'leakline/heap-summary@1';
  readonly file: string;
  readonly nodes: number;
  readonly edges: number;
  readonly selfBytes: number;
  /** What no retaining edge reaches: weakly held, or garbage that was still there. Part of the figures above. */
  readonly unretained: { readonly nodes: number; readonly selfBytes: number };
  /** How many classes there are; `classes` has the largest by self size. */
  readonly classCount: number;
  readonly classes: readonly HeapClass[];
  /** The nodes that keep the most alive, those V8 makes up as roots left out. One may be inside another. */
  readonly largest: readonly HeapHolder[];
};

export type HeapClass = { readonly name: string; readonly count: number; readonly selfBytes: number };

export type HeapHolder = {
  /** V8's id, the number behind the @ in DevTools. */
  readonly id: number;
  readonly type: string;
  readonly name: string;
  readonly selfBytes: number;
  readonly retainedBytes: number;
};
