import { expect, test } from 'vitest';
import { LiveReader } from '../../../src/present/tui/live-reader.ts';
import type { Possible } from '../../../src/present/tui/reader.ts';
import { leakingReport, liveSide, liveView } from '../reports.ts';

const possible: Possible = { snapshotPids: new Set([4242]), lastFromLine: 10, pageLines: 4 };
const first = liveView(20_000, [liveSide('server.js', leakingReport())]);
const second = liveView(21_000, [liveSide('server.js', leakingReport())]);

test('who has paused sees what was there then, until he goes on', () => {
  const reader = new LiveReader();
  expect(reader.update(first)).toBe(true);
  reader.press('pause', possible);
  expect(reader.update(second)).toBe(false);
  expect(reader.shown).toBe(first);
  expect(reader.latest).toBe(second);
  reader.press('pause', possible);
  expect(reader.shown).toBe(second);
});

test('who can press no key any more sees all of it, and what becomes of a snapshot that is being taken', () => {
  const reader = new LiveReader();
  reader.update(first);
  for (const key of ['pause', 'finding'] as const) reader.press(key, possible);
  reader.update(second);
  reader.tell({ step: 'running', pid: 4242, sentences: [] });
  reader.leave();
  expect(reader.shown).toBe(second);
  expect(reader.reader).toMatchObject({ paused: false, opened: null, snapshot: { step: 'running' } });
  reader.tell({ step: 'asked', pid: 4242 });
  reader.leave();
  expect(reader.reader.snapshot).toBeNull();
});
