import type { HeapTree, ReportFinding } from './schema.ts';

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
  /** The dominator tree, for who draws it; `null` where nobody asked for a page, since the names of what holds cost a walk. */
  readonly tree: HeapTree | null;
  /** DOM nodes that are out of the document and kept alive all the same, by class; those that retain most. Empty for Node. */
  readonly detached: readonly HeapClass[];
  /** What functions captured and nothing left uses; `null` where the file does not tell, as those of Node up to 26.10 and redacted ones. */
  readonly unusedVariables: HeapUnusedVariables | null;
};

/** By V8's own tables of which scope of a script's source uses which variable of which. */
export type HeapUnusedVariables = {
  /** How many variables, in how many contexts; `largest` has those that would release most. */
  readonly count: number;
  readonly contexts: number;
  /** What would go with all of them, each byte once. */
  readonly releasedBytes: number;
  /** One variable of the source each; those left out that something else holds too. */
  readonly largest: readonly HeapUnusedVariable[];
};

export type HeapUnusedVariable = {
  readonly name: string;
  /** The innermost function around its scope that is still known; `null` for a module's own variable, and for one of a function without a name. */
  readonly function: string | null;
  /** Where the script is from, without query and fragment; `null` for an evaluated text. */
  readonly script: string | null;
  /**
   * In the script as V8 runs it, before source maps; lines and columns count from 1. Of that function, or where `isWithin` of one that was
   * made in the scope; `null` where neither is left.
   */
  readonly position: { readonly line: number; readonly column: number; readonly isWithin: boolean } | null;
  /** V8 makes a context each time the scope is entered. */
  readonly contexts: number;
  /** What would go if the variable were cleared in all of them, each byte once. */
  readonly releasedBytes: number;
  /** The one that would release most, for `--path`. */
  readonly largest: { readonly contextId: number; readonly value: HeapHolder };
};

export type HeapClass = {
  readonly name: string;
  readonly count: number;
  readonly selfBytes: number;
  /** What its instances retain, each by itself; what one keeps inside another counts once. */
  readonly retainedBytes: number;
};

export type HeapHolder = {
  /** V8's id, the number behind the @ in DevTools. */
  readonly id: number;
  readonly type: string;
  readonly name: string;
  readonly selfBytes: number;
  readonly retainedBytes: number;
  /** Of a context, the function whose variables it holds, where V8 tells it. */
  readonly contextOf?: string;
  /** Of a number, where the file was written with numeric values. */
  readonly value?: string;
};

/** The shortest ways from the root to a node, or to those of a class that retain most. */
export type HeapPathAnswer = {
  readonly schema: 'leakline/heap-path@1';
  readonly file: string;
  readonly asked: string;
  /** How many nodes were meant; `paths` has at most three ways that differ. */
  readonly count: number;
  readonly paths: readonly {
    readonly node: HeapHolder;
    /** How many others are come by in the same way but for an index; of the thousand that retain most. */
    readonly alike: number;
    /** From the root down; null where nothing keeps the node alive. */
    readonly steps: readonly HeapStep[] | null;
  }[];
};

export type HeapStep = {
  readonly edge: { readonly type: string; readonly name: string | number };
  readonly node: HeapHolder;
};

export type HeapClassAnswer = HeapClass & {
  readonly schema: 'leakline/heap-class@1';
  readonly file: string;
  /** Those that retain most. */
  readonly instances: readonly HeapHolder[];
  /** Over which edge the shortest way to an instance comes, the most frequent first. */
  readonly heldBy: readonly HeapHeldBy[];
};

export type HeapHeldBy = { readonly className: string; readonly edge: string; readonly count: number };

/** The texts that take most, all strings of one text together. */
export type HeapStringsAnswer = {
  readonly schema: 'leakline/heap-strings@1';
  readonly file: string;
  readonly strings: readonly {
    readonly text: string;
    readonly count: number;
    readonly selfBytes: number;
    /** Who holds one of them. */
    readonly heldBy: HeapHeldBy | null;
  }[];
};

