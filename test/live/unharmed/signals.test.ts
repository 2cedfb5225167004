import { expect, test } from 'vitest';
import { installedNodes } from '../../../bench/lib/nodes.ts';
import { inParallel } from '../../../bench/unharmed/outcome.ts';
import { earlyLaunches, signalHazards } from '../../../bench/unharmed/signals.ts';

test('no process ends by our signal, and each gets the answer that is right for it', async () => {
  const outcomes = await inParallel(installedNodes(), 2, signalHazards);
  expect(outcomes.flatMap(({ node, violations }) => violations.map((what) => `${node}: ${what}`))).toEqual(
    [],
  );
});

test.each(installedNodes())('Node $version survives being attached to as it starts', async (node) => {
  expect((await earlyLaunches(node, 10)).violations).toEqual([]);
});
