import { expect, test } from 'vitest';
import { scriptedParts } from '../../../src/present/html/scripted-parts.ts';
import type { IsolateReport } from '../../../src/report/schema.ts';
import { leakingReport, sampledGrowth } from '../reports.ts';

function of(pid: number, isolate: IsolateReport['target']['isolate'] = 'main'): IsolateReport {
  const report = leakingReport();
  return { ...report, target: { ...report.target, pid, isolate } };
}

/** The ids of the flame graphs of a page with these reports, in order. */
function idsOf(...reports: readonly IsolateReport[]): readonly string[] {
  const { facts, growth } = scriptedParts();
  for (const report of reports) growth(report, sampledGrowth(), null);
  return facts.growths.map(({ id }) => id);
}

test('a flame graph keeps its id when another side gets one before it, so what its reader chose stays its own', () => {
  const [alone] = idsOf(of(20));
  expect(idsOf(of(10), of(20))[1]).toBe(alone);
});

test('isolates of one process have an id each, and so have reports of one isolate', () => {
  const ids = idsOf(of(10), of(10, 'worker:3'), of(10));
  expect(new Set(ids).size).toBe(3);
});
