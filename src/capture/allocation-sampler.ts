import type { AgeShare, AllocationProfile, AllocationStack } from '../core/allocations.ts';
import type { ScriptLocation } from '../core/location.ts';
import type { InProcessInspector } from '../wire/inspector-in-process.ts';

/**
 * V8's sampling heap profiler in the isolate it is used in: one window, then it is off again.
 *
 * V8 has one sampler per isolate and does not say who started it. Starting a second one does nothing and reports
 * success, and stopping it stops the first (V8, `sampling-heap-profiler.cc`). But a profile can be read only while a
 * sampler runs, so asking for one first, and being refused, is how a foreign one is ruled out. Somebody who begins to
 * sample within our window is not seen, and would lose the sampler at its end.
 *
 * The inspector must be the sampler's own: its session disconnecting is what ends the sampling without a collection.
 *
 * Node 26 can start the sampler so that reading it collects nothing (`startHeapProfile`), and tells when one runs already.
 * What died since the last collection is then in the profile, so it has to be read right after one.
 */
export class AllocationSampler {
  readonly #inspector: InProcessInspector;
  readonly #nowMs: () => number;
  readonly #isOwn: IsOwnScript;
  #startedMs = 0;
  readonly #startHeapProfile: StartHeapProfile | null;
  #samplingIntervalBytes = 0;
  #sampling = false;
  #handle: HeapProfileHandle | null = null;

  /**
   * `isOwn` tells leakline's own script, whose allocations are left out: what was evaluated has no address here, only V8's number.
   * `v8` where it may be used to start the sampler.
   */
  constructor(
    inspector: InProcessInspector,
    nowMs: () => number,
    isOwn: IsOwnScript,
    v8: { readonly startHeapProfile?: StartHeapProfile } = {},
  ) {
    this.#inspector = inspector;
    this.#nowMs = nowMs;
    this.#isOwn = isOwn;
    this.#startHeapProfile = v8.startHeapProfile ?? null;
  }

  /** Whether `start` and `finish` make V8 collect; else `finish` must come right after a collection. */
  get collects(): boolean {
    return this.#startHeapProfile === null;
  }

  /**
   * False if somebody else samples: then nothing was begun, but finding it out has read their profile, which costs a
   * collection as `finish` does. Else some 0.5 ms.
   */
  start(samplingIntervalBytes: number): boolean {
    if (this.#startHeapProfile !== null)
      return this.#startUnforced(this.#startHeapProfile, samplingIntervalBytes);
    this.#inspector.connect();
    if (this.#isSampled()) {
      this.#inspector.disconnect();
      return false;
    }
    this.#inspector.post('HeapProfiler.startSampling', {
      samplingInterval: samplingIntervalBytes,
      stackDepth: STACK_DEPTH,
    });
    this.#sampling = true;
    this.#begin(samplingIntervalBytes);
    return true;
  }

  #startUnforced(startHeapProfile: StartHeapProfile, samplingIntervalBytes: number): boolean {
    try {
      this.#handle = startHeapProfile({ sampleInterval: samplingIntervalBytes, stackDepth: STACK_DEPTH });
    } catch {
      return false;
    }
    this.#begin(samplingIntervalBytes);
    return true;
  }

  #begin(samplingIntervalBytes: number): void {
    this.#samplingIntervalBytes = samplingIntervalBytes;
    this.#startedMs = this.#nowMs();
  }

  /** A connected session has V8 keep what the program logs: call it now and then while the window is open. About 5 µs. */
  discardConsole(): void {
    if (this.#sampling) this.#inspector.post('Runtime.discardConsoleEntries');
  }

  /**
   * Ends the window and reads it. Where `collects`, V8 collects all garbage first, so that only what lives is in the profile:
   * as long a pause as a forced collection, to which comes some 1 ms a thousand stacks.
   */
  finish(): AllocationProfile {
    const durationMs = this.#nowMs() - this.#startedMs;
    try {
      const profile = this.#read();
      const stacks = stacksOf(profile, this.#isOwn);
      return {
        durationMs,
        samplingIntervalBytes: this.#samplingIntervalBytes,
        liveBytes: profile.head.children.reduce((sum, node) => sum + bytesBelow(node), profile.head.selfSize),
        stacks: stacks
          .sort((a, b) => notYoung(b) - notYoung(a) || b.liveBytes - a.liveBytes)
          .slice(0, STACKS_KEPT),
      };
    } finally {
      this.cancel();
    }
  }

  /** Ends the window without a collection and without a profile. */
  cancel(): void {
    this.#sampling = false;
    const handle = this.#handle;
    this.#handle = null;
    try {
      this.#inspector.disconnect();
    } finally {
      if (handle !== null) discard(handle);
    }
  }

  #read(): SamplingProfile {
    if (this.#handle !== null) this.#inspector.connect();
    const method = this.#handle === null ? 'HeapProfiler.stopSampling' : 'HeapProfiler.getSamplingProfile';
    return this.#inspector.post<{ profile: SamplingProfile }>(method).profile;
  }

  #isSampled(): boolean {
    try {
      this.#inspector.post('HeapProfiler.getSamplingProfile');
      return true;
    } catch {
      return false;
    }
  }
}

