import { describe, expect, test } from 'vitest';
import type { Report } from '../../src/report/schema.ts';
import {
  contendedReport,
  diedReport,
  inconclusiveReport,
  labSides,
  leakingReport,
  steadyReport,
} from './reports.ts';

// These are the reports behind the pictures of the docs: a reader who counts should not find two numbers for one thing.
const REPORTS: Readonly<Record<string, Report>> = {
  leaking: leakingReport(),
  steady: steadyReport(),
  inconclusive: inconclusiveReport(),
  contended: contendedReport(),
  died: diedReport(),
  ...Object.fromEntries(labSides(diedReport()).map(({ name, report }) => [`${name}, beside`, report])),
};

describe.each(Object.entries(REPORTS))('%s', (_name, report) => {
  test('counts as many collections as it shows', () => {
    const told = /(\d+) (?:major GC|collection)/.exec(report.verdict.reason)?.[1];
    expect(Number(told)).toBe(report.gc.length);
    expect(report.series.floor).toHaveLength(report.gc.length);
  });

  test('was watched for as long as its samples and moments last', () => {
    const { durationMs, series, verdict, namedAtMs, target } = report;
    expect(durationMs - (series.timeMs.at(-1) ?? 0)).toBeGreaterThanOrEqual(0);
    expect(durationMs - (series.timeMs.at(-1) ?? 0)).toBeLessThan(1500);
    for (const moment of [verdict.decidedAtMs, namedAtMs, target.exit?.atMs ?? null])
      if (moment !== null) expect(moment).toBeLessThanOrEqual(durationMs);
  });

  test('grows as fast as it says, and reaches its limit when it says', () => {
    const [first, last] = [report.series.floor[0], report.series.floor.at(-1)];
    const { interval } = report.growth;
    if (first === undefined || last === undefined || interval === null) return;
    const rate = ((last.bytes - first.bytes) / (last.timeMs - first.timeMs)) * 1000;
    expect(rate).toBeGreaterThanOrEqual(interval[0]);
    expect(rate).toBeLessThanOrEqual(interval[1]);
    if (report.forecast === null || report.target.exit !== null) return;
    const { limitBytes, secondsToLimit } = report.forecast;
    expect(Math.abs((limitBytes - last.bytes) / rate - secondsToLimit)).toBeLessThan(1);
  });
});

test('two sides were watched for as long', () => {
  const [fixed, leaking] = labSides(diedReport());
  expect(fixed?.report.durationMs).toBe(leaking?.report.durationMs);
});
