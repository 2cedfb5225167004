import { expect, test } from 'vitest';
import { withLaterFields } from '../../src/report/later-fields.ts';
import { findReportProblem } from '../../src/report/validate.ts';
import type { Report } from '../../src/report/schema.ts';
import { labComparison, leakingReport, snapshotReport, unexplainedReport } from '../present/reports.ts';

const LATER = new Set(['containers', 'sampledGrowth']);

/** The document as a leakline wrote it that did not know these fields; others of the same names, in other places, it did. */
function earlier(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(earlier);
  if (typeof value !== 'object' || value === null) return value;
  const isFinding = 'fingerprint' in value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !('growth' in value && LATER.has(name)) && !(isFinding && name === 'path'))
      .filter(([name]) => !('schema' in value && name === 'snapshot'))
      .map(([name, item]) => [name, earlier(item)]),
  );
}

const leaking = { ...leakingReport(), isolates: [unexplainedReport()] };

test.each([
  ['a report', leaking],
  ['the reports of a log', { schema: 'leakline/reports@1', reports: [leaking] }],
  ['a comparison', labComparison()],
])('%s that was saved before can be read', (_, document) => {
  const saved = earlier(document);
  expect(findReportProblem(saved)).not.toBeNull();
  expect(findReportProblem(withLaterFields(saved))).toBeNull();
});

test('sampled growth of before the moments were told has none', () => {
  const { sampledGrowth } = leaking;
  const stacks = sampledGrowth?.stacks.map(({ bytesByAge: _, ...stack }) => stack);
  const saved = { ...leaking, sampledGrowth: { ...sampledGrowth, stacks } };
  expect(findReportProblem(saved)).toBe('sampledGrowth.stacks[0].bytesByAge is missing');
  const read = withLaterFields(saved) as Report;
  expect(findReportProblem(read)).toBeNull();
  expect(read.sampledGrowth?.stacks.map(({ bytesByAge }) => bytesByAge.length)).toEqual([0, 0, 0, 0, 0]);
});

test('a snapshot of before its tree was told has none', () => {
  const { snapshot } = snapshotReport();
  const { tree: _, ...taken } = snapshot?.taken ?? {};
  const saved = { ...leaking, snapshot: { ...snapshot, taken } };
  expect(findReportProblem(saved)).toBe('snapshot.taken.tree is missing');
  const read = withLaterFields(saved) as Report;
  expect(findReportProblem(read)).toBeNull();
  expect(read.snapshot?.taken?.tree).toBeNull();
});

test('what has the fields is the same afterwards', () => {
  for (const document of [leaking, snapshotReport(), labComparison()])
    expect(withLaterFields(document)).toEqual(document);
});

test('what is no report stays what it is, and is refused for what it is', () => {
  const strange: readonly unknown[] = [
    null,
    7,
    'text',
    [],
    {},
    { schema: 'other', reports: 7 },
    { schema: 'leakline/reports@1', reports: [7, null] },
    { schema: 'leakline/comparison@1', sides: [{ report: [] }] },
    { schema: 'leakline/report@1', findings: 7, account: [], isolates: null },
  ];
  for (const value of strange) expect(findReportProblem(withLaterFields(value))).not.toBeNull();
  expect(findReportProblem(withLaterFields({ ...leaking, containers: 7 }))).toBe('containers is not a list');
});
