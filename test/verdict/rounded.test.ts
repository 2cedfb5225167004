import { describe, expect, test } from 'vitest';
import type { Series } from '../../src/core/series.ts';
import { decide } from '../../src/verdict/decide.ts';
import { withResolution } from '../../src/verdict/slope.ts';
import { families, limitBytes, Random, trace, until } from './traces.ts';

const STEP = 0.1 * 2 ** 20;

/** As a `--trace-gc` log tells it: floors to a tenth of a mebibyte, nothing else. */
function rounded({ floors }: Series): Series {
  return {
    samples: [],
    gcs: [],
    floors: floors.map(({ timeMs, heapBytes }) => ({
      timeMs: Math.round(timeMs),
      heapBytes: Math.round(Math.round(heapBytes / STEP) * STEP),
      externalBytes: NaN,
      openConnections: NaN,
    })),
    resolutionBytes: STEP,
  };
}

function kindsSeen(series: Series, seconds: number): Set<string> {
  const looks = [0.2, 0.4, 0.6, 0.8, 1].map((share) => Math.round(seconds * share * 1000));
  return new Set(looks.map((watchedMs) => decide(until(series, watchedMs), { limitBytes, watchedMs }).kind));
}

describe('rounding to a tenth of a mebibyte', () => {
  // Growth in the native share can't be in such a log; connections, which excuse growth, are not in it either.
  const healthy = families.filter(
    ({ name, healthy: is, seconds }) => is && seconds <= 600 && !/connection|client|session/i.test(name),
  );
  test.each(healthy)('makes no leak of $name', (family) => {
    for (let seed = 1; seed <= 8; seed += 1) {
      expect(kindsSeen(rounded(trace(family, seed)), family.seconds)).not.toContain('leaking');
    }
  });

  test('a flat log excludes no growth that the rounding would hide', () => {
    const random = new Random(7);
    for (const bytesPerSecond of [0, 500, 1_000, 2_000, 4_000]) {
      for (const seconds of [12, 20, 40, 80, 160]) {
        const level = 20e6 + random.between(0, STEP);
        const floors = Array.from({ length: seconds * 2 }, (_, at) => ({
          timeMs: at * 500,
          heapBytes: level + bytesPerSecond * at * 0.5,
          externalBytes: NaN,
          openConnections: NaN,
        }));
        const series = rounded({ samples: [], gcs: [], floors });
        const { kind, growth } = decide(series, { limitBytes, watchedMs: seconds * 1000 });
        if (kind !== 'steady') continue;
        expect(growth?.interval[1]).toBeGreaterThanOrEqual(bytesPerSecond);
      }
    }
  });

  test('a leak is still found', () => {
    const leaking = Array.from({ length: 40 }, (_, at) => ({
      timeMs: at * 2000,
      heapBytes: 20e6 + at * 400_000,
      externalBytes: NaN,
      openConnections: NaN,
    }));
    const verdict = decide(rounded({ samples: [], gcs: [], floors: leaking }), {
      limitBytes,
      watchedMs: 80_000,
    });
    expect(verdict).toMatchObject({ kind: 'leaking', space: 'heap' });
    expect(verdict.growth?.interval[0]).toBeLessThan(200_000);
    expect(verdict.growth?.interval[1]).toBeGreaterThan(200_000);
  });
});

test('rounding widens an interval by what the worst errors can do to a least-squares line', () => {
  // Oracle: half a step down in the first half, half a step up in the second, fitted by hand.
  const times = Array.from({ length: 1001 }, (_, at) => at / 10);
  const mean = 50;
  const errors = times.map((time) => (Math.sign(time - mean) * STEP) / 2);
  const worst =
    times.reduce((sum, time, at) => sum + (time - mean) * (errors[at] ?? 0), 0) /
    times.reduce((sum, time) => sum + (time - mean) ** 2, 0);
  const stretch = times.map((time) => ({ timeMs: time * 1000, bytes: 0, openConnections: 0 }));
  const slope = { bytesPerSecond: 0, interval: [0, 0] as const, standardError: 0, degrees: 9 };
  const [low, high] = withResolution(slope, stretch, STEP).interval;
  expect(high / worst).toBeCloseTo(1, 2);
  expect(low).toBe(-high);
  expect(withResolution(slope, stretch, 1)).toBe(slope);
});
