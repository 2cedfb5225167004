import type { Report } from '../../report/schema.ts';

/** One function in one chain of calls, and how much was allocated in it and in what it calls. */
export type FlameBox = {
  /** Index into the frames. */
  readonly frame: number;
  /** Calls above it. */
  readonly depth: number;
  /** Left edge and width as parts of the whole, 0 to 1. */
  readonly from: number;
  readonly share: number;
  readonly bytes: number;
};

/**
 * The stacks laid over each other: calls with the same callers are one box, as wide as all that they made that stayed. The
 * outermost call is on top, and of what one calls the largest is to the left. Boxes too narrow to be seen are left out.
 * `bytesOf` says how much a stack counts for.
 */
export function flameLayout(
  growth: NonNullable<Report['sampledGrowth']>,
  bytesOf: BytesOfStack = lastingBytesOf,
  narrowest: number = NARROWEST,
): FlameLayout {
  const root: FlameNode = { frame: -1, bytes: 0, children: new Map() };
  for (const stack of growth.stacks) {
    const bytes = bytesOf(stack);
    const { frames } = stack;
    if (!(bytes > 0)) continue;
    root.bytes += bytes;
    let node = root;
    for (const frame of frames.slice(0, DEEPEST).toReversed()) {
      const child = node.children.get(frame) ?? { frame, bytes: 0, children: new Map() };
      child.bytes += bytes;
      node.children.set(frame, child);
      node = child;
    }
  }
  const boxes: FlameBox[] = [];
  place(root, { from: 0, depth: 0 }, { wholeBytes: root.bytes, narrowest }, boxes);
  return {
    boxes,
    bytes: root.bytes,
    depth: boxes.reduce((deepest, { depth }) => Math.max(deepest, depth + 1), 0),
  };
}

/** What of a stack counts. */
export type BytesOfStack = (stack: NonNullable<Report['sampledGrowth']>['stacks'][number]) => number;

/** What outlived the last fifth of the window: the rest may only be in use. */
export function lastingBytesOf({ lastingBytes }: Parameters<BytesOfStack>[0]): number {
  return lastingBytes;
}

export type FlameLayout = {
  readonly boxes: readonly FlameBox[];
  /** Of all boxes side by side. */
  readonly bytes: number;
  readonly depth: number;
};

type FlameNode = {
  readonly frame: number;
  bytes: number;
  readonly children: Map<number, FlameNode>;
};

function place(
  node: FlameNode,
  { from, depth }: { readonly from: number; readonly depth: number },
  scale: { readonly wholeBytes: number; readonly narrowest: number },
  boxes: FlameBox[],
): void {
  let left = from;
  for (const child of [...node.children.values()].sort((a, b) => b.bytes - a.bytes)) {
    const share = child.bytes / scale.wholeBytes;
    if (share < scale.narrowest) continue;
    boxes.push({ frame: child.frame, depth, from: left, share, bytes: child.bytes });
    place(child, { from: left, depth: depth + 1 }, scale, boxes);
    left += share;
  }
}

/** One pixel of a wide page. */
const NARROWEST = 0.001;
/** More than V8 is asked for; a document that somebody wrote may have any number. */
const DEEPEST = 64;
