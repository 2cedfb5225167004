import { expect, test } from 'vitest';
import { draw } from '../drawing.ts';
import { element, growing, internal, property, root, variable } from '../growing.ts';
import { findingOf, kindOf } from './finding-of.ts';

const file = draw(
  '/app/rooms.js',
  `const rooms = new Map();
//    ^^ rooms
function join(name) {
//           ^^ join
  rooms.set(name, { log: [] });
//                  ^^ log
}`,
);

test('a container in each element that only grows', async () => {
  const steps = [root('modules'), variable('rooms', file.at('join')), element('Map', 9), property('log')];
  const found = await findingOf(growing('Array', steps, { detail: { instances: 9 } }), [file]);
  expect(found).toMatchObject({
    kind: 'nested-collection',
    heldBy: { location: { line: file.line('rooms') } },
    grows: { name: 'log', location: { line: file.line('log') } },
    shouldBeReleased: { words: 'nothing bounds `log` and nothing deletes from `rooms`' },
  });
  expect(found.explanation).toContain('in each of 9 elements of `rooms`');
});

test('what is inside the holder itself is in none of its elements', async () => {
  const steps = [
    root('modules'),
    variable('rooms', file.at('join')),
    property('table', 'Hidden', internal('node:internal/x', 'Hidden')),
  ];
  const found = await findingOf(growing('Array', steps), [file]);
  expect(found.kind).toBe('unbounded-collection');
  expect(found.explanation).toContain('`table` inside `rooms` (rooms.js:1) gains 10 entries a second');
});

test('the collection itself is not nested', async () => {
  expect(await kindOf(growing('Map', [root('modules'), variable('rooms', file.at('join'))]), file)).toBe(
    'unbounded-collection',
  );
});
