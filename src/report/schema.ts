/**
 * The answer as a versioned document, which other programs rely on: fields are added, never renamed.
 * What can't be known is `null`, never left out and never guessed. This file imports nothing, so that it can
 * be copied into a program that reads reports.
 */
export type Report = IsolateReport & {
  readonly schema: 'leakline/report@1';
  readonly leakline: string;
  /** `null` where a judged log tells no time of day. */
  readonly startedAt: string | null;
  /** The other isolates that were watched, of this process and of those it has forked; the document itself is about the one that tells most. */
  readonly isolates: readonly IsolateReport[];
  /** The heap snapshot that a watch with `--snapshot auto` took, or why it took none; `null` where it was not asked for or not needed. */
  readonly snapshot: ReportSnapshot | null;
  /** What the reader must know to trust the answer: blind spots, a census that was cut short. */
  readonly notes: readonly string[];
};

/** What is known of one isolate: the main thread of a process, or one of its worker threads. */
export type IsolateReport = {
  readonly durationMs: number;
  readonly target: {
    /** `null` where a judged log does not tell it; so are the next two. */
    readonly pid: number | null;
    readonly node: string | null;
    readonly command: string | null;
    /** `main` or `worker:3`; of a judged log what tells this isolate from the others, `null` where nothing does. */
    readonly isolate: string | null;
    /** What the developer calls the worker, or the script of a forked process; `null` if it has no name. */
    readonly name: string | null;
    readonly limits: {
      readonly heapBytes: number | null;
      readonly containerBytes: number | null;
      /** What `ulimit -v` or `-d` leaves to resident memory. */
      readonly rlimitBytes: number | null;
      /** The lowest of the limits: where the process dies. */
      readonly effectiveBytes: number | null;
      readonly which: 'heap' | 'container' | 'rlimit' | null;
    };
    /** How the process ended while it was watched; `null` while it lives. */
    readonly exit: {
      readonly code: number | null;
      readonly signal: string | null;
      readonly atMs: number;
    } | null;
  };
  /** The log that was judged; `null` for a process that was watched. */
  readonly source: {
    readonly file: string;
    readonly format: 'gc-trace' | 'json' | 'csv' | 'text' | 'prometheus';
    /** Lines that are not empty, of the whole file, whatever process they tell of. */
    readonly lines: number;
    readonly linesUsed: number;
    /** Lines that look like a measurement and could not be read. */
    readonly linesUnreadable: number;
  } | null;
  readonly verdict: {
    readonly kind: 'leaking' | 'steady' | 'inconclusive';
    readonly space: 'heap' | 'external' | 'native' | null;
    readonly decidedAtMs: number | null;
    readonly reason: string;
    /** How much longer to watch before an answer can be expected. */
    readonly watchMoreMs: number | null;
    /** Memory that fills towards an end below the limit; `null` where none can be foreseen. */
    readonly filling: {
      /** The part of the expected growth that has come, 0 to 1. */
      readonly share: number;
      readonly expectedBytes: number;
      /** Of `expectedBytes`, at 90 %. */
      readonly interval: readonly [number, number];
    } | null;
    /** Growth of so many bytes a second or more is excluded; `null` unless steady. */
    readonly excludedBytesPerSecond: number | null;
    /** A slower leak that matters all the same, and how much longer it would need to show; `null` unless steady. */
    readonly slower: { readonly bytesPerSecond: number; readonly needsMs: number } | null;
  };
  readonly growth: {
    readonly bytesPerSecond: number | null;
    readonly interval: readonly [number, number] | null;
    readonly level: number;
    readonly falseAlarmProbability: number;
    readonly smallestDetectableBytesPerSecond: number | null;
    /** What each operation adds to the memory that survives collections; empty where none was counted or too little seen. */
    readonly perOperation: readonly {
      /**
       * `http request`, `connection closed` (what a connection that came and went leaves behind), `connection opened` (what
       * one needs for as long as it is open), or a counter of the log that was judged.
       */
      readonly operation: string;
      /** How many of them were seen. */
      readonly count: number;
      /** The likeliest; what it would be if this operation alone were the cause, where `inseparableFrom` names others. */
      readonly bytes: number;
      /** At `level`; never below zero. */
      readonly interval: readonly [number, number];
      /** `none`: what the interval leaves possible does not matter. `unknown`: neither some nor none is shown. */
      readonly effect: 'some' | 'none' | 'unknown';
      /** Operations, or `time`, that rose so evenly with it that only at least one of them is known to add memory. */
      readonly inseparableFrom: readonly string[];
    }[];
  };
  readonly forecast: {
    readonly limitBytes: number;
    readonly secondsToLimit: number;
    readonly interval: readonly [number, number];
    readonly level: number;
    /** Which limit is met first: V8's, which is for the heap alone, the container's, or that of `ulimit`. */
    readonly which: 'heap' | 'container' | 'rlimit';
    /** What it would buy if that limit, and no other, were twice as high. */
    readonly doubled: {
      /** Of that limit: what one would set. */
      readonly limitBytes: number;
      /** Which limit is met first then: where it is another one, that leaves little to gain. */
      readonly which: 'heap' | 'container' | 'rlimit';
      readonly secondsGained: number;
      /** At the growth's level. */
      readonly interval: readonly [number, number];
    };
  } | null;
  /** In order of how much of the growth they explain. */
  readonly findings: readonly ReportFinding[];
  /** What was found set against the growth that was measured; `null` unless leaking, and of a judged log. */
  readonly account: ReportAccount | null;
  /** When the first finding stood, since the watch began. */
  readonly namedAtMs: number | null;
  readonly steadyContainers: readonly {
    readonly name: string;
    readonly type: string;
    readonly size: number;
    readonly watchedMs: number;
  }[];
  /**
   * The containers that a closer look was taken at, those that grow first, the fastest of them first, and what each walk found
   * in them. Empty unless memory rose suspiciously, which is what makes leakline walk again.
   */
  readonly containers: readonly {
    readonly name: string;
    readonly type: string;
    readonly location: ReportLocation | null;
    /** How many containers share its place, as a history in each session; `counts` are of all together. */
    readonly instances: number;
    /** Entries, from the first count to the last; `null` where it was counted once. */
    readonly growthPerSecond: number | null;
    /** Oldest first; of many every second one is left out. Extrapolated where a collection was only sampled. */
    readonly counts: readonly { readonly timeMs: number; readonly size: number }[];
  }[];
  /**
   * What was allocated between two moments and was alive at the second, as V8's samples estimate it; `null` where none were taken:
   * memory did not rise suspiciously, somebody else samples, or reading them would have stopped the program for too long.
   */
  readonly sampledGrowth: {
    readonly fromMs: number;
    readonly untilMs: number;
    /** Mean bytes between two samples: of what is smaller than some of them a sample is seen by luck. */
    readonly samplingIntervalBytes: number;
    /** Of all stacks, also of those that are not here. */
    readonly liveBytes: number;
    /** Each once, where its function begins; `file` is empty for what V8 does by itself. */
    readonly frames: readonly ReportLocation[];
    /** At most sixty, those of which most outlived the last fifth of that time first. */
    readonly stacks: readonly {
      readonly liveBytes: number;
      /** What of it is older than the last fifth of that time: the rest may only be in use. */
      readonly lastingBytes: number;
      /**
       * What of it was allocated in each fifth of that time, oldest first; the fifths are equal in how much was allocated in them, which
       * under even traffic is equal in time. Empty in reports made before this was told.
       */
      readonly bytesByAge: readonly number[];
      /** Indices into `frames`, innermost first. */
      readonly frames: readonly number[];
    }[];
  } | null;
  readonly series: {
    readonly timeMs: readonly number[];
    readonly rss: readonly (number | null)[];
    readonly heapUsed: readonly (number | null)[];
    readonly heapTotal: readonly (number | null)[];
    readonly external: readonly (number | null)[];
    readonly arrayBuffers: readonly (number | null)[];
    readonly openConnections: readonly (number | null)[];
    /** By how much the event loop kept a timer waiting, and the share of the time in which it did not wait for work. */
    readonly loopDelayMs: readonly (number | null)[];
    readonly loopUtilization: readonly (number | null)[];
    /** Counted since the watch began; a closed connection may have been opened before. */
    readonly httpRequests: readonly (number | null)[];
    readonly connectionsOpened: readonly (number | null)[];
    readonly connectionsClosed: readonly (number | null)[];
    /** Bytes used in V8's spaces; `large` are objects with pages of their own. */
    readonly spaces: {
      readonly young: readonly (number | null)[];
      readonly old: readonly (number | null)[];
      readonly large: readonly (number | null)[];
      readonly code: readonly (number | null)[];
    };
    readonly floor: readonly {
      readonly timeMs: number;
      readonly bytes: number;
      readonly externalBytes: number | null;
    }[];
  };
  /** What kept the event loop busy at the first and at the last look, counted by Node's names; `null` in a judged log. */
  readonly activeResources: {
    readonly first: Readonly<Record<string, number>>;
    readonly last: Readonly<Record<string, number>>;
  } | null;
  /**
   * What the resident memory of the process consists of, as the kernel tells it, at the first and at the last look; `null` of
   * a judged log, of a worker thread, and where the system is not Linux.
   */
  readonly residentMemory: { readonly first: ResidentMemory; readonly last: ResidentMemory } | null;
  readonly gc: readonly {
    readonly timeMs: number;
    readonly kind: 'major' | 'minor' | 'incremental' | 'weak-callbacks';
    readonly durationMs: number;
    readonly beforeBytes: number;
    readonly afterBytes: number;
    readonly forced: boolean;
    /** Between this one and the one before there may have been others that were not told of. */
    readonly afterGap: boolean;
  }[];
  readonly cost: {
    /** As the code inside the process accounted for it; `null` in a report made before its first word. */
    readonly longestPauseMs: number | null;
    readonly totalOnTargetMs: number | null;
    /** What the agent added to the target's resident memory, as far as it could be measured. */
    readonly targetRssBytes: number | null;
    readonly forcedGcs: number;
    readonly snapshotTaken: boolean;
    /** The most that leakline's own work allocated in the heap between two collections; more it never held at once. */
    readonly targetHeapBytes: number | null;
    readonly totalMsByWork: Readonly<Record<string, number>>;
    /** The longest pause by what caused it, in milliseconds. */
    readonly longestPauseMsByWork: Readonly<Record<string, number>>;
  };
};

