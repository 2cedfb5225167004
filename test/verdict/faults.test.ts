import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Floor, Sample, Series } from '../../src/core/series.ts';
import { decide } from '../../src/verdict/decide.ts';
import { Watcher } from '../../src/verdict/watcher.ts';
import { families, familyNamed, limitBytes, Random, trace } from './traces.ts';

const healthy = families.filter(({ healthy: is, seconds }) => is && seconds <= 120);
const patiences = ['quick', 'standing'] as const;

/** One thing that goes wrong with a recording, at the entries a chance picks. */
type Fault = {
  readonly name: string;
  readonly spoil: <Entry extends Floor | Sample>(entries: readonly Entry[], random: Random) => Entry[];
};

const faults: readonly Fault[] = [
  { name: 'entries lost', spoil: (entries, random) => entries.filter(() => random.next() < 0.6) },
  {
    name: 'a gap',
    spoil: (entries, random) => {
      const from = Math.floor(random.next() * entries.length);
      return entries.filter((_, i) => i < from || i > from + entries.length / 3);
    },
  },
  {
    name: 'entries twice',
    spoil: (entries, random) => entries.flatMap((entry) => (random.next() < 0.3 ? [entry, entry] : [entry])),
  },
  {
    name: 'entries out of order',
    spoil: (entries, random) => {
      const spoilt = [...entries];
      for (let i = 1; i < spoilt.length; i += 1) {
        if (random.next() < 0.2) spoilt.splice(i - 1, 2, ...spoilt.slice(i - 1, i + 1).reverse());
      }
      return spoilt;
    },
  },
  {
    name: 'a clock that jumps back',
    spoil: (entries, random) => {
      const from = Math.floor(random.next() * entries.length);
      const backMs = random.between(1_000, 40_000);
      return entries.map((entry, i) => (i < from ? entry : { ...entry, timeMs: entry.timeMs - backMs }));
    },
  },
  {
    name: 'a clock that jumps ahead',
    spoil: (entries, random) => {
      const from = Math.floor(random.next() * entries.length);
      const aheadMs = random.between(1_000, 3_600_000);
      return entries.map((entry, i) => (i < from ? entry : { ...entry, timeMs: entry.timeMs + aheadMs }));
    },
  },
  {
    name: 'sizes that cannot be',
    spoil: (entries, random) =>
      entries.map((entry) => {
        if (random.next() > 0.2) return entry;
        const bytes = [Number.NaN, Infinity, -1, -1e12][Math.floor(random.next() * 4)] ?? -1;
        return { ...entry, heapBytes: bytes, externalBytes: bytes, rss: bytes, heapUsed: bytes };
      }),
  },
  {
    name: 'times that cannot be',
    spoil: (entries, random) =>
      entries.map((entry) => (random.next() < 0.1 ? { ...entry, timeMs: Number.NaN } : entry)),
  },
  { name: 'a process that is stopped', spoil: (entries) => stopped(entries, 20_000, 1_800_000) },
];

/** SIGSTOP at a time and SIGCONT later: nothing in between, and everything after it later. */
function stopped<Entry extends Floor | Sample>(
  entries: readonly Entry[],
  atMs: number,
  forMs: number,
): Entry[] {
  return entries.map((entry) => (entry.timeMs < atMs ? entry : { ...entry, timeMs: entry.timeMs + forMs }));
}

