import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decide } from '../../src/verdict/decide.ts';
import { History } from '../../src/verdict/history.ts';
import { Watcher } from '../../src/verdict/watcher.ts';
import { drawSeries, families, limitBytes, Random, trace, until } from './traces.ts';

const short = families.filter(({ seconds }) => seconds <= 120);

describe('a watcher', () => {
  test.each(short)(
    'that is asked every second says what a judge of the whole series says: $name',
    (family) => {
      const series = trace(family, 3);
      const watcher = new Watcher({ limitBytes });
      let floor = 0;
      for (const sample of series.samples) {
        const from = floor;
        while ((series.floors[floor]?.timeMs ?? Infinity) <= sample.timeMs) floor += 1;
        watcher.add({ sample, gcs: [], floors: series.floors.slice(from, floor) });
        const verdict = watcher.verdict(sample.timeMs);
        if (sample.timeMs % 10_000 !== 0) continue;
        const judged = decide(until(series, sample.timeMs), { limitBytes, watchedMs: sample.timeMs });
        expect(verdict).toEqual(judged);
      }
    },
  );

  test('does not change its mind about the past when the past grows coarse', () => {
    const random = new Random(5);
    const leak = drawSeries(
      { heap: (t) => 200_000 * t, noise: () => 50_000 * random.normal() },
      4000,
      random,
    );
    const watcher = new Watcher({ limitBytes });
    const decided = new Set<number | null>();
    for (const floor of leak.floors) {
      watcher.add({ sample: null, gcs: [], floors: [floor] });
      if (floor.timeMs > 60_000) decided.add(watcher.verdict(floor.timeMs).decidedAtMs);
    }
    expect(leak.floors.length).toBeGreaterThan(1900);
    expect([...decided]).toHaveLength(1);
    expect([...decided][0]).toBeLessThan(60_000);
  });
});

describe('the history', () => {
  test('of any length is bounded and keeps number, mean and order of its points', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20_000 }), (count) => {
        const history = new History();
        let sum = 0;
        for (let i = 1; i <= count; i += 1) {
          const bytes = (i * 7919) % 104_729;
          sum += bytes;
          history.add({ timeMs: i, bytes, openConnections: 0 });
        }
        const { points } = history;
        expect(points.length).toBeLessThan(96 * 10);
        const counted = points.reduce((all, point) => all + (point.count ?? 1), 0);
        const weighed = points.reduce((all, point) => all + point.bytes * (point.count ?? 1), 0);
        expect(counted).toBe(count);
        expect(weighed / sum).toBeCloseTo(1, 9);
        expect(points.every((point, i) => i === 0 || point.timeMs > (points[i - 1]?.timeMs ?? 0))).toBe(true);
        expect(history.last?.timeMs).toBe(count);
      }),
      { numRuns: 30, seed: 1 },
    );
  });
});
