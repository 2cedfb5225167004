import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { emptySeries, type Floor, type Series } from '../../src/core/series.ts';
import type { Verdict } from '../../src/core/verdict.ts';
import { decide } from '../../src/verdict/decide.ts';
import {
  type Drawing,
  drawSeries,
  families,
  familyNamed,
  limitBytes,
  Random,
  trace,
  until,
} from './traces.ts';

const MB = 1_000_000;

function verdictAt(series: Series, seconds: number): Verdict {
  return decide(until(series, seconds * 1000), { limitBytes, watchedMs: seconds * 1000 });
}

/** The verdicts a watcher saw, second by second. */
function verdicts(series: Series, seconds: number): readonly Verdict[] {
  return Array.from({ length: seconds }, (_, second) => verdictAt(series, second + 1));
}

function drawn(drawing: Drawing, seconds: number, seed = 1): Series {
  return drawSeries(drawing, seconds, new Random(seed));
}

/** Floors in MB, one each two seconds from 2 s on. */
function floors(...sizes: readonly number[]): Series {
  return {
    ...emptySeries,
    floors: sizes.map((size, i) => ({
      timeMs: 2000 * (i + 1),
      heapBytes: Math.round(size * MB),
      externalBytes: 1.6 * MB,
      openConnections: 4,
    })),
  };
}

// Floors of the two servers of the story, recorded on Node 20.20: seconds and KB.
const recordedLeaking = recorded(
  [2.01, 3402.3],
  [3.31, 43533.6],
  [4.02, 59405.4],
  [5.25, 139642.8],
  [6.03, 171411.8],
  [8.04, 283412.6],
  [10.05, 395413.4],
  [12.06, 507416.8],
  [14.07, 619415],
  [16.06, 731425.4],
  [18.11, 843423.6],
  [20.16, 955431.9],
);
const recordedFixed = recorded(
  [2.01, 3401.6],
  [3.2, 27653.3],
  [4.01, 59412.3],
  [5.38, 115493.7],
  [6.01, 3408.5],
  [8.01, 3408.6],
  [10.01, 3408.7],
  [12.01, 3412.6],
  [14.01, 3412],
  [16.01, 3448.4],
  [18.02, 3444.7],
  [20.01, 3445.8],
);

function recorded(...pairs: readonly (readonly [number, number])[]): Series {
  return {
    ...emptySeries,
    floors: pairs.map(([seconds, kilobytes]) => ({
      timeMs: Math.round(seconds * 1000),
      heapBytes: Math.round(kilobytes * 1000),
      externalBytes: 1_664_000,
      openConnections: 4,
    })),
  };
}

describe('the story', () => {
  test('the recorded leaking server is called after 8 s, and its forecast holds', () => {
    const seen = verdicts(recordedLeaking, 21);
    const first = seen.find((verdict) => verdict.kind === 'leaking');
    expect(first).toMatchObject({ space: 'heap', decidedAtMs: 8040, watchMoreMs: null, suspicious: true });
    const last = seen.at(-1);
    expect(last?.growth?.interval[0]).toBeGreaterThan(53.5 * MB);
    expect(last?.growth?.interval[1]).toBeLessThan(58.5 * MB);
    // 56 MB/s from 955 MB on: the limit is 60.5 s after the last floor, 59.7 s after the end of the watch.
    expect(last?.forecast?.secondsToLimit).toBeGreaterThan(58.5);
    expect(last?.forecast?.secondsToLimit).toBeLessThan(61.5);
  });

  test('the recorded fixed server is never called, and steady from 12 s on', () => {
    const kinds = verdicts(recordedFixed, 21).map((verdict) => verdict.kind);
    expect(kinds).not.toContain('leaking');
    expect(kinds.indexOf('steady')).toBe(12);
    expect(kinds.slice(12)).toEqual(kinds.slice(12).map(() => 'steady'));
  });

  test('the leaking server is suspected before it is called, so that the line can be looked for', () => {
    const seen = verdicts(recordedLeaking, 21);
    expect(seen.findIndex((verdict) => verdict.suspicious)).toBeLessThan(
      seen.findIndex((verdict) => verdict.kind === 'leaking'),
    );
  });

  test.each([
    ['story, leaking', 13],
    ['story, leaking, 3 x 8 KB/s', 36],
  ])('%s: called by second %d on each of 40 servers, and steady never', (name, seconds) => {
    for (let seed = 1; seed <= 40; seed += 1) {
      const series = trace(familyNamed(name), seed);
      expect(verdictAt(series, seconds), `seed ${seed}`).toMatchObject({ kind: 'leaking', space: 'heap' });
      for (const second of [10, 12, 14, 16, 20, 24]) {
        expect(verdictAt(series, second).kind, `seed ${seed}, second ${second}`).not.toBe('steady');
      }
    }
  });

  /** A floor in three is one in the midst of a burst of 2 MB, whose work is through before the next. */
  const bursts = (bytesPerSecond: number, seed: number): Series => {
    const random = new Random(seed);
    const noise = (): number => (random.next() < 1 / 3 ? 2 * MB : 0) + 60_000 * random.normal();
    return drawSeries({ heap: (t) => bytesPerSecond * t, noise, everySeconds: 2.4 }, 60, random);
  };

  test('a server that works in bursts is steady within a minute, and one that leaks beside them is not', () => {
    const kindsOf = (series: Series): Verdict['kind'][] =>
      [30, 36, 42, 48, 54, 60].map((second) => verdictAt(series, second).kind);
    let steady = 0;
    for (let seed = 1; seed <= 40; seed += 1) {
      if (kindsOf(bursts(0, seed)).includes('steady')) steady += 1;
      expect(kindsOf(bursts(80_000, seed)), `seed ${seed}`).not.toContain('steady');
    }
    expect(steady).toBeGreaterThanOrEqual(36);
  });

  test.each(['story, fixed', 'story, fixed, 3 x 8 KB/s'])(
    '%s: never called, and steady by second 22, on each of 40 servers',
    (name) => {
      for (let seed = 1; seed <= 40; seed += 1) {
        const kinds = verdicts(trace(familyNamed(name), seed), 22).map((verdict) => verdict.kind);
        expect(kinds, `seed ${seed}`).not.toContain('leaking');
        expect(kinds, `seed ${seed}`).toContain('steady');
      }
    },
  );
});

