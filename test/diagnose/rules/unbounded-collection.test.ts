import { expect, test } from 'vitest';
import { rules } from '../../../src/diagnose/rules/all.ts';
import { draw } from '../drawing.ts';
import { growing, root, trap, variable } from '../growing.ts';
import { findingOf } from './finding-of.ts';

test('what is left, with what the trap saw leave', async () => {
  const file = draw(
    '/app/a.js',
    'const kept = new Set();\nfunction add(x) { kept.add(x); }\n//          ^^ add',
  );
  const steps = [root('modules'), variable('kept', file.at('add'))];
  const none = await findingOf(growing('Set', steps), [file]);
  expect(none.shouldBeReleased?.words).toBe('nothing deletes from `kept`');
  const some = await findingOf(growing('Set', steps, { trap: trap([], 12) }), [file]);
  expect(some.shouldBeReleased?.words).toBe('fewer entries leave `kept` than come');
  expect(some.confidence).toBeLessThan(none.confidence);
});

test('every rule has a name of its own, and the last explains anything', () => {
  expect(new Set(rules.map((rule) => rule.name)).size).toBe(rules.length);
  expect(rules.at(-1)?.name).toBe('unbounded-collection');
});
