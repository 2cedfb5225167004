import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { progressLine } from '../../../src/present/text/progress.ts';
import { hostileText, OBEYED_BY_TERMINALS } from '../hostile.ts';
import {
  inconclusiveReport,
  leakingReport,
  liveSide,
  liveView,
  steadyReport,
  withHostileText,
} from '../reports.ts';

const both = [liveSide('fixed', steadyReport()), liveSide('leaking', leakingReport())];

test('each side has its line: time, memory, verdict, connections, finding', () => {
  expect(progressLine(liveView(23_120, both), null)).toMatchInlineSnapshot(`
    " 23 s  fixed    rss 97.1 MB  heap 50.1 MB  floor 30.1 MB  open   1  STEADY +1.20 KB/s
     23 s  leaking  rss 1.39 GB  heap 1.23 GB  floor 1.15 GB  open   1  LEAKING +56.0 MB/s  held by sessions src/server.ts:6, added at src/server.ts:10"
  `);
});

test('one program needs no name, and a process that is not open yet has no figures', () => {
  expect(
    progressLine(liveView(0, [liveSide('app', null, { activity: 'starting' })]), null),
  ).toMatchInlineSnapshot(`"  0 s  starting"`);
  expect(progressLine(liveView(1_000, [liveSide('app', inconclusiveReport())]), null)).toMatchInlineSnapshot(
    `"  1 s  rss 77.2 MB  heap 32.0 MB  floor 30.0 MB  open   1  NO VERDICT YET"`,
  );
});

test('within a second nothing is printed unless a side has news', () => {
  const printed = liveView(5_000, both);
  expect(progressLine(liveView(5_300, both), printed)).toBeNull();
  const walking = [both[0], liveSide('leaking', leakingReport(), { activity: 'walking' })];
  const line = progressLine(liveView(5_300, walking), printed);
  expect(line?.split('\n')).toHaveLength(1);
  expect(line).toContain('walking the live objects');
});

test('a second later every living side has a line, an ended one only when it ends', () => {
  const ended = [both[0], liveSide('leaking', leakingReport(), { activity: 'ended' })];
  const atTheEnd = progressLine(liveView(6_000, ended), liveView(5_000, both));
  expect(atTheEnd?.split('\n')).toHaveLength(2);
  const later = progressLine(liveView(7_000, ended), liveView(6_000, ended));
  expect(later).toContain('fixed');
  expect(later?.split('\n')).toHaveLength(1);
});

test('a watch that stands for days tells what changes its answer, and nothing else', () => {
  const steady = liveView(5_000, [liveSide('app', steadyReport())]);
  expect(progressLine(steady, null, 'verdicts')).toContain('STEADY');
  const walking = liveView(60_000, [liveSide('app', steadyReport(), { activity: 'walking' })]);
  expect(progressLine(walking, steady, 'verdicts')).toBeNull();
  const called = liveView(61_000, [liveSide('app', leakingReport({ findings: [] }))]);
  expect(progressLine(called, walking, 'verdicts')).toContain('LEAKING');
  const named = liveView(62_000, [liveSide('app', leakingReport())]);
  expect(progressLine(named, called, 'verdicts')).toContain('src/server.ts:6');
  expect(progressLine(liveView(70_000, named.sides), named, 'verdicts')).toBeNull();
  const takenBack = liveView(80_000, [liveSide('app', inconclusiveReport())]);
  expect(progressLine(takenBack, named, 'verdicts')).toContain('NO VERDICT YET');
});

test('a hostile name makes no new line and no escape', () => {
  fc.assert(
    fc.property(hostileText, (hostile) => {
      const side = liveSide(`side${hostile}`, withHostileText(leakingReport(), hostile));
      const lines = progressLine(liveView(1_000, [side, ...both]), null) ?? '';
      expect(lines).not.toMatch(OBEYED_BY_TERMINALS);
      expect(lines.split('\n')).toHaveLength(3);
    }),
  );
});
