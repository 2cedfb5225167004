import { expect, test } from 'vitest';
import { installedNodes } from '../../../bench/lib/nodes.ts';
import { earlyLaunches, signalHazards } from '../../../bench/unharmed/signals.ts';

test('no process ends by our signal, and each gets the answer that is right for it', async () => {
  const outcomes = await Promise.all(installedNodes().map(signalHazards));
  expect(outcomes.flatMap(({ node, violations }) => violations.map((what) => `${node}: ${what}`))).toEqual(
    [],
  );
});

test.each(installedNodes())('Node $version survives being attached to as it starts', async (node) => {
  expect((await earlyLaunches(node, 21)).violations).toEqual([]);
});
