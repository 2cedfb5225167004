import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ChartFrame, columnHeights, drawChart, drawMarks, type Plot } from '../../src/present/chart.ts';

const frame: ChartFrame = {
  columns: 12,
  rows: 4,
  untilMs: 12_000,
  nowMs: 12_000,
  maxBytes: 100,
  unicode: true,
};

describe('a chart', () => {
  test('a line, an area under it and dots above', () => {
    const timeMs = Array.from({ length: 13 }, (_, second) => second * 1000);
    const plots: Plot[] = [
      plot('area', [2000, 6000, 10_000], [20, 40, 60]),
      plot(
        'dotted',
        timeMs,
        timeMs.map((ms) => 40 + ms / 200),
      ),
      plot(
        'line',
        timeMs,
        timeMs.map((ms) => 20 + ms / 200),
      ),
    ];
    expect(picture(plots, frame)).toMatchInlineSnapshot(`
      "        ⡀⠄⠂⢂
        ⡀⡀⠄⠂⣁⡡⠤⠒⣭⣥
      ⠂⣁⠤⠔⠒⠉⣶⣶⣶⣶⣿⣿
      ⠉ ⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿"
    `);
    expect(picture(plots, { ...frame, unicode: false, rows: 6 })).toMatchInlineSnapshot(`
      "          ..
            ....**
        ....****##
      ..****######
      **##########
        ##########"
    `);
  });

  test('marks stand where things happened, the last moment included', () => {
    const row = drawMarks([0, 6000, 12_000], { text: '^' }, frame);
    expect(row.map(({ text }) => text).join('')).toBe('^     ^    ^');
  });
});

describe('whatever the series', () => {
  const series = fc
    .uniqueArray(fc.integer({ min: 0, max: 60_000 }), { minLength: 1, maxLength: 400 })
    .map((times) => times.toSorted((a, b) => a - b))
    .chain((timeMs) =>
      fc.record({
        timeMs: fc.constant(timeMs),
        bytes: fc.array(fc.integer({ min: 0, max: 1e9 }), {
          minLength: timeMs.length,
          maxLength: timeMs.length,
        }),
      }),
    );
  const anyFrame = fc.record({
    columns: fc.integer({ min: 1, max: 90 }),
    rows: fc.integer({ min: 1, max: 30 }),
    unicode: fc.boolean(),
    style: fc.constantFrom('area' as const, 'line' as const),
  });

  test('every row is as wide as the frame, and there are as many as it has', () => {
    fc.assert(
      fc.property(series, anyFrame, ({ timeMs, bytes }, { style, ...size }) => {
        const rows = picture([plot(style, timeMs, bytes)], {
          ...size,
          ...until(timeMs),
          maxBytes: 1e9,
        }).split('\n');
        expect(rows).toHaveLength(size.rows);
        for (const row of rows) expect(row).toHaveLength(size.columns);
      }),
    );
  });

  test('the largest value reaches the top row, and nothing but it needs to', () => {
    fc.assert(
      fc.property(series, anyFrame, ({ timeMs, bytes }, { style, ...size }) => {
        const maxBytes = Math.max(...bytes);
        fc.pre(maxBytes > 0);
        const [top] = picture([plot(style, timeMs, bytes)], { ...size, ...until(timeMs), maxBytes }).split(
          '\n',
        );
        expect(top?.trim()).not.toBe('');
        const [free] = picture([plot(style, timeMs, bytes)], {
          ...size,
          rows: 10,
          ...until(timeMs),
          maxBytes: maxBytes * 2,
        }).split('\n');
        expect(free?.trim()).toBe('');
      }),
    );
  });

  test('a column with samples shows the largest of them, as counted one by one', () => {
    fc.assert(
      fc.property(series, anyFrame, ({ timeMs, bytes }, { style, ...size }) => {
        const whole: ChartFrame = { ...size, ...until(timeMs), maxBytes: 1e9 };
        const heights = columnHeights(plot(style, timeMs, bytes), whole);
        const top = whole.rows * (whole.unicode ? 4 : 1) - 1;
        heights.forEach((height, x) => {
          const inColumn = bytes.filter((_, index) => {
            const share = (timeMs[index] ?? 0) / whole.untilMs;
            return Math.min(heights.length - 1, Math.floor(share * heights.length)) === x;
          });
          if (inColumn.length > 0) expect(height).toBe(Math.round((Math.max(...inColumn) / 1e9) * top));
        });
      }),
    );
  });

  test('a series that never falls is drawn without a fall', () => {
    fc.assert(
      fc.property(series, anyFrame, ({ timeMs, bytes }, { style, ...size }) => {
        const rising = bytes.toSorted((a, b) => a - b);
        const heights = columnHeights(plot(style, timeMs, rising), {
          ...size,
          ...until(timeMs),
          maxBytes: 1e9,
        });
        const known = heights.filter((height) => height !== null);
        expect(known).toEqual(known.toSorted((a, b) => a - b));
      }),
    );
  });
});

function plot(style: Plot['style'], timeMs: readonly number[], bytes: readonly number[]): Plot {
  return { style, timeMs, bytes, tone: 'strong' };
}

function until(timeMs: readonly number[]): { untilMs: number; nowMs: number } {
  const lastMs = Math.max(1, timeMs.at(-1) ?? 1);
  return { untilMs: lastMs, nowMs: lastMs };
}

function picture(plots: readonly Plot[], size: ChartFrame): string {
  return drawChart(plots, size)
    .map((row) => row.map(({ text }) => text).join(''))
    .join('\n');
}
