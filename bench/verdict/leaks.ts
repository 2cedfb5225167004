import type { MemorySpace } from '../../src/core/verdict.ts';
import type { Service, Signal } from '../../test/verdict/service.ts';
import type { Random } from '../../test/verdict/traces.ts';

/** A leaking service and the truth about it. */
export type Leak = {
  readonly kind: LeakKind;
  readonly where: LeakPlace;
  readonly space: MemorySpace;
  /** How long it takes to fill the headroom. */
  readonly lifeSeconds: number;
  /** Deviation of a floor, in parts of the headroom. */
  readonly noiseShare: number;
  readonly headroomBytes: number;
  readonly bytesPerSecond: number;
  /** The rate at a second, where it is not the same throughout. */
  readonly bytesPerSecondAt: Signal;
  /** Variance by which growth scatters about its mean, in bytes² a second: what an oracle knows. */
  readonly wanderingPerSecond: number;
  readonly noiseBytes: number;
  readonly service: Service;
  /** What has leaked by a second. Pure, so that the future can be asked. */
  readonly leaked: Signal;
};

export const leakKinds = ['linear', 'stepwise', 'logarithmic, then linear', 'bursty'] as const;
export type LeakKind = (typeof leakKinds)[number];
export const leakPlaces = ['heap', 'external', 'native', 'worker'] as const;
export type LeakPlace = (typeof leakPlaces)[number];

const MB = 1e6;
const MINUTE = 60;
const HOUR = 3600;

export const livesSeconds: readonly number[] = [3 * MINUTE, 20 * MINUTE, 3 * HOUR, 24 * HOUR];
export const noiseShares: readonly number[] = [0.0005, 0.003, 0.01];
export const headrooms: readonly number[] = [300 * MB, 1_000 * MB, 4_000 * MB];

export type Cell = Pick<Leak, 'kind' | 'where' | 'lifeSeconds' | 'noiseShare' | 'headroomBytes'>;

/** Every combination; native memory is judged by minutes, so leaks that kill within 20 are left out there. */
export function cells(): Cell[] {
  return leakKinds.flatMap((kind) =>
    leakPlaces.flatMap((where) =>
      livesSeconds
        .filter((life) => where !== 'native' || life >= 20 * MINUTE)
        .flatMap((lifeSeconds) =>
          noiseShares.flatMap((noiseShare) =>
            headrooms
              // A worker's heap is small. External memory makes V8 collect each 64 MB only.
              .filter((headroom) => where !== 'worker' || headroom <= 1_000 * MB)
              .filter((headroom) => where !== 'external' || headroom >= 1_000 * MB)
              .map((headroomBytes) => ({ kind, where, lifeSeconds, noiseShare, headroomBytes })),
          ),
        ),
    ),
  );
}

export function drawLeak(cell: Cell, random: Random): Leak {
  const { where, lifeSeconds, noiseShare, headroomBytes } = cell;
  const baseBytes = random.between(5, where === 'worker' ? 20 : 120) * MB;
  const bytesPerSecond = headroomBytes / lifeSeconds;
  const { leaked, wanderingPerSecond, bytesPerSecondAt } = growth(cell, bytesPerSecond, random);
  const noiseBytes = noiseShare * headroomBytes;
  const allocated = random.between(0.5, 10) * MB;
  const noise = (): number => noiseBytes * random.normal();
  const inHeap = where === 'heap' || where === 'worker';
  return {
    ...cell,
    space: where === 'worker' ? 'heap' : where,
    bytesPerSecond,
    wanderingPerSecond,
    bytesPerSecondAt,
    noiseBytes,
    leaked,
    service: {
      limitBytes: baseBytes + headroomBytes,
      baseBytes,
      allocation: () => allocated,
      promotedShare: random.between(0.01, 0.1),
      noise: inHeap ? noise : () => 30_000 * random.normal(),
      ...(inHeap ? { heap: leaked } : {}),
      ...(where === 'external' ? { external: (t) => Math.max(0, baseBytes + leaked(t) + noise()) } : {}),
      ...(where === 'native' ? { native: (t) => Math.max(0, baseBytes + leaked(t) + noise()) } : {}),
    },
  };
}

function growth(
  { kind, lifeSeconds, headroomBytes }: Cell,
  bytesPerSecond: number,
  random: Random,
): Pick<Leak, 'leaked' | 'wanderingPerSecond' | 'bytesPerSecondAt'> {
  const bytesPerSecondAt = (): number => bytesPerSecond;
  if (kind === 'linear')
    return { leaked: (t) => bytesPerSecond * t, wanderingPerSecond: 0, bytesPerSecondAt };
  if (kind === 'stepwise') {
    const every = lifeSeconds / random.between(40, 120);
    return {
      leaked: (t) => bytesPerSecond * every * Math.floor(t / every),
      // A step of s every e seconds is off the line like s²/12, for ever; it does not wander.
      wanderingPerSecond: 0,
      bytesPerSecondAt,
    };
  }
  if (kind === 'bursty') {
    // Bursts of exponential size at random times: variance 2 size² each.
    const size = headroomBytes / random.between(150, 1000);
    const rate = bytesPerSecond / size;
    const arrivals: { readonly at: number; readonly sum: number }[] = [{ at: 0, sum: 0 }];
    let at = 0;
    let sum = 0;
    while (sum < 2 * headroomBytes) {
      at += random.exponential(1 / rate);
      sum += random.exponential(size);
      arrivals.push({ at, sum });
    }
    return {
      leaked: (t) => arrivals[before(arrivals, t)]?.sum ?? 0,
      wanderingPerSecond: 2 * size * size * rate,
      bytesPerSecondAt,
    };
  }
  const warm = random.between(0.02, 0.08) * headroomBytes;
  const decay = lifeSeconds / random.between(50, 400);
  const whole = Math.log1p(lifeSeconds / decay);
  return {
    leaked: (t) => bytesPerSecond * t + (warm * Math.log1p(t / decay)) / whole,
    wanderingPerSecond: 0,
    bytesPerSecondAt: (t) => bytesPerSecond + warm / whole / (t + decay),
  };
}

function before(arrivals: readonly { readonly at: number }[], t: number): number {
  let low = 0;
  let high = arrivals.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((arrivals[middle]?.at ?? Infinity) <= t) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
