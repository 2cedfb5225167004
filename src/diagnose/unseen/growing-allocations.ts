import type { AllocationProfile, AllocationStack } from '../../core/allocations.ts';
import type { Site } from '../../core/finding.ts';
import type { ScriptLocation } from '../../core/location.ts';
import { calledName, type FunctionAt, functionAtFrame, walkOwn } from '../source/function-at.ts';
import { originalFrame, originalFrames, originalLocation, packageOf } from '../source/original-location.ts';
import { placeOf, type Scripts } from '../source/script.ts';
import type { AnyNode } from '../source/syntax.ts';
import { withInlinedCallers } from './inlined-callers.ts';

/** What one function of the program makes, itself or through what it calls, and what then stays. */
export type GrowingAllocation = {
  /** The innermost function of the program's own on the stack; of a package where there is none of the program's. */
  readonly place: FunctionAt;
  /** The line of the call that makes it, where the text has a single such call; else where the function begins. */
  readonly site: Site;
  /** Where it is a package that allocates on its behalf. */
  readonly within: Site | null;
  readonly bytesPerSecond: number;
  readonly samples: number;
  /** The functions on its stacks whose text is known, nearest first; `place` is the first. */
  readonly through: readonly FunctionAt[];
  /** Those of packages that `place` calls, which allocate on its behalf. */
  readonly inner: readonly FunctionAt[];
  /** What each of all those functions calls there: `race`, `set`, `toString`. */
  readonly callsByFunction: ReadonlyMap<AnyNode, ReadonlySet<string>>;
};

/**
 * The allocations that grow: as much of what was made long ago is alive as of what was made just now.
 *
 * Of each function all stacks together are judged, for one stack alone may have few samples. The youngest part of the
 * window is in use; what was made in one of the others only was made once. Heaviest first.
 */
export async function growingAllocations(
  profile: AllocationProfile,
  scripts: Scripts,
  workingDirectory: string,
): Promise<GrowingAllocation[]> {
  const groups = new Map<AnyNode, Group>();
  for (const stack of profile.stacks) {
    const placed = await place(stack, scripts);
    if (placed === null) continue;
    const { fn } = placed;
    const group = groups.get(fn.node) ?? { fn, stacks: [], through: [], inner: [] };
    groups.set(fn.node, group);
    group.stacks.push(placed);
    addMissing(group.through, placed.through);
    addMissing(group.inner, placed.innerFunctions);
  }
  const growing = [...groups.values()].filter(({ stacks }) => isSteady(agesOf(stacks)));
  const found = await Promise.all(
    growing.map((group) => allocationOf(group, profile.durationMs, scripts, workingDirectory)),
  );
  return found.sort((a, b) => b.bytesPerSecond - a.bytesPerSecond);
}

/**
 * The async functions that went on after an `await`: V8 calls those through a frame without name and file. What they wait for
 * settles.
 */
export async function resumedFunctions(
  { stacks }: AllocationProfile,
  scripts: Scripts,
): Promise<ReadonlySet<AnyNode>> {
  const resumed = new Set<AnyNode>();
  for (const { frames } of stacks) {
    for (const [index, frame] of frames.entries()) {
      const caller = frames[index + 1];
      if (caller?.url !== '' || caller.function !== null || frame.url === '') continue;
      const fn = await functionAtFrame(frame, scripts);
      if (fn?.node.async === true) resumed.add(fn.node);
    }
  }
  return resumed;
}

type Placed = {
  readonly fn: FunctionAt;
  readonly frame: ScriptLocation;
  /** Inside `fn`, innermost first. */
  readonly inner: readonly ScriptLocation[];
  readonly innerFunctions: readonly FunctionAt[];
  readonly through: readonly FunctionAt[];
  readonly callsByFunction: ReadonlyMap<AnyNode, string>;
  readonly stack: AllocationStack;
  /** All of the stack, innermost first. */
  readonly frames: readonly ScriptLocation[];
};

type Group = {
  readonly fn: FunctionAt;
  readonly stacks: Placed[];
  readonly through: FunctionAt[];
  readonly inner: FunctionAt[];
};

function addMissing(known: FunctionAt[], found: readonly FunctionAt[]): void {
  for (const fn of found) if (!known.some(({ node }) => node === fn.node)) known.push(fn);
}

/** `null` for what Node does on nobody's behalf. */
async function place(stack: AllocationStack, scripts: Scripts): Promise<Placed | null> {
  const frames = await withInlinedCallers(stack.frames, scripts);
  const isWritten = ({ url }: ScriptLocation): boolean => url !== '' && !url.startsWith('node:');
  const own = frames.findIndex((frame) => isWritten(frame) && packageOf(frame.url) === null);
  const index = own >= 0 ? own : frames.findIndex(isWritten);
  if (index < 0) return null;
  const functions = await Promise.all(
    frames.map((frame) => (isWritten(frame) ? functionAtFrame(frame, scripts) : Promise.resolve(null))),
  );
  const fn = functions[index];
  if (fn == null) return null;
  const callsByFunction = new Map<AnyNode, string>();
  for (const [at, caller] of functions.entries()) {
    const called = frames[at - 1]?.function ?? null;
    if (caller !== null && called !== null) callsByFunction.set(caller.node, called);
  }
  return {
    fn,
    frame: frames[index],
    inner: frames.slice(0, index),
    innerFunctions: functions.slice(0, index).filter((one) => one !== null),
    through: functions.slice(index).filter((one) => one !== null),
    callsByFunction,
    stack,
    frames,
  };
}

