import { expect, test } from 'vitest';
import { exitCodeOf, exitCodeOfSignal, labExitCodeOf } from '../../src/cli/exit-codes.ts';
import type { Report } from '../../src/report/schema.ts';
import {
  inconclusiveReport,
  labComparison,
  labSides,
  leakingReport,
  steadyReport,
  twoProcesses,
} from '../present/reports.ts';

test('the exit code says what was found: 0 none, 1 a leak, 3 not enough', () => {
  expect([steadyReport(), leakingReport(), inconclusiveReport()].map(exitCodeOf)).toEqual([0, 1, 3]);
});

test('of two processes the exit code is that of the worse', () => {
  const codeOf = (first: Report, second: Report): number => exitCodeOf(twoProcesses(first, second));
  expect(codeOf(steadyReport(), steadyReport())).toBe(0);
  expect(codeOf(steadyReport(), inconclusiveReport())).toBe(3);
  expect(codeOf(inconclusiveReport(), leakingReport())).toBe(1);
  expect(codeOf(leakingReport(), steadyReport())).toBe(1);
});

test('the lab is done when the right side leaks with a line and the left does not', () => {
  expect(labExitCodeOf(labComparison())).toBe(0);
  expect(labExitCodeOf(labComparison(labSides(inconclusiveReport())))).toBe(3);
  expect(labExitCodeOf(labComparison(labSides(leakingReport({ findings: [] }))))).toBe(3);
  const [, leaking] = labSides();
  if (leaking === undefined) throw new Error('the lab has two sides');
  expect(labExitCodeOf(labComparison([leaking, leaking]))).toBe(1);
});

test('an interrupted run ends as a shell would say it', () => {
  expect([exitCodeOfSignal('SIGINT'), exitCodeOfSignal('SIGTERM')]).toEqual([130, 143]);
});
