import { expect, test } from 'vitest';
import { gainWords } from '../../src/present/verdict-lines.ts';
import type { Report } from '../../src/report/schema.ts';
import { leakingReport } from './reports.ts';

test('what a larger limit buys is said of the limit that is raised, with what stops the leak then', () => {
  expect(words('container', 'container')).toBe('scaling up to 2.20 GB buys 10 s more');
  expect(words('container', 'heap')).toBe(
    'scaling up to 2.20 GB buys 10 s more: then it meets the limit of the heap',
  );
  expect(words('rlimit', 'container')).toBe(
    'a ulimit of 2.20 GB buys 10 s more: then it meets the limit of the container',
  );
  expect(words('heap', 'rlimit')).toBe(
    'a heap of 2.20 GB (--max-old-space-size=2098) buys 10 s more: then it meets the ulimit',
  );
});

type Which = NonNullable<Report['forecast']>['which'];

function words(which: Which, then: Which): string | null {
  const { forecast } = leakingReport();
  if (forecast === null) throw new Error('the report has a forecast');
  const doubled = {
    limitBytes: 2_200_000_000,
    which: then,
    secondsGained: 10,
    interval: [8, 12],
  } as const;
  return gainWords(leakingReport({ forecast: { ...forecast, which, doubled } }));
}