export type ResidentMemory = {
  readonly timeMs: number;
  /** The process's own pages: V8's heap, what was allocated with malloc, stacks. */
  readonly anonymousBytes: number;
  /** Pages of files: the executable, libraries, mapped files. The kernel takes them back when it needs room. */
  readonly fileBytes: number;
  readonly sharedBytes: number;
  /** What V8 accounts for: its heap, used or not, and the memory outside it that belongs to JavaScript objects. */
  readonly v8Bytes: number | null;
  /** What malloc has of the kernel: its main heap, and glibc's arenas for threads; some of V8's external memory is there. */
  readonly mallocMainBytes: number;
  readonly arenas: { readonly count: number; readonly bytes: number };
};

export type ReportFinding = {
  readonly fingerprint: string;
  readonly kind: string;
  readonly confidence: number;
  readonly retained: {
    /** `unknown` where only V8's sampled allocations show it: they count bytes. */
    readonly type: string;
    /** `null` where only V8's sampled allocations show it. Of a dictionary that is too large to be listed twice: when it was. */
    readonly count: number | null;
    /** `null` where only V8's sampled allocations show it, or nothing could be counted twice. */
    readonly growthPerSecond: number | null;
    readonly bytesPerSecond: number | null;
    /** `bytesPerSecond` is what could be seen; it may be much more. */
    readonly bytesAtLeast: boolean;
    readonly state: string | null;
  };
  readonly heldBy: {
    readonly name: string;
    readonly type: string;
    /** `null` where no walk met it: then the source names it, or `location` is `null` and nothing does. */
    readonly size: number | null;
    readonly path: readonly string[];
    readonly location: ReportLocation | null;
  };
  readonly grows: {
    readonly name: string;
    readonly type: string;
    readonly instances: number;
    readonly perSecondInEach: number;
    readonly location: ReportLocation | null;
  } | null;
  /**
   * From a root to what should be gone, node by node: those of `heldBy.path`, then what of it is closed, then what grows. Empty
   * where no walk met the holder.
   */
  readonly path: readonly {
    readonly name: string;
    /** `alive`: kept on purpose. `closed`: says of itself that it is over. `unknown`: may or may not be meant to be there. */
    readonly state: 'alive' | 'closed' | 'should be gone' | 'unknown';
    /** Half a sentence. */
    readonly why: string;
  }[];
  readonly addedAt: ReportSite | null;
  readonly allocatedAt: ReportSite | null;
  /**
   * Of a finding in a package, where no stack shows the program's call into it: where the program's text uses the package; `null`
   * where the stack shows it, or nothing does.
   */
  readonly usedAt: ReportLocation | null;
  /** Nothing in sight ends its growth: the text neither bounds it nor takes anything out; `null` where that was not looked for. */
  readonly endless: boolean | null;
  /** Who adds was caught in the act, or could not be; `null` if that was not tried. */
  readonly trap: {
    /** False where the container can't be watched: then who adds was read off the source. */
    readonly set: boolean;
    readonly durationMs: number;
    readonly additions: number;
    readonly removals: number;
    /** Why it could not be set, or why it saw nothing of what grew; `null` if it did. */
    readonly reason: string | null;
  } | null;
  readonly shouldBeReleased: {
    readonly words: string;
    readonly event: string | null;
    readonly location: ReportLocation | null;
  } | null;
  readonly zombies: { readonly type: string; readonly state: string; readonly count: number } | null;
  /** A documented leak of the package the finding stands in, which the installed version has; `null` if none is known. */
  readonly knownLeak: {
    readonly package: string;
    /** `null` where the version could not be read and all versions leak. */
    readonly installed: string | null;
    /** The versions that leak: `>=3.0.0 <4.3.0`, alternatives set apart by ` || `; `*` for all. */
    readonly leaks: string;
    /** The first version without it in each line of releases; empty where no version is without it. */
    readonly fixedIn: readonly string[];
    readonly description: string;
    readonly remedy: string;
    /** An address. */
    readonly citation: string;
  } | null;
  readonly explanation: string;
  /** The source around the places above, each line once; empty where no text could be read. */
  readonly excerpts: readonly {
    readonly file: string;
    /** The number of the first of `lines`, from 1. */
    readonly firstLine: number;
    /** Without tabs and common indentation, cut where they are long. */
    readonly lines: readonly string[];
    /** The numbers of the lines that it is about. */
    readonly marked: readonly number[];
  }[];
};

