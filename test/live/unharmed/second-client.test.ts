import { expect, test } from 'vitest';
import { installedNodes } from '../../../bench/lib/nodes.ts';
import { secondClients } from '../../../bench/unharmed/second-client.ts';

test.each(installedNodes())(
  'Node $version: debuggers and samplers beside leakline are left as they were',
  async (node) => {
    expect((await secondClients(node)).violations).toEqual([]);
  },
);
