import { expect, test } from 'vitest';
import { attachCycles, cuts, directoriesLeft } from '../../../bench/unharmed/cycles.ts';
import { until } from '../../../bench/unharmed/target.ts';
import { installedNodes, majorOf, missingNodes } from '../../../bench/lib/nodes.ts';

test('every Node that leakline promises to leave unharmed is there to be tested', () => {
  expect(missingNodes()).toEqual([]);
});

/** 400 on four versions, each cut three times a version or more; `npm run bench -- unharmed --cycles 10000` does more. */
const CYCLES_A_TARGET = 50;

// Half of them to a CommonJS and half to an ES module.
test('a process is as it was after leakline was cut off at every step', async () => {
  const before = new Set(directoriesLeft());
  const outcomes = await Promise.all(
    installedNodes().flatMap((node) => [
      attachCycles(node, 'cjs', CYCLES_A_TARGET, 0),
      attachCycles(node, 'mjs', CYCLES_A_TARGET, Math.ceil(cuts.length / 2)),
    ]),
  );
  expect(outcomes.flatMap(({ node, violations }) => violations.map((what) => `${node}: ${what}`))).toEqual(
    [],
  );
  expect(new Set(outcomes.map(({ node }) => majorOf(node))).size).toBe(installedNodes().length);
  const left = (): string[] => directoriesLeft().filter((name) => !before.has(name));
  await until(() => left().length === 0, 5000);
  expect(left()).toEqual([]);
}, 900_000);