type Ages = { readonly bytes: readonly number[]; readonly samples: readonly number[] };

/** Of the parts of the window that are not young. */
function agesOf(stacks: readonly Placed[]): Ages {
  const parts = Math.max(...stacks.map(({ stack }) => stack.byAge.length));
  const sum = (read: (stack: AllocationStack, age: number) => number): number[] =>
    Array.from({ length: Math.max(0, parts - 1) }, (_, age) =>
      stacks.reduce((total, { stack }) => total + read(stack, age), 0),
    );
  return {
    bytes: sum(({ byAge }, age) => byAge[age]?.bytes ?? 0),
    samples: sum(({ byAge }, age) => byAge[age]?.samples ?? 0),
  };
}

/**
 * Samples of a leak fall into each part alike. With four parts the largest has more than the share below less than once in a
 * hundred times, at any number of samples from six on; fewer can't be told from what was made at once.
 */
function isSteady({ samples }: Ages): boolean {
  const total = samples.reduce((sum, count) => sum + count, 0);
  if (total < FEWEST_SAMPLES) return false;
  return Math.max(...samples) / total <= 1 / samples.length + LARGEST_BEYOND / Math.sqrt(total);
}

const FEWEST_SAMPLES = 3;
const LARGEST_BEYOND = 1.5;

async function allocationOf(
  group: Group,
  durationMs: number,
  scripts: Scripts,
  workingDirectory: string,
): Promise<GrowingAllocation> {
  const { fn, through, inner } = group;
  const { bytes, samples } = agesOf(group.stacks);
  const stacks = [...group.stacks].sort((a, b) => b.stack.liveBytes - a.stack.liveBytes);
  const [heaviest] = stacks;
  const seconds = ((durationMs / 1000) * bytes.length) / (bytes.length + 1);
  return {
    place: fn,
    site: await siteOf(heaviest, scripts, workingDirectory),
    within: await siteWithin(heaviest, scripts, workingDirectory),
    bytesPerSecond: bytes.reduce((sum, part) => sum + part, 0) / seconds,
    samples: samples.reduce((sum, part) => sum + part, 0),
    through,
    inner,
    callsByFunction: callsIn(stacks),
  };
}

function callsIn(stacks: readonly Placed[]): Map<AnyNode, Set<string>> {
  const calls = new Map<AnyNode, Set<string>>();
  for (const { callsByFunction } of stacks) {
    for (const [node, called] of callsByFunction) {
      const known = calls.get(node) ?? new Set();
      calls.set(node, known.add(called));
    }
  }
  return calls;
}

async function siteOf(placed: Placed, scripts: Scripts, workingDirectory: string): Promise<Site> {
  const { fn, frame, inner, frames } = placed;
  const written = frames.filter(({ url }) => url !== '' && !url.startsWith('node:'));
  const mapped = await originalFrames(written, scripts, workingDirectory);
  const call = onlyCall(fn, inner.at(-1)?.function ?? null);
  if (call !== null) {
    return {
      location: originalLocation(placeOf(fn.script, call), workingDirectory),
      stack: mapped,
      words: null,
    };
  }
  const location =
    (await originalFrame(frame, scripts, workingDirectory)) ??
    originalLocation(placeOf(fn.script, fn.node), workingDirectory);
  return { location, stack: mapped, words: `somewhere in ${location.function ?? 'this function'}` };
}

/** V8 tells the function alone. What it called is in the stack, and if the text calls that once, there is its line. */
function onlyCall(fn: FunctionAt, name: string | null): AnyNode | null {
  if (name === null) return null;
  const last = name.replace(/^.*[.\s]/, '');
  const calls: AnyNode[] = [];
  walkOwn(fn, (node) => {
    if (calledName(node) === last && (node.type === 'CallExpression' || node.type === 'NewExpression'))
      calls.push(node.callee.type === 'MemberExpression' ? node.callee.property : node);
  });
  return calls.length === 1 ? calls[0] : null;
}

async function siteWithin(
  { inner, frames }: Placed,
  scripts: Scripts,
  workingDirectory: string,
): Promise<Site | null> {
  const innermost = inner.find(({ url }) => packageOf(url) !== null);
  if (innermost === undefined) return null;
  const written = frames.filter(({ url }) => url !== '' && !url.startsWith('node:'));
  const location = await originalFrame(innermost, scripts, workingDirectory);
  if (location === null) return null;
  return {
    location,
    stack: await originalFrames(written, scripts, workingDirectory),
    words: `somewhere in ${location.function ?? 'this function'}`,
  };
}
