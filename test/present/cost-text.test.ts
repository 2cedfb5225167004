import { expect, test } from 'vitest';
import { renderCosts } from '../../src/present/text/cost-text.ts';
import { leakingReport } from './reports.ts';

test('says which work paused the target for how long, the longest first', () => {
  const { cost } = leakingReport();
  const text = renderCosts(
    leakingReport({
      cost: { ...cost, longestPauseMsByWork: { walk: 9.1, 'forced gc': 14 } },
      notes: ['The census stopped: gone.'],
    }),
  );
  expect(text).toBe('longest pause by work: forced gc 14 ms, walk 9.1 ms\nThe census stopped: gone.\n');
});
