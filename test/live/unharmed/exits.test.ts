import { expect, test } from 'vitest';
import { installedNodes } from '../../../bench/lib/nodes.ts';
import { exits } from '../../../bench/unharmed/exits.ts';

// That it is no later than 250 ms is measured by `npm run bench -- unharmed`: here the machine may be busy.
test.each(installedNodes())(
  'Node $version ends as without leakline, be that healthy, killed, stopped or deaf',
  async (node) => {
    const { violations } = await exits(node);
    expect(violations.filter((what) => !what.includes('ms later'))).toEqual([]);
  },
);
