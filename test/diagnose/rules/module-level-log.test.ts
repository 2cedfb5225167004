import { expect, test } from 'vitest';
import { type Drawing, draw } from '../drawing.ts';
import { growing, root, variable } from '../growing.ts';
import { findingOf, kindOf } from './finding-of.ts';

const audit = (end: string): Drawing =>
  draw(
    '/app/audit.js',
    `const trail = [];
//    ^^ trail
function record(entry) {
//             ^^ record
  trail.push(entry);
//      ^^ push
  ${end}
}`,
  );
const trailOf = (file: Drawing) => growing('Array', [root('modules'), variable('trail', file.at('record'))]);

test('an array that is only appended to', async () => {
  const file = audit('');
  expect(await findingOf(trailOf(file), [file])).toMatchObject({
    kind: 'module-level-log',
    heldBy: { location: { line: file.line('trail') } },
    addedAt: { location: { line: file.line('push'), function: 'record' } },
  });
});

test('with something that drops, it is another kind', async () => {
  const file = audit('if (entry.last) trail.length = 0;');
  expect(await kindOf(trailOf(file), file)).toBe('unbounded-collection');
});

test("a function's own array lives no longer than what keeps the function", async () => {
  const file = draw(
    '/app/plugin.js',
    `module.exports = function plugin() {
  const recent = [];
  return (x) => recent.push(x);
//       ^^ handler
};`,
  );
  const steps = [root('Server'), variable('recent', file.at('handler'), 'Closure (plugin)')];
  expect(await kindOf(growing('Array', steps), file)).toBe('unbounded-collection');
});
