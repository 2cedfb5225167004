import { describe, expect, test } from 'vitest';
import type { Key } from '../../../src/present/tui/keys.ts';
import {
  findingsOf,
  isReading,
  newReader,
  openedFinding,
  type Possible,
  react,
  type Reader,
  snapshotPid,
  viewFor,
} from '../../../src/present/tui/reader.ts';
import type { LiveView } from '../../../src/report/live.ts';
import type { IsolateReport, Report } from '../../../src/report/schema.ts';
import {
  cacheFinding,
  inconclusiveReport,
  leakingReport,
  liveSide,
  liveView,
  sessionsFinding,
  steadyReport,
} from '../reports.ts';

const leaking = leakingReport({ findings: [sessionsFinding(), cacheFinding()] });
const alone = liveView(20_000, [liveSide('server.js', leaking)]);
const lab = liveView(20_000, [liveSide('fixed', steadyReport()), liveSide('leaking', leaking)]);
const possible: Possible = { snapshotPids: new Set([4242]), lastFromLine: 10, pageLines: 4 };

function pressed(keys: readonly Key[], view: LiveView = alone, reader: Reader = newReader): Reader {
  return keys.reduce((before, key) => react(before, key, view, possible).reader, reader);
}

test('pause is a switch', () => {
  expect(pressed(['pause']).paused).toBe(true);
  expect(pressed(['pause', 'pause']).paused).toBe(false);
});

describe('findings', () => {
  test('open one after the other, and the first again after the last', () => {
    const kinds = ['finding', 'finding', 'finding'].map((_, index, keys) => {
      const reader = pressed(keys.slice(0, index + 1) as Key[]);
      return openedFinding(alone, reader)?.finding.kind;
    });
    expect(kinds).toEqual(['timer-never-cleared', 'cache-without-limit', 'timer-never-cleared']);
  });

  test('stay open when another overtakes them', () => {
    const reader = pressed(['finding']);
    const overtaken = liveView(21_000, [
      liveSide('server.js', leakingReport({ findings: [cacheFinding(), sessionsFinding()] })),
    ]);
    expect(openedFinding(overtaken, reader)?.finding.kind).toBe('timer-never-cleared');
  });

  test('of one bug in two places are two', () => {
    const twice = liveView(0, [
      liveSide('server.js', leakingReport({ findings: [cacheFinding(), cacheFinding()] })),
    ]);
    expect(new Set(findingsOf(twice).map(({ key }) => key)).size).toBe(2);
  });

  test('close with back', () => {
    expect(isReading(pressed(['finding']))).toBe(true);
    expect(isReading(pressed(['finding', 'back']))).toBe(false);
  });

  test('scroll to their end and no further, and back to their begin', () => {
    expect(pressed(['finding', 'page down', 'page down', 'page down']).opened?.fromLine).toBe(10);
    expect(pressed(['finding', 'down', 'down', 'up']).opened?.fromLine).toBe(1);
    expect(pressed(['finding', 'page up']).opened?.fromLine).toBe(0);
  });

  test('are not opened where there are none', () => {
    expect(pressed(['finding'], liveView(0, [liveSide('fixed', steadyReport())])).opened).toBeNull();
  });
});

describe('isolates', () => {
  const report: Report = leakingReport({ isolates: [worker(10), worker(2)] });
  const view = liveView(20_000, [liveSide('server.js', report)]);
  const shown = (keys: readonly Key[]): string | null | undefined =>
    viewFor(view, pressed(keys, view)).sides[0]?.report?.target.isolate;

  test('come in the order of their numbers, and then the one that tells most again', () => {
    const keys: Key[] = ['isolate', 'isolate', 'isolate', 'isolate'];
    expect(keys.map((_, index) => shown(keys.slice(0, index + 1)))).toEqual([
      'main',
      'worker:2',
      'worker:10',
      'main',
    ]);
    expect(pressed(keys, view).isolate).toBeNull();
  });

  test('stay chosen when another one tells most', () => {
    const reader = pressed(['isolate', 'isolate'], view);
    const { isolates: _, ...main } = report;
    const overtaken: Report = { ...report, ...worker(2), isolates: [main, worker(10)] };
    const after = viewFor(liveView(21_000, [liveSide('server.js', overtaken)]), reader);
    expect(after.sides[0]?.report?.target.isolate).toBe('worker:2');
  });

  test('that have gone leave the one that tells most', () => {
    const reader = pressed(['isolate', 'isolate'], view);
    expect(viewFor(alone, reader).sides[0]?.report?.target.isolate).toBe('main');
  });

  test('are no choice where each process has one', () => {
    expect(pressed(['isolate'], lab).isolate).toBeNull();
  });
});

describe('a snapshot', () => {
  test('is asked about before it is taken', () => {
    expect(react(newReader, 'snapshot', alone, possible).command).toBeUndefined();
    const asked = pressed(['snapshot']);
    expect(asked.snapshot).toEqual({ step: 'asked', pid: 4242 });
    expect(react(asked, 'yes', alone, possible).command).toEqual({ kind: 'snapshot', pid: 4242 });
  });

  test('is not taken by a yes that nobody asked for, nor after no', () => {
    expect(react(newReader, 'yes', alone, possible).command).toBeUndefined();
    const left = pressed(['snapshot', 'back']);
    expect(react(left, 'yes', alone, possible).command).toBeUndefined();
  });

  test('is not asked for twice while one is taken', () => {
    const running = pressed(['snapshot', 'yes', 'snapshot']);
    expect(running.snapshot?.step).toBe('running');
    expect(react(running, 'yes', alone, possible).command).toBeUndefined();
  });

  test('side by side is of the one that leaks, and of none where none does', () => {
    expect(snapshotPid(lab, newReader, possible)).toBe(4242);
    const steady = liveView(0, [liveSide('fixed', steadyReport()), liveSide('other', steadyReport())]);
    expect(snapshotPid(steady, newReader, possible)).toBeNull();
  });

  test('is not offered of a process that is not open', () => {
    expect(snapshotPid(alone, newReader, { ...possible, snapshotPids: new Set() })).toBeNull();
    expect(pressed(['snapshot'], liveView(0, [liveSide('x', inconclusiveReport())])).snapshot).toBeNull();
  });
});

function worker(number: number): IsolateReport {
  const { isolates: _, ...isolate } = inconclusiveReport();
  return {
    ...isolate,
    target: { ...isolate.target, pid: 4242, isolate: `worker:${number}`, name: 'render' },
  };
}

test('what covers the question about a snapshot takes it with it, so that no yes is said to what is not seen', () => {
  for (const key of ['finding', 'isolate'] as const) {
    const asked = pressed(['snapshot']);
    expect(asked.snapshot?.step).toBe('asked');
    const covered = pressed([key], alone, asked);
    expect(covered.snapshot).toBeNull();
    expect(react(covered, 'yes', alone, possible).command).toBeUndefined();
  }
});
