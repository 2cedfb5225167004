import type { SourceLocation } from './location.ts';

/** One leak, named. Everything shown to a person about it is in here. */
export type Finding = {
  /** Equal for the same bug in another run of the same code: no pids, sizes or generated positions go into it. */
  readonly fingerprint: string;
  /** The name of the rule that explains it. */
  readonly kind: string;
  /** 0 to 1: how sure the rule is of the line, given that there is a leak. */
  readonly confidence: number;
  readonly retained: Retained;
  readonly heldBy: Holder;
  /** The container that grows where that is not the holder itself: an array inside each session. */
  readonly grows: Grower | null;
  readonly addedAt: Site | null;
  readonly allocatedAt: Site | null;
  /**
   * Of a finding in a package: where the program's text uses it, if no stack shows the call. Absent for findings of the program's
   * own.
   */
  readonly usedAt?: SourceLocation | null;
  /** What the trap saw; absent if none was tried, as on what explains less than three others. */
  readonly trap?: TrapFinding | null;
  readonly shouldBeReleased: Release | null;
  /** Resources that are over and still held: `7 WebSockets are CLOSED`. */
  readonly zombies: Zombies | null;
  /** A documented leak of the package it stands in, in the version that is installed; `null` if none is known. */
  readonly knownLeak: KnownLeak | null;
  /** Nothing in sight ends its growth: the text neither bounds it nor takes anything out. Absent where that was not looked for. */
  readonly endless?: boolean;
  readonly explanation: string;
  /** The source around the holder, what grows, who adds, the program's call and the clean-up; empty where no text could be read. */
  readonly excerpts?: readonly Excerpt[];
};

/**
 * Where the program calls into the package that a site is in; `null` for a site of the program's own, and where
 * nothing of the program stands in the stack: it came in later, by a timer or an event of the package's own.
 */
export function callOfProgram({ location, stack }: Site): SourceLocation | null {
  if (location.package === null) return null;
  return stack.find((frame) => frame.package === null && !frame.file.startsWith('node:')) ?? null;
}

export type Retained = {
  /** `unknown` where only V8's samples show it: they count bytes. */
  readonly type: string;
  /** `null` where only V8's samples show it. Of a dictionary that is too large to be listed twice: when it was. */
  readonly count: number | null;
  /** `null` where only V8's samples show it, or nothing could be counted twice. */
  readonly growthPerSecond: number | null;
  /** Estimated from sampled elements; `null` where no element could be measured. */
  readonly bytesPerSecond: number | null;
  /**
   * `bytesPerSecond` is what could be seen, and it may be much more: the look into an element ended at its limit, or at what no
   * look can see, as who waits for a promise and the text that a piece of it keeps.
   */
  readonly bytesAtLeast?: boolean;
  /** State of a closed resource among what is held, else `null`. */
  readonly state: string | null;
};

export type Holder = {
  readonly name: string;
  readonly type: string;
  /** `null` where no walk met it: then the text names it, or nothing does. */
  readonly size: number | null;
  /** Readable, root first. */
  readonly path: readonly string[];
  readonly location: SourceLocation | null;
};

export type Grower = {
  readonly name: string;
  readonly type: string;
  /** How many containers of this kind the holder holds. */
  readonly instances: number;
  /** Entries gained per second by each of them, on average. */
  readonly perSecondInEach: number;
  readonly location: SourceLocation | null;
};

export type Site = {
  readonly location: SourceLocation;
  readonly stack: readonly SourceLocation[];
  /** `the interval in onConnection`; `null` where the function's name says all. */
  readonly words: string | null;
};

/** Who adds was caught in the act for some seconds, or could not be. */
export type TrapFinding = {
  /** False where the container can't be watched: then who adds was read off the source. */
  readonly set: boolean;
  readonly durationMs: number;
  readonly additions: number;
  readonly removals: number;
  /** Why it could not be set, or why it saw nothing of what grew; `null` if it did. */
  readonly reason: string | null;
};

/** A few lines of a file the developer wrote, cut where they are long. */
export type Excerpt = {
  readonly file: string;
  /** The number of the first of `lines`, from 1. */
  readonly firstLine: number;
  readonly lines: readonly string[];
  /** The numbers of the lines that it is about. */
  readonly marked: readonly number[];
};

export type Release = {
  readonly words: string;
  /** The event at which it should have happened, as `close`. */
  readonly event: string | null;
  readonly location: SourceLocation | null;
};

export type Zombies = {
  readonly type: string;
  readonly state: string;
  readonly count: number;
};

export type KnownLeak = {
  readonly package: string;
  /** `null` where its package.json could not be read and all versions leak. */
  readonly installed: string | null;
  /** The versions that leak: `>=3.0.0 <4.3.0`; `*` for all, where it lies in how the package is used. */
  readonly leaks: string;
  /** The first version without it in each line of releases; empty where no version is without it. */
  readonly fixedIn: readonly string[];
  readonly description: string;
  readonly remedy: string;
  /** The address of the issue, change or advisory that says so. */
  readonly citation: string;
};

/** A container that was looked at and found innocent. */
export type SteadyContainer = {
  readonly name: string;
  readonly type: string;
  readonly size: number;
  /** For how long its size was watched. */
  readonly watchedMs: number;
};

/** A container that was seen to grow, whether or not anything leaks. */
export type GrownContainer = {
  readonly name: string;
  readonly type: string;
  /** Entries a second, in all of its kind together. */
  readonly growthPerSecond: number;
  /** Entries in them at each look, the first and the latest of many. */
  readonly sizes: readonly SizeSeen[];
};

export type SizeSeen = { readonly timeMs: number; readonly size: number };