describe('false alarms and misses', () => {
  // Frozen: no healthy server of 15 families was called at the last look or in between.
  test.each(families.filter((family) => family.healthy && family.seconds <= 600))(
    'of 12 healthy servers none is called: $name',
    (family) => {
      for (let seed = 101; seed <= 112; seed += 1) {
        const series = trace(family, seed);
        for (let share = 1; share <= 12; share += 1) {
          const kind = verdictAt(series, (family.seconds * share) / 12).kind;
          expect(kind, `seed ${seed}, look ${share}`).not.toBe('leaking');
        }
      }
    },
  );

  test.each(families.filter((family) => !family.healthy))(
    'of 12 leaking servers each is called by the end: $name',
    (family) => {
      for (let seed = 101; seed <= 112; seed += 1) {
        const verdict = verdictAt(trace(family, seed), family.seconds);
        expect(verdict.kind, `seed ${seed}`).toBe('leaking');
        const space = /^(external|native)/.exec(family.name)?.[1] ?? 'heap';
        expect(verdict.space, `seed ${seed}`).toBe(space);
      }
    },
  );
});

describe('the verdict', () => {
  test('without floors is inconclusive and says that no collection was seen', () => {
    expect(decide(emptySeries, { limitBytes, watchedMs: 5000 })).toMatchObject({
      kind: 'inconclusive',
      growth: null,
      forecast: null,
      suspicious: false,
      reason: 'no major garbage collection was seen yet',
    });
  });

  test('after a leak that ended is taken back', () => {
    const job = drawn({ heap: (t) => 20 * MB * Math.min(25, t) }, 90);
    expect(verdictAt(job, 25).kind).toBe('leaking');
    expect(verdictAt(job, 60).kind).not.toBe('leaking');
    expect(verdictAt(job, 90).kind).toBe('steady');
  });

  test('of a leak in noisy floors is not taken back while it goes on', () => {
    for (let seed = 1; seed <= 8; seed += 1) {
      const series = trace(familyNamed('100 KB/s in noise of 300 KB'), seed);
      const kinds = [100, 120, 140, 160, 180].map((second) => verdictAt(series, second).kind);
      expect(kinds, `seed ${seed}`).toEqual(kinds.map(() => 'leaking'));
    }
  });

  test('while connections rise is inconclusive and says so', () => {
    const series = trace(familyNamed('connections from 10 to 500'), 1);
    const verdict = verdictAt(series, 34);
    expect(verdict.kind).toBe('inconclusive');
    expect(verdict.reason).toContain('connections');
  });

  test('is leaking although connections rose at first, once they stand still', () => {
    const drawing: Drawing = { heap: (t) => 300_000 * t, connections: (t) => 10 + 490 * Math.min(1, t / 10) };
    expect(verdictAt(drawn(drawing, 60), 60).kind).toBe('leaking');
  });

  test('of a slow leak asks to watch on, and for how long', () => {
    const verdict = verdictAt(trace(familyNamed('15 KB/s, clean'), 3), 20);
    expect(verdict.kind).toBe('inconclusive');
    expect(verdict.watchMoreMs).toBeGreaterThan(5_000);
    expect(verdict.watchMoreMs).toBeLessThan(60_000);
  });

  test('where collections are rare asks for as long as a few more of them take', () => {
    const floor = (timeMs: number): Floor => ({
      timeMs,
      heapBytes: 80 * MB,
      externalBytes: MB,
      openConnections: 4,
    });
    const verdict = verdictAt({ ...emptySeries, floors: [floor(30_000), floor(60_000)] }, 60);
    expect(verdict.reason).toContain('too few to judge by so far: 2 major collections in 60 s');
    expect(verdict.watchMoreMs).toBe(60_000);
  });

  test('steady names the slope it excludes, and since when', () => {
    const verdict = verdictAt(recordedFixed, 20);
    expect(verdict.reason).toMatch(/^growth of \+[\d.]+ KB\/s or more is excluded/);
    expect(verdict.decidedAtMs).toBe(12_010);
    expect(verdict.growth?.falseAlarmProbability).toBe(0.01);
  });

  test('has no forecast without a limit', () => {
    const verdict = decide(recordedLeaking, { limitBytes: null, watchedMs: 21_000 });
    expect(verdict).toMatchObject({ kind: 'leaking', forecast: null });
  });

  test('one floor that spikes by 300 MB changes neither a steady server nor a leaking one', () => {
    const spiked = (series: Series, at: number): Series => ({
      ...series,
      floors: series.floors.map((floor, i) =>
        i === at ? { ...floor, heapBytes: floor.heapBytes + 300 * MB } : floor,
      ),
    });
    const flat = floors(...Array.from({ length: 30 }, (_, i) => 5 + 0.004 * (i % 3)));
    const leak = floors(...Array.from({ length: 40 }, (_, i) => 5 + 0.2 * i + 0.004 * (i % 3)));
    for (let at = 2; at < 26; at += 4) {
      expect(verdictAt(spiked(flat, at), 60).kind, `floor ${at}`).toBe('steady');
      expect(verdictAt(spiked(leak, at), 80).kind, `floor ${at}`).toBe('leaking');
    }
  });

  test('a step that stays is not a leak', () => {
    const sizes = Array.from({ length: 40 }, (_, i) => (i < 15 ? 20 : 80) + 0.003 * (i % 4));
    const kinds = verdicts(floors(...sizes), 80).map((verdict) => verdict.kind);
    expect(kinds).not.toContain('leaking');
    expect(kinds.at(-1)).toBe('steady');
  });
});

