import v8 from 'node:v8';
import vm from 'node:vm';
import { formatBytes } from '../core/bytes.ts';
import { createForcedGc } from '../probe/forced-gc.ts';
import { findSlope } from '../verdict/slope.ts';

/**
 * For a regression test in any runner (`node:test`, vitest, jest): runs the operation many times and fails if each
 * time leaves memory behind.
 *
 * Rejects with a `LeakError` if the interval of the bytes kept per call lies above `allowedBytes` (8 unless told: no
 * object is smaller than 12). It says how
 * much, not where: for the line, run the program under `leakline run`. What the operation itself rejects with is
 * passed on.
 */
export async function expectNoLeak(
  operation: () => unknown,
  options: MeasureOptions & { readonly allowedBytes?: number } = {},
): Promise<void> {
  const { allowedBytes = 8 } = options;
  const kept = await measureKept(operation, options);
  if (kept.interval[0] > allowedBytes) throw new LeakError(kept);
}

/**
 * The bytes that each call of the operation leaves behind: heap, external memory and array buffers.
 *
 * The operation is called in rounds, one call after the other; after each round V8 collects all garbage, and the
 * slope of what is left over the calls is the median of the slopes of all pairs of rounds (Theil–Sen), which one round of
 * lazy compilation does not bend. Takes `rounds` + `warmUpRounds` full collections of the test's process.
 */
export async function measureKept(operation: () => unknown, options: MeasureOptions = {}): Promise<Kept> {
  const { rounds = 12, callsPerRound = 20, warmUpRounds = 3 } = options;
  if (rounds < 8) throw new RangeError(`rounds is ${rounds}; below 8 no interval can be given`);
  if (callsPerRound < 1) throw new RangeError(`callsPerRound is ${callsPerRound}; it must be at least 1`);
  const collect = createForcedGc(v8, vm);
  // Made before anything is measured: figures that were added one by one would be a leak of 60 bytes a round.
  const floors = new Float64Array(rounds);
  for (let round = -warmUpRounds; round < rounds; round += 1) {
    for (let call = 0; call < callsPerRound; call += 1) await operation();
    const bytes = await floorAfter(collect);
    if (round >= 0) floors[round] = bytes;
  }
  // A call counts as a second, so that bytes per second are bytes per call.
  const points = Array.from(floors, (bytes, round) => ({
    timeMs: round * callsPerRound * 1000,
    bytes,
    openConnections: 0,
  }));
  const slope = findSlope(points, LEVEL);
  if (slope === undefined) throw new Error('a slope needs four rounds');
  return {
    bytesPerCall: Math.round(slope.bytesPerSecond),
    interval: [Math.round(slope.interval[0]), Math.round(slope.interval[1])],
    level: LEVEL,
    calls: (rounds + warmUpRounds) * callsPerRound,
    floors: [...floors],
  };
}

export type MeasureOptions = {
  /** Rounds that are measured, at least 8; 12 unless told. */
  readonly rounds?: number;
  /** Calls between two collections; 20 unless told. */
  readonly callsPerRound?: number;
  /** Rounds before the first that is measured, for caches to fill and code to be compiled; 3 unless told. */
  readonly warmUpRounds?: number;
};

export type Kept = {
  readonly bytesPerCall: number;
  readonly interval: readonly [number, number];
  readonly level: number;
  readonly calls: number;
  /** Bytes in use after each measured round. */
  readonly floors: readonly number[];
};

export class LeakError extends Error {
  readonly kept: Kept;

  constructor(kept: Kept) {
    const [low, high] = kept.interval.map((bytes) => formatBytes(bytes));
    super(
      `each call leaves ${formatBytes(kept.bytesPerCall)} behind (${kept.level * 100} % interval ${low} … ${high}, ` +
        `${kept.calls} calls)`,
    );
    this.name = 'LeakError';
    this.kept = kept;
  }
}

const LEVEL = 0.99;

/** What a finished operation still has to let go of, it lets go of in a turn or two of the event loop. */
async function floorAfter(collect: () => void): Promise<number> {
  await nextTurn();
  collect();
  // Finalizers run after a collection and free what it found.
  await nextTurn();
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
