import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ChartFrame } from '../../../src/present/chart.ts';
import { plainText } from '../../../src/present/line.ts';
import { forecastCone, limitInSight, limitLine, withLimitWords } from '../../../src/present/tui/outlook.ts';
import type { Report } from '../../../src/report/schema.ts';
import { diedReport, leakingReport, steadyReport } from '../reports.ts';

const frame: ChartFrame = {
  columns: 40,
  rows: 5,
  untilMs: 30_000,
  nowMs: 23_120,
  maxBytes: 1.5e9,
  unicode: true,
};

describe('the forecast', () => {
  test('each edge of the cone runs to the limit at its end of the interval, cut off by the picture', () => {
    const seconds = fc.double({ min: 0.5, max: 1e5, noNaN: true });
    const sizes = fc.record({
      soonest: seconds,
      wider: seconds,
      maxBytes: fc.double({ min: 1.3e9, max: 6e9, noNaN: true }),
    });
    fc.assert(
      fc.property(sizes, ({ soonest, wider, maxBytes }) => {
        const report = forecastOf([soonest, soonest + wider]);
        const { limitBytes } = report.forecast ?? { limitBytes: 0 };
        const { timeMs: fromMs, bytes: fromBytes } = report.series.floor.at(-1) ?? { timeMs: 0, bytes: 0 };
        const cone = forecastCone(report, { ...frame, maxBytes });
        expect(cone).toHaveLength(2);
        for (const [index, edge] of cone.entries()) {
          expect([edge.timeMs[0], edge.bytes[0]]).toEqual([fromMs, fromBytes]);
          const [endMs, endBytes] = [edge.timeMs[1] ?? 0, edge.bytes[1] ?? 0];
          const limitMs = frame.nowMs + 1000 * (soonest + index * wider);
          // On the straight line to the limit: the cross product of two parallel ways is nothing.
          const turned =
            (endMs - fromMs) * (limitBytes - fromBytes) - (endBytes - fromBytes) * (limitMs - fromMs);
          expect(Math.abs(turned) / ((limitMs - fromMs) * (limitBytes - fromBytes))).toBeLessThan(1e-9);
          // It ends at an edge, and beyond none.
          expect(endMs).toBeLessThanOrEqual(frame.untilMs);
          expect(endBytes).toBeLessThanOrEqual(Math.min(maxBytes, limitBytes) * (1 + 1e-9));
          expect(
            endMs >= frame.untilMs * (1 - 1e-9) || endBytes >= Math.min(maxBytes, limitBytes) * (1 - 1e-9),
          ).toBe(true);
        }
      }),
    );
  });

  test('none is drawn of a process that ended, and none without a forecast', () => {
    expect(forecastCone(diedReport(), frame)).toEqual([]);
    expect(forecastCone(steadyReport(), frame)).toEqual([]);
  });

  test('of a limit for the whole process it begins at its resident memory', () => {
    const report = leakingReport();
    const forecast = report.forecast === null ? null : { ...report.forecast, which: 'container' as const };
    const [edge] = forecastCone({ ...report, forecast }, { ...frame, maxBytes: 5e9 });
    expect(edge?.bytes[0]).toBe(report.series.rss.at(-1));
  });
});

describe('the limit', () => {
  test('is a line where it is near, and far above it the picture keeps its scale', () => {
    const report = limitedTo(1e9);
    expect(limitInSight(report, 0.6e9)).toBe(1e9);
    expect(limitInSight(report, 0.5e9)).toBe(0);
    expect(limitLine(report, frame)?.bytes).toEqual([1e9, 1e9]);
    expect(limitLine(report, { ...frame, maxBytes: 0.9e9 })).toBeNull();
    expect(limitInSight(limitedTo(null), 1)).toBe(0);
  });

  test('is named on its row, or at the top with an arrow', () => {
    expect(words(limitedTo(0.75e9), { ...frame, unicode: false })).toBe(`
--
--
heap limit 750 MB --
--
--`);
    expect(words(limitedTo(9e9))).toBe(`
↑ heap limit 9.00 GB --
--
--
--
--`);
    expect(words(limitedTo(9e9), { ...frame, unicode: false })).toContain('^ heap limit 9.00 GB');
    expect(words(limitedTo(null))).not.toContain('limit');
  });

  test('its name stands in a gap of the curve, which keeps its width', () => {
    const row = [
      { text: '####', tone: 'bad' as const },
      { text: ' '.repeat(30) },
      { text: '######', tone: 'bad' as const },
    ];
    const [named] = withLimitWords([row, row, row], limitedTo(9e9), { ...frame, rows: 3 });
    expect(plainText(named ?? [])).toBe('####↑ heap limit 9.00 GB          ######');
  });
});

function forecastOf(interval: readonly [number, number]): Report {
  const report = leakingReport();
  return { ...report, forecast: report.forecast === null ? null : { ...report.forecast, interval } };
}

function limitedTo(effectiveBytes: number | null): Report {
  const report = leakingReport();
  return {
    ...report,
    target: { ...report.target, limits: { ...report.target.limits, effectiveBytes, which: 'heap' } },
  };
}

function words(report: Report, size = frame): string {
  const rows = Array.from({ length: size.rows }, () => [
    { text: `${' '.repeat(38)}--`, tone: 'outlook' as const },
  ]);
  return `\n${withLimitWords(rows, report, size)
    .map((row) => plainText(row).replace(/ +/g, ' ').trim())
    .join('\n')}`;
}
