import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Sample, Series } from '../../src/core/series.ts';
import type { Outlook, Verdict } from '../../src/core/verdict.ts';
import { type Limits, outlookOf } from '../../src/verdict/outlook.ts';

const MB = 1e6;

describe('the outlook of a leak', () => {
  test('is headroom by rate from now on, and a heap twice as large buys the limit by the rate', () => {
    // 100 MB live at 60 s, asked at 65 s: 900 MB at 1 MB/s, of which five seconds are over.
    expect(look({ heapBytes: 1_000 * MB }, 65_000)).toEqual({
      limitBytes: 1_000 * MB,
      which: 'heap',
      secondsToLimit: 895,
      interval: [900 / 1.25 - 5, 900 / 0.8 - 5],
      level: 0.99,
      doubled: {
        limitBytes: 2_000 * MB,
        which: 'heap',
        secondsGained: 1_000,
        interval: [1_000 / 1.25, 1_000 / 0.8],
      },
    });
  });

  test('counts all memory of the process against its container, not the heap alone', () => {
    // RSS is 160 MB.
    expect(look({ containerBytes: 1_000 * MB })).toMatchObject({ which: 'container', secondsToLimit: 840 });
  });

  test('is about the limit that is met first, though another be lower', () => {
    const both = look({ heapBytes: 1_000 * MB, containerBytes: 1_050 * MB });
    expect(both).toMatchObject({ which: 'container', limitBytes: 1_050 * MB, secondsToLimit: 890 });
    expect(look({ heapBytes: 1_000 * MB, containerBytes: 1_070 * MB })).toMatchObject({ which: 'heap' });
  });

  test('doubles the limit it names and no other, and says which of them stops the leak then', () => {
    // Heap in 950 s, container in 940 s; a container of 2,200 MB would last 2,040 s, were it not for the heap.
    const tight = look({ heapBytes: 1_050 * MB, containerBytes: 1_100 * MB });
    expect(tight).toMatchObject({
      which: 'container',
      secondsToLimit: 940,
      doubled: { limitBytes: 2_200 * MB, which: 'heap', secondsGained: 10 },
    });
    // Heap in 900 s, container in 1,900 s, a heap of 2,000 MB in 1,900 s.
    const wide = look({ heapBytes: 1_000 * MB, containerBytes: 2_059 * MB });
    expect(wide).toMatchObject({
      which: 'heap',
      doubled: { limitBytes: 2_000 * MB, which: 'container', secondsGained: 999 },
    });
  });

  test('of memory outside the heap knows no limit but those of the process', () => {
    expect(look({ heapBytes: 1_000 * MB }, 60_000, { space: 'external' })).toBeNull();
    expect(look({ rlimitBytes: 1_000 * MB }, 60_000, { space: 'native' })).toMatchObject({ which: 'rlimit' });
  });

  test('takes over the forecast of the verdict where that is about the same limit', () => {
    const forecast = {
      limitBytes: 1_000 * MB,
      secondsToLimit: 901,
      interval: [850, 990],
      level: 0.9,
    } as const;
    expect(look({ heapBytes: 1_000 * MB }, 60_000, { forecast })).toMatchObject(forecast);
    expect(look({ heapBytes: 2_000 * MB }, 60_000, { forecast })?.secondsToLimit).toBe(1_900);
  });

  test('is unknown without a leak, a limit, or a slope surely above zero', () => {
    expect(look({})).toBeNull();
    expect(look({ heapBytes: MB }, 60_000, { kind: 'steady', space: null })).toBeNull();
    expect(look({ heapBytes: MB }, 60_000, { growth: { ...growth, interval: [0, 2] } })).toBeNull();
    expect(
      outlookOf({ samples: [], gcs: [], floors: [] }, leaking, { ...none, heapBytes: MB }, 0),
    ).toBeNull();
  });

  test('has its figures in order and finite, whatever the limits', () => {
    const limit = fc.option(fc.integer({ min: 0, max: 1e12 }));
    fc.assert(
      fc.property(limit, limit, limit, (heapBytes, containerBytes, rlimitBytes) => {
        const found = look({ heapBytes, containerBytes, rlimitBytes });
        if (found === null) return [heapBytes, containerBytes, rlimitBytes].every((one) => one === null);
        const { secondsToLimit, interval, doubled } = found;
        return (
          interval[0] <= secondsToLimit &&
          secondsToLimit <= interval[1] &&
          doubled.interval[0] <= doubled.secondsGained &&
          doubled.secondsGained <= doubled.interval[1] &&
          Number.isFinite(interval[1] + doubled.interval[1])
        );
      }),
    );
  });
});

const none: Limits = { heapBytes: null, containerBytes: null, rlimitBytes: null };
const growth = {
  bytesPerSecond: MB,
  interval: [0.8 * MB, 1.25 * MB],
  level: 0.99,
  falseAlarmProbability: 0.01,
  smallestDetectableBytesPerSecond: 1,
} as const;
const leaking = { kind: 'leaking', space: 'heap', growth, forecast: null } as const;

function look(
  limits: Partial<Limits>,
  watchedMs = 60_000,
  changes: Partial<Pick<Verdict, 'kind' | 'space' | 'growth' | 'forecast'>> = {},
): Outlook | null {
  return outlookOf(series, { ...leaking, ...changes }, { ...none, ...limits }, watchedMs);
}

const sample: Sample = {
  timeMs: 60_000,
  rss: 160 * MB,
  heapUsed: 110 * MB,
  heapTotal: 120 * MB,
  external: 2 * MB,
  arrayBuffers: 0,
  openConnections: 0,
  activeTimers: 0,
};
const series: Series = {
  samples: [{ ...sample, timeMs: 0, rss: 100 * MB }, sample],
  gcs: [],
  floors: [
    { timeMs: 0, heapBytes: 40 * MB, externalBytes: 2 * MB, openConnections: 0 },
    { timeMs: 60_000, heapBytes: 100 * MB, externalBytes: 2 * MB, openConnections: 0 },
  ],
};
