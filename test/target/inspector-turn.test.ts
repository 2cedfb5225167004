import { expect, test } from 'vitest';
import { inInspectorTurn } from '../../src/target/inspector-turn.ts';

test('work is done in the order it was asked for, one at a time, and a failure is its own', async () => {
  const told: string[] = [];
  const work = (name: string, fails = false): Promise<string> =>
    inInspectorTurn(async () => {
      told.push(`${name} begins`);
      await new Promise((resolve) => setImmediate(resolve));
      told.push(`${name} ends`);
      if (fails) throw new Error(`${name} failed`);
      return name;
    });
  const results = await Promise.allSettled([work('first'), work('second', true), work('third')]);
  expect(told).toEqual(['first', 'second', 'third'].flatMap((name) => [`${name} begins`, `${name} ends`]));
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});
