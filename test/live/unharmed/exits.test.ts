import { expect, test } from 'vitest';
import { installedNodes } from '../../../bench/lib/nodes.ts';
import { exits } from '../../../bench/unharmed/exits.ts';
import { inParallel } from '../../../bench/unharmed/outcome.ts';

// That it is no later than 250 ms is measured by `npm run bench -- unharmed`: here the machine may be busy.
test('a process ends as without leakline, be that healthy, killed, stopped or deaf', async () => {
  const outcomes = await inParallel(installedNodes(), 2, exits);
  const violations = outcomes.flatMap(({ node, violations }) => violations.map((what) => `${node}: ${what}`));
  expect(violations.filter((what) => !what.includes('ms later'))).toEqual([]);
});
