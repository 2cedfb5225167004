import { expect, test } from 'vitest';
import { renderCosts } from '../../src/present/text/cost-text.ts';
import type { Report } from '../../src/report/schema.ts';
import { leakingReport, residentMemory } from './reports.ts';

test('says which work paused the target for how long, the longest first', () => {
  const { cost } = leakingReport();
  const text = renderCosts(
    leakingReport({
      cost: { ...cost, longestPauseMsByWork: { walk: 9.1, 'forced gc': 14 } },
      residentMemory: { first: residentMemory(0, 0), last: residentMemory(9_000, 1_000_000) },
      notes: ['The census stopped: gone.'],
    }),
    { unicode: true },
  );
  expect(text.split('\n')).toEqual([
    'longest pause by work: forced gc 14 ms, walk 9.1 ms',
    'smallest leak that would have shown: 210 KB/s',
    'resident memory: its own pages 151 MB, of files 45.0 MB, shared 0 B; V8 accounts for 90.0 MB; malloc has 18.0 MB and 13.0 MB in 8 glibc arenas',
    'The census stopped: gone.',
    '',
  ]);
});

test('of several logs each has its costs, and what was only read took nothing', () => {
  const of = (isolate: string): Report => ({
    ...leakingReport({
      source: { file: 'gc.log', format: 'gc-trace', lines: 9, linesUsed: 9, linesUnreadable: 0 },
    }),
    target: { ...leakingReport().target, isolate },
    notes: ['1 line of 9 left out.'],
  });
  const text = renderCosts(
    { schema: 'leakline/reports@1', reports: [of('0xab'), of('0xcd')] },
    { unicode: true },
  );
  expect(text.split('\n')).toEqual([
    'gc.log 0xab: smallest leak that would have shown: 210 KB/s',
    '1 line of 9 left out.',
    'gc.log 0xcd: smallest leak that would have shown: 210 KB/s',
    '1 line of 9 left out.',
    '',
  ]);
});

test('what a saved report says can not steer the terminal', () => {
  const text = renderCosts(leakingReport({ notes: ['\u001b[2J\u0007gone'] }), { unicode: true });
  expect(text).toContain('\\x1b[2J\\x07gone');
  expect(text).not.toContain('\u001b');
});
