import type { AllocationProfile } from '../core/allocations.ts';
import type { ContainerDetail, TrapResult } from '../core/census.ts';
import type { MemorySpace } from '../core/verdict.ts';
import type { SourceReader } from './source/source-reader.ts';

/** A container group that gained entries from walk to walk, looked at closely, perhaps trapped. */
export type GrowingContainer = {
  readonly detail: ContainerDetail;
  /** Entries per second, all containers of the group together. */
  readonly growthPerSecond: number;
  /** Of snapshots, which have no clock: the rate is from each to the next. Absent where it is of seconds. */
  readonly per?: 'snapshot';
  /** Entries in all of them at the first and at the last walk. */
  readonly sizeBefore: number;
  readonly sizeAfter: number;
  readonly instances: number;
  /** `null` if no trap was tried. */
  readonly trap: TrapResult | null;
};

export type DiagnoseContext = {
  readonly sources: SourceReader;
  /** The target's, absolute: files below it are named relative to it. */
  readonly workingDirectory: string;
  /** What the verdict says the process grows by; `null` if there is none yet. */
  readonly slopeBytesPerSecond: number | null;
  /**
   * The URLs of the scripts the process has loaded, Node's own left out. Where no trap could see who adds, these are
   * searched; without them only the files on the container's path are.
   */
  readonly programScripts?: readonly string[];
  /** What was allocated while the traps were set, and lived on. */
  readonly allocations?: AllocationProfile | null;
  /** Containers that kept their size over all walks: they hold nothing that grows, whatever the text puts into them. */
  readonly steady?: readonly ContainerDetail[];
  /** Dictionaries with too many keys to be listed again: whether they grow is not known. */
  readonly uncounted?: readonly ContainerDetail[];
  /** Where it grows. */
  readonly space: MemorySpace | null;
};

/** A container that was looked at though it was not seen to grow. */
export function notGrowing(detail: ContainerDetail): GrowingContainer {
  const { size, instances } = detail;
  return { detail, growthPerSecond: 0, sizeBefore: size, sizeAfter: size, instances, trap: null };
}

/** How much of the process's growth this container accounts for, in bytes per second; `null` if no element was measured. */
export function explainedBytesPerSecond(growing: GrowingContainer): number | null {
  const { elementBytes } = growing.detail;
  return elementBytes === null ? null : elementBytes * growing.growthPerSecond;
}

/**
 * Whether an element may keep far more than the look into it could see: it ended at its limit, or at a text that may be a piece
 * of a longer one, which V8 then keeps whole.
 */
export function keepsMoreThanSeen({ detail }: GrowingContainer): boolean {
  return detail.elementBytesAtLeast === true || detail.elementType === 'string';
}