export type ReportAccount = {
  /** All that was found, what is held back included; `null` if none of it could be measured. */
  readonly explainedBytesPerSecond: number | null;
  /** What is left of the growth; `null` where a finding may keep more than could be seen. */
  readonly unexplainedBytesPerSecond: number | null;
  /** Whether the findings account for the growth within the error of the estimates; `null` where that is not known. */
  readonly sufficient: boolean | null;
  /** What grows too, and explains too little to be the cause, or can't be measured and is not needed to explain it. */
  readonly heldBack: readonly ReportFinding[];
  /** What the walks over the live objects have seen; `null` before the first. */
  readonly census: {
    readonly walks: number;
    /** Of the last walk. */
    readonly objects: number;
    readonly functions: number;
    readonly containers: number;
    /** Containers that grew over the walks. */
    readonly grown: number;
    /** The walk ended before the live objects did. */
    readonly cutShort: boolean;
  } | null;
  /** What a heap snapshot would cost this process; each range from measured extremes. */
  readonly snapshot: {
    /** The live heap it rests on, large strings and arrays left out. */
    readonly heapBytes: number;
    readonly pauseMs: readonly [number, number];
    /** Resident memory on top of what the process has. */
    readonly memoryBytes: readonly [number, number];
  } | null;
};

export type ReportSnapshot = {
  readonly taken: {
    readonly file: string;
    /** Where the scripts are from, so that positions in the snapshot lead to lines. */
    readonly scriptsFile: string;
    readonly fileBytes: number;
    /** Every text that could be a secret is hidden. */
    readonly redacted: boolean;
    readonly nodes: number;
    /** For how long the program stood still. */
    readonly pauseMs: number;
    /** And before, for its objects to be counted; `null` where V8 does not count. */
    readonly countingPauseMs: number | null;
    /** Resident memory on top of what the process had, at most. */
    readonly memoryBytes: number;
    /** What keeps most alive in it; `null` where it was not read, because that would have taken more memory than can be spared. */
    readonly tree: HeapTree | null;
  } | null;
  /** What was expected; `null` where it was refused before. */
  readonly predicted: {
    /** `null` where V8 did not count, so that the figures rest on bytes alone. */
    readonly objects: number | null;
    readonly pauseMs: number;
    readonly pauseMsMost: number;
    readonly memoryBytes: number;
  } | null;
  /** Why none was taken, in words; `null` where one was. */
  readonly refusal: string | null;
};