/** What grew from the first of several snapshots of one process to the last. */
export type HeapGrowthAnswer = {
  readonly schema: 'leakline/heap-growth@1';
  readonly files: readonly string[];
  /** By file. */
  readonly nodes: readonly number[];
  readonly selfBytes: readonly number[];
  /**
   * `id`: V8 counted the objects once for all files. `way`: it did not (an inspector session ended in between, as of each snapshot that
   * leakline takes; or the files are of two processes), so containers are matched by the way to them; then there are no `points`,
   * and `sharedNodes`, `newCount` and `newBytes` are 0.
   */
  readonly matchedBy: 'id' | 'way';
  /** Nodes that are in the first and in the last. */
  readonly sharedNodes: number;
  /** The classes whose own bytes grew most from the first to the last. */
  readonly classes: readonly {
    readonly name: string;
    /** By file. */
    readonly counts: readonly number[];
    readonly selfBytes: readonly number[];
    /** Whether the count rose from each file to the next. */
    readonly isSteady: boolean;
    /** In the last, those that were not in the first. */
    readonly newCount: number;
    readonly newBytes: number;
  }[];
  /** Of the class `Object`, by the properties of its objects, those whose own bytes grew most. */
  readonly shapes: readonly {
    /** `{ at, text }`; a property that only ever had numbers is not seen. */
    readonly name: string;
    /** By file. */
    readonly counts: readonly number[];
    readonly selfBytes: readonly number[];
  }[];
  /** What is kept alive in the last beyond the first. */
  readonly grownBytes: number;
  /** Of that, what no container accounts for that gained entries in each file. */
  readonly restBytes: number;
  /** In order of how much of the growth they explain, each byte counted once. */
  readonly findings: readonly HeapFinding[];
  /** Containers that gained in each file too, and explain too little to be the cause. */
  readonly heldBack: readonly HeapHeldBack[];
  /** What can't be told of these files, and why. */
  readonly notes: readonly string[];
  /** Nodes in both that retain more, where it accumulates; `path` leads to them from the root. */
  readonly points: readonly {
    readonly node: HeapHolder;
    readonly retainedBytesBefore: number;
    readonly path: readonly HeapStep[];
  }[];
};

/**
 * A finding as of a watch, with the same names. A snapshot has no clock, so what is per second there is `null` here, and `growth`
 * tells what each file adds.
 */
export type HeapFinding = Omit<ReportFinding, 'retained' | 'grows'> & {
  readonly retained: Omit<ReportFinding['retained'], 'growthPerSecond' | 'bytesPerSecond'> & {
    readonly growthPerSecond: null;
    readonly bytesPerSecond: null;
  };
  readonly grows:
    | (Omit<NonNullable<ReportFinding['grows']>, 'perSecondInEach'> & { readonly perSecondInEach: null })
    | null;
  readonly growth: {
    /** Entries of all containers of the finding together. */
    readonly entriesByFile: readonly number[];
    /** One number fewer than files. */
    readonly addedByStep: readonly number[];
    /** From the first file to the last, what is charged to it and to nothing else. */
    readonly bytes: number;
    /** Of all that grew, 0 to 1. */
    readonly share: number;
    readonly containers: number;
    /** V8's id of the one that gained most, for `--path`. */
    readonly id: number;
    /** What grows inside and ends with the same fix; its bytes are part of `bytes`, its entries are not counted above. */
    readonly with: readonly HeapHeldBack[];
  };
};

/** The way to containers without indices, keys and ids, and what they gained. */
export type HeapHeldBack = {
  readonly key: string;
  readonly addedByStep: readonly number[];
  readonly bytes: number;
  readonly share: number;
};

export type HeapAnswer =
  | HeapSummary
  | HeapPathAnswer
  | HeapClassAnswer
  | HeapStringsAnswer
  | HeapGrowthAnswer;
