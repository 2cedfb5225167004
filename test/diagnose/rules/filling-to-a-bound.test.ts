import { expect, test } from 'vitest';
import { diagnose } from '../../../src/diagnose/diagnose.ts';
import { draw, sourcesOf } from '../drawing.ts';
import { context, growing, root, variable } from '../growing.ts';
import { findingOf, kindOf } from './finding-of.ts';

const file = draw(
  '/app/recent.js',
  `const recent = [];
const trail = [];
const last = [];
function add(x, most) {
//          ^^ add
  recent.push(x);
  if (recent.length > 1000) recent.shift();
//                          ^^ bound
  trail.push(x);
  last.push(x);
  if (last.length > most) last.shift();
  if (x.isLast) trail.shift();
}`,
);
const array = (name: string, elementBytes = 1000) =>
  growing('Array', [root('modules'), variable(name, file.at('add'))], { detail: { elementBytes } });

test('what its own size will stop is hardly believed, and told when that will be', async () => {
  const found = await findingOf(array('recent'), [file]);
  expect(found).toMatchObject({
    kind: 'filling-to-a-bound',
    confidence: 0.3,
    shouldBeReleased: { location: { line: file.line('bound') } },
  });
  // 900 entries are missing, and 10 come each second.
  expect(found.explanation).toContain('so it fills up and then stops, in 90 s at this pace.');
});

test('it never stands before what nothing stops', async () => {
  const both = await diagnose([array('recent'), array('trail', 100)], context(sourcesOf(file)));
  expect(both.map((found) => found.heldBy.name)).toEqual(['trail', 'recent']);
});

test('a bound that the text has no number for is a bound all the same', async () => {
  const found = await findingOf(array('last'), [file]);
  expect(found.kind).toBe('filling-to-a-bound');
  expect(found.explanation).toContain('so it fills up and then stops.');
});

test('a removal that does not ask for the size is no bound', async () => {
  expect(await kindOf(array('trail'), file)).toBe('unbounded-collection');
});
