import { expect, test } from 'vitest';
import { installedNodes } from '../../../bench/lib/nodes.ts';
import { inParallel } from '../../../bench/unharmed/outcome.ts';
import { strangePrograms } from '../../../bench/unharmed/strange-programs.ts';

test('a program that changed its own world prints and ends as it does without leakline', async () => {
  const outcomes = await inParallel(installedNodes(), 2, strangePrograms);
  expect(outcomes.flatMap(({ node, violations }) => violations.map((what) => `${node}: ${what}`))).toEqual(
    [],
  );
});