describe('order, units and faults', () => {
  const anyFloor: fc.Arbitrary<Floor> = fc.record({
    timeMs: fc.oneof(fc.integer({ min: -1000, max: 100_000 }), fc.constant(NaN)),
    heapBytes: fc.oneof(fc.integer({ min: -1, max: 5e9 }), fc.constant(Infinity)),
    externalBytes: fc.integer({ min: 0, max: 5e9 }),
    openConnections: fc.integer({ min: 0, max: 1000 }),
  });

  test('nothing in a series makes it throw', () => {
    fc.assert(
      fc.property(
        fc.array(anyFloor, { maxLength: 40 }),
        fc.integer({ min: 0, max: 1e6 }),
        (list, watchedMs) => {
          const verdict = decide({ ...emptySeries, floors: list }, { limitBytes, watchedMs });
          expect(['leaking', 'steady', 'inconclusive']).toContain(verdict.kind);
          expect(verdict.reason).not.toMatch(/NaN|undefined|\?/);
        },
      ),
    );
  });

  test('floors out of order or seen twice say the same', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...recordedLeaking.floors], { minLength: 12 }), (shuffled) => {
        const twice = { ...emptySeries, floors: [...shuffled, ...shuffled] };
        expect(verdictAt(twice, 21)).toEqual(verdictAt(recordedLeaking, 21));
      }),
    );
  });

  test('memory that was there before changes nothing but the forecast', () => {
    const added = (series: Series, bytes: number): Series => ({
      ...series,
      floors: series.floors.map((floor) => ({ ...floor, heapBytes: floor.heapBytes + bytes })),
    });
    for (const series of [recordedLeaking, recordedFixed]) {
      const before = verdictAt(series, 21);
      const after = verdictAt(added(series, 100 * MB), 21);
      expect(after.kind).toBe(before.kind);
      expect(after.growth?.bytesPerSecond).toBeCloseTo(before.growth?.bytesPerSecond ?? NaN, 3);
    }
  });

  test('losing half of the floors never makes a healthy server leak', () => {
    const healthy = families.filter((family) => family.healthy && family.seconds <= 120);
    for (const [i, family] of healthy.entries()) {
      const random = new Random(i);
      const series = trace(family, 7);
      const lossy = { ...series, floors: series.floors.filter(() => random.next() < 0.5) };
      for (const share of [0.4, 0.6, 0.8, 1]) {
        expect(verdictAt(lossy, family.seconds * share).kind, family.name).not.toBe('leaking');
      }
    }
  });

  test('once it leaks, more of the same leak does not change when that was decided', () => {
    const series = trace(familyNamed('50 to 350 KB/s'), 5);
    const decided = [40, 50, 60].map((second) => verdictAt(series, second).decidedAtMs);
    expect(new Set(decided).size).toBe(1);
    expect(decided[0]).not.toBeNull();
  });
});
