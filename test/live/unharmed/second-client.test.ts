import { expect, test } from 'vitest';
import { installedNodes } from '../../../bench/lib/nodes.ts';
import { inParallel } from '../../../bench/unharmed/outcome.ts';
import { secondClients } from '../../../bench/unharmed/second-client.ts';

test('debuggers and samplers beside leakline are left as they were', async () => {
  const outcomes = await inParallel(installedNodes(), 2, secondClients);
  expect(outcomes.flatMap(({ node, violations }) => violations.map((what) => `${node}: ${what}`))).toEqual(
    [],
  );
});
