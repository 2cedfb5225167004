import { expect, test } from 'vitest';
import { attachCycles, cuts, directoriesLeft } from '../../../bench/unharmed/cycles.ts';
import { installedNodes, majorOf, missingNodes } from '../../../bench/lib/nodes.ts';

test('every Node that leakline promises to leave unharmed is there to be tested', () => {
  expect(missingNodes()).toEqual([]);
});

// Each cut once a version, half of them to a CommonJS and half to an ES module; `npm run bench -- unharmed` does more.
test('a process is as it was after leakline was cut off at every step', async () => {
  const before = new Set(directoriesLeft());
  const half = Math.ceil(cuts.length / 2);
  const outcomes = await Promise.all(
    installedNodes().flatMap((node) => [
      attachCycles(node, 'cjs', half, 0),
      attachCycles(node, 'mjs', half, half),
    ]),
  );
  expect(outcomes.flatMap(({ node, violations }) => violations.map((what) => `${node}: ${what}`))).toEqual(
    [],
  );
  expect(new Set(outcomes.map(({ node }) => majorOf(node))).size).toBe(installedNodes().length);
  // The last of those that were killed is taken away by whoever attaches next.
  expect(directoriesLeft().filter((name) => !before.has(name)).length).toBeLessThanOrEqual(outcomes.length);
});