export type IsOwnScript = (url: string, scriptId: string) => boolean;

/** Of Node 26's `node:v8`, which the types of the oldest Node do not have. */
export type StartHeapProfile = (options: {
  readonly sampleInterval: number;
  readonly stackDepth: number;
}) => HeapProfileHandle;
type HeapProfileHandle = { stop(): string };

/** Stopping it the other way makes a text of the profile first. */
function discard(handle: HeapProfileHandle): void {
  // Of a newer language than the one this is compiled for.
  const { dispose: key } = Symbol as { readonly dispose?: symbol };
  const dispose = key === undefined ? undefined : (handle as { readonly [name: symbol]: unknown })[key];
  try {
    if (typeof dispose === 'function') dispose.call(handle);
    else handle.stop();
  } catch {
    // Somebody who took the sampler for theirs has stopped it.
  }
}

/** Enough to reach the program's own frames through a framework's. */
const STACK_DEPTH = 32;
/** What a stack beyond these keeps is no leak's share; and a leak's own machinery may keep a fiftieth of what hangs on it. */
const STACKS_KEPT = 120;
/** The last part is what is young: a fifth of a window of seconds is longer than a request takes. */
const AGES = 5;

/** Of the inspector protocol, `HeapProfiler.SamplingHeapProfile`. */
type SamplingProfile = {
  readonly head: SamplingNode;
  /** One for each sample that lives. V8 numbers all that it takes, so a number is a time on the clock of allocation. */
  readonly samples: readonly { readonly size: number; readonly nodeId: number; readonly ordinal: number }[];
};
type SamplingNode = {
  readonly id: number;
  readonly callFrame: {
    readonly functionName: string;
    readonly scriptId: string;
    readonly url: string;
    readonly lineNumber: number;
    readonly columnNumber: number;
  };
  readonly selfSize: number;
  readonly children: readonly SamplingNode[];
};

function stacksOf({ head, samples }: SamplingProfile, isOwn: IsOwnScript): AllocationStack[] {
  const stacks: AllocationStack[] = [];
  const agesByNode = agesOf(samples);
  const visit = (node: SamplingNode, outer: readonly ScriptLocation[]): void => {
    if (isOwn(node.callFrame.url, node.callFrame.scriptId)) return;
    const frames = [frameOf(node), ...outer];
    if (node.selfSize > 0)
      stacks.push({ liveBytes: node.selfSize, byAge: agesByNode.get(node.id) ?? NO_AGES, frames });
    for (const child of node.children) visit(child, frames);
  };
  for (const node of head.children) visit(node, []);
  return stacks;
}

function agesOf(samples: SamplingProfile['samples']): Map<number, AgeShare[]> {
  // What is read last was also allocated last, so the newest number that lives stands for the window's end.
  const last = samples.reduce((newest, { ordinal }) => Math.max(newest, ordinal), 1);
  const agesByNode = new Map<number, AgeShare[]>();
  for (const { nodeId, size, ordinal } of samples) {
    const ages = agesByNode.get(nodeId) ?? [...NO_AGES];
    const age = Math.min(AGES - 1, Math.floor((ordinal / (last + 1)) * AGES));
    const { bytes, samples: count } = ages[age];
    ages[age] = { bytes: bytes + size, samples: count + 1 };
    agesByNode.set(nodeId, ages);
  }
  return agesByNode;
}

const NO_AGES: readonly AgeShare[] = Array.from({ length: AGES }, () => ({ bytes: 0, samples: 0 }));

function notYoung({ byAge }: AllocationStack): number {
  return byAge.slice(0, -1).reduce((sum, { bytes }) => sum + bytes, 0);
}

function bytesBelow(node: SamplingNode): number {
  return node.children.reduce((sum, child) => sum + bytesBelow(child), node.selfSize);
}

function frameOf({ callFrame }: SamplingNode): ScriptLocation {
  const { url, lineNumber, columnNumber, functionName } = callFrame;
  return { url, line: lineNumber, column: columnNumber, function: functionName === '' ? null : functionName };
}
