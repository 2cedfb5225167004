import { expect, test } from 'vitest';
import { renderCosts } from '../../src/present/text/cost-text.ts';
import { leakingReport, residentMemory } from './reports.ts';

test('says which work paused the target for how long, the longest first', () => {
  const { cost } = leakingReport();
  const text = renderCosts(
    leakingReport({
      cost: { ...cost, longestPauseMsByWork: { walk: 9.1, 'forced gc': 14 } },
      residentMemory: { first: residentMemory(0, 0), last: residentMemory(9_000, 1_000_000) },
      notes: ['The census stopped: gone.'],
    }),
  );
  expect(text.split('\n')).toEqual([
    'longest pause by work: forced gc 14 ms, walk 9.1 ms',
    'smallest leak that would have shown: 210 KB/s',
    'resident memory: its own pages 151 MB, of files 45.0 MB, shared 0 B; V8 accounts for 90.0 MB; malloc has 18.0 MB and 13.0 MB in 8 glibc arenas',
    'The census stopped: gone.',
    '',
  ]);
});
