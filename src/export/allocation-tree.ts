import type { AllocationProfile } from '../core/allocations.ts';
import type { ScriptLocation } from '../core/location.ts';
import { type ProfileFrame, profileFrame } from './profile-frame.ts';

/** The stacks of a profile as one tree, as profilers draw them: callers above, what was allocated in a frame itself on it. */
export type AllocationNode = {
  /** `null` of the root. */
  readonly frame: ProfileFrame | null;
  selfBytes: number;
  /** Of `selfBytes`, by the part of the window in which it was allocated; empty where that is not known. */
  readonly bytesByAge: number[];
  readonly children: AllocationNode[];
};

/**
 * Nothing is lost: what the profile counts and lists no stack of (leakline's own, and small ones beyond those that were kept)
 * stands under a name of its own, so that the bytes of the tree are the profile's.
 */
export function allocationTree({ liveBytes, stacks }: AllocationProfile): AllocationNode {
  const root = nodeOf(null);
  const childByKey = new Map<AllocationNode, Map<string, AllocationNode>>();
  const childOf = (parent: AllocationNode, place: ScriptLocation): AllocationNode => {
    const known = childByKey.get(parent) ?? new Map<string, AllocationNode>();
    childByKey.set(parent, known);
    const key = JSON.stringify([place.url, place.line, place.column, place.function]);
    let child = known.get(key);
    if (child === undefined) {
      child = nodeOf(profileFrame(place));
      known.set(key, child);
      parent.children.push(child);
    }
    return child;
  };
  let listedBytes = 0;
  for (const { frames, liveBytes: bytes, byAge } of stacks) {
    let node = root;
    for (const frame of [...frames].reverse()) node = childOf(node, frame);
    node.selfBytes += bytes;
    byAge.forEach((age, index) => (node.bytesByAge[index] = (node.bytesByAge[index] ?? 0) + age.bytes));
    listedBytes += bytes;
  }
  if (liveBytes > listedBytes) {
    const rest = nodeOf(NOT_LISTED);
    rest.selfBytes = liveBytes - listedBytes;
    root.children.push(rest);
  }
  return root;
}

/** Each stack that allocated something, outermost frame first. */
export function* stacksOf(
  root: AllocationNode,
): Generator<{ readonly frames: readonly ProfileFrame[]; readonly bytes: number }> {
  // V8 is asked for 32 frames, but a file may hold anything: a list instead of recursion.
  const waiting: { node: AllocationNode; frames: readonly ProfileFrame[] }[] = [{ node: root, frames: [] }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { node, frames } = next;
    if (node.selfBytes > 0) yield { frames, bytes: node.selfBytes };
    for (const child of [...node.children].reverse())
      waiting.push({ node: child, frames: child.frame === null ? frames : [...frames, child.frame] });
  }
}

function nodeOf(frame: ProfileFrame | null): AllocationNode {
  return { frame, selfBytes: 0, bytesByAge: [], children: [] };
}

const NOT_LISTED: ProfileFrame = { function: '(stacks not listed)', url: '', line: null, column: null };
