import type { HeapCounts } from '../core/heap-counts.ts';
import type { HeapMemory } from '../core/snapshot-capture.ts';

/** What taking a snapshot of this heap will do, before anything was begun. */
export type SnapshotPrediction = {
  /** How many objects there are: counted by V8, or `null` where only bytes are known. */
  readonly objects: number | null;
  /** For how long the program will stand still: likely, and at most. */
  readonly pauseMs: number;
  readonly pauseMsMost: number;
  /** Resident memory on top of what the process has. At most. */
  readonly memoryBytes: number;
  /** Of the file. At most. */
  readonly fileBytes: number;
};

/** `microsecondsAnObject` is the rate of this machine, measured on a heap of its own. */
export function predictSnapshot(counts: HeapCounts, microsecondsAnObject: number): SnapshotPrediction {
  const { objects, receivers, textBytes, madeNames, weakPlaces, references } = counts;
  const work = objects + textBytes / TEXT_BYTES_AN_OBJECT + weakPlaces * OBJECTS_A_WEAK_PLACE;
  const pauseMs = FIXED_PAUSE_MS + (work * microsecondsAnObject) / 1000;
  return {
    objects,
    pauseMs,
    pauseMsMost: pauseMs * PAUSE_SPREAD,
    memoryBytes:
      FIXED_BYTES +
      receivers * RECEIVER_BYTES +
      (objects - receivers) * OTHER_BYTES +
      madeNames * NAME_BYTES +
      textBytes * TEXT_COPIES,
    fileBytes:
      objects * NODE_FILE_BYTES +
      (references + 2 * objects) * EDGE_FILE_BYTES +
      weakPlaces * WEAK_PLACE_FILE_BYTES +
      textBytes * TEXT_FILE,
  };
}

/**
 * Where V8 would not count: as if everything that is not large were the smallest objects there are, and everything that is
 * large one list of references.
 */
export function predictFromBytes(
  { heapUsedBytes, largeBytes }: HeapMemory,
  microsecondsAnObject: number,
): SnapshotPrediction {
  const bytes = Math.max(0, heapUsedBytes - largeBytes);
  const objects = Math.ceil(bytes / SMALL_OBJECT_BYTES);
  const all = {
    objects,
    receivers: objects,
    textBytes: 0,
    madeNames: Math.max(objects, Math.ceil(largeBytes / POINTER_BYTES)),
    weakPlaces: 0,
    references: 4 * objects,
    pauseMs: 0,
  };
  return { ...predictSnapshot(all, microsecondsAnObject), objects: null };
}

/** What is left of one limit that the process lives under. */
export type MemoryRoom = {
  /** `container` is the cgroup with the least left, `rlimit` one of `setrlimit`, `machine` what the kernel can still give. */
  readonly which: 'container' | 'rlimit' | 'machine';
  readonly leftBytes: number;
};

/** The one with the least left; `undefined` where no limit is known. */
export function tightestOf(rooms: readonly MemoryRoom[]): MemoryRoom | undefined {
  return [...rooms].sort((a, b) => a.leftBytes - b.leftBytes)[0];
}

/** Why a capture is not safe, with the figures. */
export type SnapshotObjection =
  | {
      readonly kind: 'memory';
      readonly needBytes: number;
      readonly leftBytes: number;
      readonly which: MemoryRoom['which'];
    }
  | { readonly kind: 'pause'; readonly pauseMs: number; readonly maxPauseMs: number }
  | { readonly kind: 'disk'; readonly needBytes: number; readonly leftBytes: number };

export type Circumstances = {
  readonly rooms: readonly MemoryRoom[];
  readonly maxPauseMs: number;
  /** Where the file goes; whether that is memory too, as in most /dev/shm and many /tmp. */
  readonly disk: { readonly leftBytes: number; readonly isMemory: boolean };
};

/**
 * Whether a snapshot may be taken: an objection for each thing that could harm the process. Nothing is rounded in the
 * capture's favour: the most it can take is set against the least that is left.
 */
export function objectionsTo(
  { pauseMsMost, memoryBytes, fileBytes }: SnapshotPrediction,
  { rooms, maxPauseMs, disk }: Circumstances,
): SnapshotObjection[] {
  const objections: SnapshotObjection[] = [];
  const needBytes = memoryBytes + RESERVE_BYTES + (disk.isMemory ? FILES * fileBytes : 0);
  objections.push(...memoryObjections(needBytes, rooms));
  if (!(pauseMsMost <= maxPauseMs)) objections.push({ kind: 'pause', pauseMs: pauseMsMost, maxPauseMs });
  if (!(FILES * fileBytes <= disk.leftBytes))
    objections.push({ kind: 'disk', needBytes: FILES * fileBytes, leftBytes: disk.leftBytes });
  return objections;
}

/**
 * Whether there is room to have the heap counted: a collection may need half as much again for a moment. Where there is not,
 * there is none for a snapshot.
 */
export function objectionsToCounting(
  { heapUsedBytes, largeBytes }: HeapMemory,
  rooms: readonly MemoryRoom[],
): SnapshotObjection[] {
  const needBytes = RESERVE_BYTES + Math.max(0, heapUsedBytes - largeBytes) / 2;
  return memoryObjections(needBytes, rooms);
}

/** Where nothing is known of what is left, nothing is admitted. */
function memoryObjections(needBytes: number, rooms: readonly MemoryRoom[]): SnapshotObjection[] {
  const tightest = tightestOf(rooms) ?? { which: 'machine', leftBytes: 0 };
  return needBytes <= tightest.leftBytes ? [] : [{ kind: 'memory', needBytes, ...tightest }];
}

/**
 * What one object costs, measured on heaps of one kind each (bench/snapshot-guard.ts has them): 300 to 510 bytes, the more the
 * more fields it has; rounded up.
 */
const RECEIVER_BYTES = 560;
const OTHER_BYTES = 450;
/** V8 formats a name in a buffer of 1,024 bytes and keeps the buffer (`StringsStorage::GetVFormatted`). */
const NAME_BYTES = 1060;
const FIXED_BYTES = 32_000_000;
/** V8 keeps the text of each string once more. */
const TEXT_COPIES = 1.5;
const FIXED_PAUSE_MS = 50;
/** So much text takes as long as an object: it is hashed, escaped and written. */
const TEXT_BYTES_AN_OBJECT = 500;
/** Three names are made of an entry, and half of the places or more are taken. */
const OBJECTS_A_WEAK_PLACE = 4;
/** The likely pause is within a factor of two; the most is what is set against the limit. */
const PAUSE_SPREAD = 1.5;
const NODE_FILE_BYTES = 32;
const EDGE_FILE_BYTES = 20;
/** Two sentences and the names in them. */
const WEAK_PLACE_FILE_BYTES = 200;
/** Text that is not ASCII is written with six characters for one. */
const TEXT_FILE = 2;
/** The smallest that are many in real heaps: two words of header and two fields. */
const SMALL_OBJECT_BYTES = 32;
const POINTER_BYTES = 8;
/** For leakline itself, which may live under the same limit, and for what the program allocates meanwhile. */
const RESERVE_BYTES = 192_000_000;
/** V8's, which is gone afterwards, and the one that stays. */
const FILES = 2;
