import { expect, test } from 'vitest';
import type { AllocationWindow } from '../../src/core/allocations.ts';
import { emptySeries, type GcEvent } from '../../src/core/series.ts';
import type { Verdict } from '../../src/core/verdict.ts';
import { AllocationWindows, type Unsampled } from '../../src/session/allocation-windows.ts';
import type { Peer } from '../../src/wire/peer.ts';

const growth = {
  bytesPerSecond: 100_000,
  interval: [90_000, 110_000],
  level: 0.99,
  falseAlarmProbability: 0.01,
  smallestDetectableBytesPerSecond: 1000,
} as const;

function verdict(more: Partial<Verdict>): Verdict {
  return {
    kind: 'inconclusive',
    space: null,
    decidedAtMs: null,
    reason: '',
    growth,
    forecast: null,
    watchMoreMs: null,
    filling: null,
    excludedBytesPerSecond: null,
    slower: null,
    suspicious: true,
    ...more,
  };
}

/** A megabyte in a second, so that sampling may be as fine as it gets. */
const gcs = [0, 1000].map(
  (timeMs): GcEvent => ({
    timeMs,
    kind: 'minor',
    durationMs: 1,
    beforeBytes: 11e6,
    afterBytes: 10e6,
    forced: false,
  }),
);

const leaking = verdict({ kind: 'leaking', space: 'heap' });
const refused: AllocationWindow = { profile: null, refusal: 'pause', predictedPauseMs: 70 };

/** An agent that answers in turn, and then for ever with a profile. */
class World {
  readonly asked: number[] = [];
  readonly told: (Unsampled | null)[] = [];
  readonly windows: AllocationWindows;
  now: Verdict | null = verdict({});

  constructor(...answers: AllocationWindow[]) {
    const call = (_: string, { forMs }: { forMs: number }): Promise<AllocationWindow> => {
      this.asked.push(forMs);
      const profile = { durationMs: forMs, samplingIntervalBytes: 1024, liveBytes: 0, stacks: [] };
      return Promise.resolve(answers.shift() ?? { profile, refusal: null });
    };
    this.windows = new AllocationWindows({ call } as unknown as Peer, {
      now: () => ({ verdict: this.now, series: { ...emptySeries, gcs } }),
      report: ({ unsampled }) => this.told.push(unsampled),
    });
    for (let walk = 0; walk < 4; walk += 1) this.windows.walked();
  }
}

test('a short window where the containers account for half of the growth', async () => {
  const world = new World();
  expect(world.windows.looksForMore(50_000)).toBe(false);
  await world.windows.take(50_000);
  expect(world.asked).toEqual([1500]);
});

test('a long one where they do not, and what it saw is used again', async () => {
  const world = new World();
  const first = await world.windows.take(49_000);
  expect(world.asked).toEqual([6144]);
  expect(await world.windows.take(0)).toBe(first);
  expect(await world.windows.take(90_000)).toBe(first);
  expect(world.asked).toHaveLength(1);
});

test('one more once it is a leak: the first may have seen the warm-up', async () => {
  const world = new World();
  await world.windows.take(0);
  world.now = leaking;
  await world.windows.take(0);
  await world.windows.take(0);
  expect(world.asked).toEqual([6144, 6144]);
});

test('three tries where there is no room for the pause, and the reader is told until there is', async () => {
  const world = new World(refused, refused);
  expect(await world.windows.take(0)).toBeNull();
  expect(await world.windows.take(0)).toBeNull();
  expect(await world.windows.take(0)).not.toBeNull();
  const told = { refusal: 'pause', predictedPauseMs: 70 };
  expect(world.told).toEqual([told, told, null]);

  const never = new World(refused, refused, refused);
  for (let tries = 0; tries < 3; tries += 1) await never.windows.take(0);
  expect(never.windows.looksForMore(0)).toBe(false);
});

test('of memory outside of the heap the sampler knows nothing', () => {
  const world = new World();
  world.now = verdict({ kind: 'leaking', space: 'external' });
  expect(world.windows.looksForMore(0)).toBe(false);
  world.now = verdict({ growth: null });
  expect(world.windows.looksForMore(0)).toBe(false);
});
