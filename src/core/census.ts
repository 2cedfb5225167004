import type { ScriptLocation } from './location.ts';

/**
 * One walk over the live object graph of one isolate.
 *
 * Containers are grouped by *shape path*: the way from a root with every element of a collection written `[*]`, so
 * the history arrays of a thousand sessions are one entry, and the same entry in the next walk.
 */
export type CensusWalk = {
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  readonly objects: number;
  readonly functions: number;
  readonly slices: number;
  /** The walk met its budget before it met the end of the graph. */
  readonly truncated: boolean;
  readonly containers: readonly ContainerGroup[];
  /** URLs of the scripts that are loaded, Node's own left out. */
  readonly programScripts: readonly string[];
};

export type ContainerType =
  | 'Map'
  | 'Set'
  | 'Array'
  | 'Object'
  | 'listeners'
  | 'timers'
  | 'ArrayBuffer'
  | 'chain';

/** The containers that share a shape path. */
export type ContainerGroup = {
  /** The shape path as one string: the identity across walks. */
  readonly key: string;
  readonly type: ContainerType;
  /** How many there are, extrapolated where a collection was only sampled. */
  readonly instances: number;
  /** Entries in all of them together, extrapolated likewise. */
  readonly size: number;
  /** When the sizes were read, for the rate. */
  readonly atMs: number;
  /** A dictionary with too many keys to be listed again: its size is an earlier one. Absent for what this walk counted. */
  readonly uncounted?: true;
};

/** What a closer look at one container group found. */
export type ContainerDetail = {
  readonly key: string;
  readonly type: ContainerType;
  readonly instances: number;
  readonly size: number;
  /** From the root to the container, one step an edge. */
  readonly steps: readonly PathStep[];
  /** What is in it, from the newest and oldest elements. */
  readonly elementType: string;
  /** Of a chain: the property by which a node leads to the next. */
  readonly link?: string;
  /** That is a variable which functions of each node capture. Absent for a property. */
  readonly linkIsCaptured?: true;
  /** Estimated bytes one element keeps alive, its children included; `null` if it has no elements. */
  readonly elementBytes: number | null;
  /** `elementBytes` is what could be seen of an element, and it may keep much more. Absent: it is not known to. */
  readonly elementBytesAtLeast?: boolean;
  /** Of the elements that were looked at, those that are promises. Absent if none is. */
  readonly promises?: { readonly count: number; readonly pending: number };
  /** Where the elements are functions of one place: the variables they keep, with bytes of their own. Absent if they keep none. */
  readonly captures?: {
    readonly by: ScriptLocation;
    readonly variables: readonly { readonly name: string; readonly bytes: number }[];
  };
  /** What an element sees of binary memory on average, and what it pins of it. Absent if it sees none. */
  readonly views?: { readonly viewBytes: number; readonly bufferBytes: number };
  /** Closed resources on the way to the container and in its elements, by where they hang. */
  readonly zombies: readonly ZombieGroup[];
  /** Armed timers whose callback keeps an element, its holder or a zombie. */
  readonly timers: readonly TimerGroup[];
};

export type PathStep =
  | { readonly kind: 'root'; readonly name: string }
  /** A variable captured by a function, or of a module. */
  | {
      readonly kind: 'variable';
      readonly name: string;
      /** The scope as V8 describes it: `Module`, `Closure (onConnection)`, `Block`. */
      readonly scope: string;
      /** The function that captures it. */
      readonly function: ScriptLocation | null;
    }
  | {
      readonly kind: 'property';
      readonly name: string;
      /** Constructor of the object that has the property, and where it is defined. */
      readonly owner: string;
      readonly ownerLocation: ScriptLocation | null;
      readonly private: boolean;
    }
  /** `module.exports` of a CommonJS file. */
  | { readonly kind: 'exports'; readonly file: string }
  /** An element of a collection; the collection has `size` of them. */
  | { readonly kind: 'element'; readonly of: ContainerType; readonly size: number }
  | {
      readonly kind: 'listeners';
      readonly event: string;
      readonly owner: string;
      /** Put there with `addEventListener`; absent for an EventEmitter. */
      readonly ofTarget?: boolean;
    }
  | { readonly kind: 'timer'; readonly repeat: boolean; readonly callback: ScriptLocation | null };

export type ZombieGroup = {
  /** Constructor: `WebSocket`, `Socket`. */
  readonly type: string;
  /** `CLOSED`, `destroyed`, `closed`, `aborted`. */
  readonly state: string;
  readonly count: number;
  /** Of how many of this type that were looked at. */
  readonly of: number;
  /** The program's own listeners for `close` on them, by script; empty when only libraries listen. */
  readonly closeListeners: readonly ScriptLocation[];
  /** Steps from the holder's element to the resource, as `.socket`. */
  readonly via: string;
  /** Nobody can listen for its end: it is no emitter and no EventTarget. */
  readonly isSilent?: boolean;
};

export type TimerGroup = {
  readonly repeat: boolean;
  /** `null` where a snapshot does not tell. */
  readonly intervalMs: number | null;
  readonly count: number;
  readonly callback: ScriptLocation | null;
};

/** What a trap on a container saw while it was set. */
export type TrapResult = {
  readonly key: string;
  /** False if the container can't be shadowed: a plain object, frozen, or gone. */
  readonly set: boolean;
  readonly durationMs: number;
  readonly additions: readonly TrapSite[];
  readonly removals: number;
};

export type TrapSite = {
  readonly count: number;
  /** Innermost first, as V8 reports it, without the trap's own frames. */
  readonly stack: readonly ScriptLocation[];
};