describe('a faulty recording of a healthy server', () => {
  test.each(faults)('with $name is not called leaking, and nothing throws', ({ spoil }) => {
    fc.assert(
      fc.property(
        fc.constantFrom(...healthy),
        fc.integer({ min: 1, max: 50 }),
        fc.constantFrom(...patiences),
        (family, seed, patience) => {
          const random = new Random(seed);
          const series = trace(family, seed);
          const spoilt = {
            ...series,
            floors: spoil(series.floors, random),
            samples: spoil(series.samples, random),
          };
          const verdict = decide(spoilt, { limitBytes, watchedMs: family.seconds * 1000, patience });
          expect(verdict.kind).not.toBe('leaking');
          expect(verdict.reason).not.toMatch(/NaN|undefined|\?/);
          // The same entries as they come, without anybody who could sort them.
          const watcher = new Watcher({ limitBytes, patience });
          for (const floor of spoilt.floors) watcher.add({ sample: null, gcs: [], floors: [floor] });
          for (const sample of spoilt.samples) watcher.add({ sample, gcs: [], floors: [] });
          expect(watcher.isLeaking).toBe(false);
        },
      ),
      { numRuns: 40, seed: 4 },
    );
  });

  test('of one entry is inconclusive', () => {
    const series = trace(familyNamed('noise'), 1);
    for (const one of [
      { ...series, floors: [], samples: series.samples.slice(0, 1) },
      { ...series, floors: series.floors.slice(0, 1), samples: [] },
    ]) {
      expect(decide(one, { limitBytes, watchedMs: 1000 }).kind).toBe('inconclusive');
    }
  });

  test('of a million samples is judged', () => {
    const random = new Random(2);
    const sample = { external: 2e6, arrayBuffers: 0, openConnections: 4, activeTimers: 1 };
    const samples = Array.from({ length: 1_000_000 }, (_, i): Sample => {
      const heapUsed = 30e6 + 10e6 * random.next();
      return { ...sample, timeMs: i * 1000, heapUsed, heapTotal: 50e6, rss: 120e6 + 1e6 * random.next() };
    });
    const floors = Array.from({ length: 5_000 }, (_, i): Floor => {
      const heapBytes = 25e6 + 1e5 * random.normal();
      return { timeMs: i * 200_000, heapBytes, externalBytes: 2e6, openConnections: 4 };
    });
    const verdict = decide({ samples, gcs: [], floors }, { limitBytes, watchedMs: 1e9 });
    expect(verdict.kind).toBe('steady');
  }, 30_000);
});

test('one floor that claims to come from next year does not make a watcher blind', () => {
  const watcher = new Watcher({ limitBytes });
  const floor = (seconds: number, heapBytes: number): Floor => ({
    timeMs: seconds * 1000,
    heapBytes,
    externalBytes: 2e6,
    openConnections: 4,
  });
  for (let seconds = 2; seconds <= 90; seconds += 2) {
    watcher.add({ sample: null, gcs: [], floors: [floor(seconds, 20e6 + 400_000 * seconds)] });
    if (seconds === 10) watcher.add({ sample: null, gcs: [], floors: [floor(31_536_000, 20e6)] });
  }
  expect(watcher.verdict(90_000)).toMatchObject({ kind: 'leaking', space: 'heap' });
});

describe('a series', () => {
  test('says the same in whatever order its entries stand', () => {
    fc.assert(
      fc.property(fc.constantFrom(...families), fc.integer({ min: 1, max: 20 }), (family, seed) => {
        if (family.seconds > 120) return;
        const series = trace(family, seed);
        const random = new Random(seed);
        const shuffled = <Entry>(entries: readonly Entry[]): Entry[] =>
          entries
            .map((entry) => ({ entry, at: random.next() }))
            .sort((a, b) => a.at - b.at)
            .map(({ entry }) => entry);
        const mixed: Series = {
          ...series,
          floors: shuffled(series.floors),
          samples: shuffled(series.samples),
        };
        const options = { limitBytes, watchedMs: family.seconds * 1000 };
        expect(decide(mixed, options)).toEqual(decide(series, options));
      }),
      { numRuns: 25, seed: 9 },
    );
  });

  test('of a server that leaks says so as well when all its sizes and its limit are larger by as much', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2_000_000_000 }), (added) => {
        const series = trace(familyNamed('1 to 5 MB/s'), 3);
        const moved = {
          ...series,
          floors: series.floors.map((floor) => ({ ...floor, heapBytes: floor.heapBytes + added })),
        };
        const before = decide(series, { limitBytes, watchedMs: 60_000 });
        const after = decide(moved, { limitBytes: limitBytes + added, watchedMs: 60_000 });
        expect(after.kind).toBe('leaking');
        expect(after.decidedAtMs).toBe(before.decidedAtMs);
        expect(after.growth?.bytesPerSecond).toBeCloseTo(before.growth?.bytesPerSecond ?? Number.NaN, 0);
      }),
      { numRuns: 20, seed: 2 },
    );
  });
});