/** What keeps most alive, as a tree: of the two hundred nodes that retain most, V8's roots left out. */
export type HeapTree = {
  /** All that is kept alive; the tiles are parts of it. */
  readonly retainedBytes: number;
  readonly tiles: readonly HeapTile[];
};

/** A node and what it alone keeps alive. */
export type HeapTile = {
  /**
   * From the outermost: one node, then those of which each is nearly all that the one before keeps; of more than twelve the first ten
   * and the last two.
   */
  readonly steps: readonly HeapTileStep[];
  /** Of the outermost. */
  readonly retainedBytes: number;
  /** Of all steps together. */
  readonly selfBytes: number;
  /** What the innermost keeps of the others, the largest first. */
  readonly tiles: readonly HeapTile[];
};

export type HeapTileStep = {
  /** Of the first, where several of one name follow each other, as the links of a list do. */
  readonly id: number;
  readonly count: number;
  readonly type: string;
  /** Of a text its type: its name would be the text itself. */
  readonly name: string;
  /** The variable or property that holds it; `null` where it has none, or one that may be data. */
  readonly as: string | null;
};

export type ReportSite = {
  readonly location: ReportLocation;
  /** Innermost first; in `allocatedAt` each position is where the function begins, which is all V8's sampler knows. */
  readonly stack: readonly ReportLocation[];
  readonly words: string | null;
  /** Of a site in a package: where the program calls into it; `null` if the stack does not show it. */
  readonly calledFrom: ReportLocation | null;
};

