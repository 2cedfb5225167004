import { describe, expect, test } from 'vitest';
import type { Report } from '../../src/report/schema.ts';
import { findReportProblem } from '../../src/report/validate.ts';
import { withLastResort } from '../../src/session/last-resort.ts';
import { cacheFinding, leakingReport, steadyReport, unexplainedReport } from '../present/reports.ts';

const wish = { fileFor: () => '/nowhere/that/is/heap.heapsnapshot', maxPauseMs: 1000 };
const ended = (report: Report, signal = new AbortController().signal): Promise<Report> =>
  withLastResort(report, wish, signal, () => undefined);

describe('no snapshot is taken, and nothing is said,', () => {
  test.each<[string, Report]>([
    ['of a process that does not leak', steadyReport()],
    ['where what was found explains the growth', unexplainedReport({ sufficient: true })],
    ['of a report without an account', leakingReport({ account: null })],
  ])('%s', async (_, report) => {
    expect(await ended(report)).toBe(report);
  });
});

describe('none is taken, and the report says why,', () => {
  const unexplained = unexplainedReport();
  const cases: [string, Report, string][] = [
    [
      'where a finding may keep more than could be seen',
      { ...unexplainedReport({ sufficient: null }), findings: [cacheFinding()] },
      'what was found may be all of it',
    ],
    [
      'where memory grows outside of V8',
      { ...unexplainedReport({ sufficient: null }), verdict: { ...unexplained.verdict, space: 'native' } },
      'a heap snapshot does not show memory outside of V8',
    ],
    [
      'where the process has ended',
      { ...unexplained, target: { ...unexplained.target, exit: { code: 0, signal: null, atMs: 1 } } },
      'the process has ended',
    ],
    [
      'of a worker thread',
      { ...unexplained, target: { ...unexplained.target, isolate: 'worker:3' } },
      'leakline takes snapshots of main threads only',
    ],
    [
      'where the check or the way there fails',
      { ...unexplained, target: { ...unexplained.target, pid: process.pid } },
      '/nowhere/that/is',
    ],
  ];
  test.each(cases)('%s', async (_, report, words) => {
    const { snapshot, ...rest } = await ended(report);
    expect(snapshot).toMatchObject({ taken: null, predicted: null });
    expect(snapshot?.refusal).toContain(words);
    const { snapshot: _none, ...before } = report;
    expect(rest).toEqual(before);
    expect(findReportProblem({ ...rest, snapshot })).toBe(null);
  });
  test('where the watch was interrupted', async () => {
    const { snapshot } = await ended(unexplained, AbortSignal.abort());
    expect(snapshot?.refusal).toBe('the watch was interrupted');
  });
});
