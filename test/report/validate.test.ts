import { describe, expect, test } from 'vitest';
import type { IsolateReport, Report } from '../../src/report/schema.ts';
import { findReportProblem } from '../../src/report/validate.ts';
import {
  diedReport,
  knownFinding,
  labComparison,
  leakingReport,
  operation,
  packageFinding,
  residentMemory,
  sessionsFinding,
  snapshotReport,
  steadyReport,
  unexplainedReport,
} from '../present/reports.ts';

test('what leakline writes is accepted, also after a way through JSON', () => {
  for (const report of [
    leakingReport(),
    steadyReport(),
    diedReport(),
    unexplainedReport(),
    snapshotReport(),
    labComparison(),
  ]) {
    expect(findReportProblem(report)).toBeNull();
    expect(findReportProblem(JSON.parse(JSON.stringify(report)))).toBeNull();
  }
  expect(findReportProblem({ schema: 'leakline/reports@1', reports: [leakingReport()] })).toBeNull();
});

test('a field that a later leakline has added does no harm', () => {
  expect(findReportProblem({ ...leakingReport(), added: { later: true } })).toBeNull();
});

describe('whatever else it is, is said', () => {
  test.each([
    [null, 'it has no "schema"'],
    ['text', 'it has no "schema"'],
    [{}, 'it has no "schema"'],
    [{ schema: 'leakline/heap-summary@1' }, 'its "schema" is "leakline/heap-summary@1"'],
    [{ schema: 7 }, 'its "schema" is 7'],
    [{ schema: 'leakline/report@1' }, 'leakline is missing'],
    [{ ...leakingReport(), durationMs: '23' }, 'durationMs is not a number'],
    [{ ...leakingReport(), durationMs: Infinity }, 'durationMs is not a number'],
    [{ ...leakingReport(), notes: [1] }, 'notes[0] is not a text'],
    [{ ...leakingReport(), gc: {} }, 'gc is not a list'],
    [labComparison([]), null],
  ])('%#', (value, words) => {
    const problem = findReportProblem(value);
    if (words === null) expect(problem).toBeNull();
    else expect(problem).toContain(words);
  });
  test('what an object inherits does not count as its own', () => {
    const { series, ...rest } = leakingReport();
    expect(findReportProblem(Object.assign(Object.create({ series }) as object, rest))).toBe(
      'series is missing',
    );
  });
});

// The judge is the document itself: of every fact in it, taken away or changed, the path must be named.
test('each fact that is missing, or has another type, is named', () => {
  const whole = {
    ...leakingReport({
      findings: [
        {
          ...sessionsFinding(),
          allocatedAt: sessionsFinding().addedAt,
          usedAt: sessionsFinding().heldBy.location,
        },
        knownFinding(),
        packageFinding(),
      ],
      account: unexplainedReport().account,
      isolates: [isolateOf(diedReport())],
      residentMemory: { first: residentMemory(0, 0), last: residentMemory(1_000, 0) },
    }),
    snapshot: snapshotReport().snapshot,
    growth: { ...leakingReport().growth, perOperation: [operation('jobs')] },
  };
  const paths = pathsOf(whole);
  expect(paths.length).toBeGreaterThan(300);
  for (const path of paths) {
    const words = path
      .map((key, at) => (typeof key === 'number' ? `[${key}]` : at === 0 ? key : `.${key}`))
      .join('');
    expect(findReportProblem(changed(whole, path, () => Symbol('another type'))), words).toMatch(
      words === 'schema' ? /schema/ : startingWith(words),
    );
    if (typeof path.at(-1) === 'string' && words !== 'schema') {
      expect(findReportProblem(changed(whole, path, () => undefined)), words).toBe(`${words} is missing`);
    }
  }
});

function isolateOf({
  schema: _,
  leakline: _1,
  startedAt: _2,
  isolates: _3,
  notes: _4,
  snapshot: _5,
  ...isolate
}: Report): IsolateReport {
  return isolate;
}

type Path = readonly (string | number)[];

function startingWith(words: string): RegExp {
  return new RegExp(`^${words.replace(/[[\].]/g, '\\$&')} is not `);
}

/** Every path to a fact; of a list the first item stands for the others, and the names of records may be any. */
function pathsOf(value: unknown, path: Path = []): Path[] {
  const here = path.length === 0 ? [] : [path];
  if (Array.isArray(value)) return value.length === 0 ? here : [...here, ...pathsOf(value[0], [...path, 0])];
  if (typeof value !== 'object' || value === null) return here;
  const isRecord = String(path.at(-1)).endsWith('ByWork');
  return [
    ...here,
    ...(isRecord ? [] : Object.entries(value).flatMap(([key, item]) => pathsOf(item, [...path, key]))),
  ];
}

function changed(value: unknown, [key, ...rest]: Path, change: () => unknown): unknown {
  if (key === undefined) return change();
  const copy: unknown = Array.isArray(value) ? [...value] : { ...(value as object) };
  const container = copy as Record<string | number, unknown>;
  container[key] = changed(container[key], rest, change);
  return copy;
}
