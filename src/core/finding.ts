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
  readonly shouldBeReleased: Release | null;
  /** Resources that are over and still held: `7 WebSockets are CLOSED`. */
  readonly zombies: Zombies | null;
  /** A documented leak of the package it stands in, in the version that is installed; `null` if none is known. */
  readonly knownLeak: KnownLeak | null;
  readonly explanation: string;
};

export type Retained = {
  /** `unknown` where only V8's samples show it: they count bytes. */
  readonly type: string;
  /** `null` where only V8's samples show it; so is the next. */
  readonly count: number | null;
  readonly growthPerSecond: number | null;
  /** Estimated from sampled elements; `null` where no element could be measured. */
  readonly bytesPerSecond: number | null;
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