export type ReportLocation = {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly function: string | null;
  readonly package: string | null;
};

/** What `leakline judge` writes of a log that tells of several isolates or processes, or of several logs. */
export type Reports = {
  readonly schema: 'leakline/reports@1';
  readonly reports: readonly Report[];
};

/** Two programs, watched side by side. */
export type Comparison = {
  readonly schema: 'leakline/comparison@1';
  readonly sides: readonly ComparisonSide[];
  /** The second side's growth minus the first's; `null` until both have one. */
  readonly difference: {
    readonly bytesPerSecond: number;
    readonly interval: readonly [number, number];
  } | null;
  /** What was played, for a reader of the document; `null` where leakline made no load. */
  readonly scenario: { readonly name: string; readonly clients: number; readonly items: number } | null;
};

export type ComparisonSide = {
  readonly name: string;
  readonly report: Report;
  /** The load on this side, as the generator counted it; `null` where leakline made none. */
  readonly load: {
    /** When the first client came, since the watch began; to set `namedAtMs` against. */
    readonly startedAtMs: number;
    readonly clientsOpened: number;
    readonly clientsOpen: number;
    readonly clientsClosed: number;
    readonly httpSent: number;
    readonly httpFailed: number;
    readonly httpPerSecond: number;
  } | null;
};
