import { expect, test } from 'vitest';
import { draw } from '../drawing.ts';
import { growing, root, trap, variable } from '../growing.ts';
import { findingOf, kindOf } from './finding-of.ts';

const commands = draw(
  '/app/commands.js',
  `const waiting = new Map();
//    ^^ waiting
function call(id) {
//           ^^ call
  return new Promise((resolve, reject) => {
    waiting.set(id, { sentAt: Date.now(), resolve, reject });
//          ^^ set
  });
}
function take(id) { waiting.delete(id); }`,
);

test('an answer that never comes', async () => {
  const container = growing('Map', [root('modules'), variable('waiting', commands.at('call'))]);
  expect(await findingOf(container, [commands])).toMatchObject({
    kind: 'pending-waiters',
    heldBy: { location: { line: commands.line('waiting') } },
    addedAt: { location: { line: commands.line('set'), function: 'call' } },
  });
});

const memoize = draw(
  '/app/memoize.js',
  `const answers = new Map();
function remember(query) {
//               ^^ remember
  const key = JSON.stringify(query);
  const known = answers.get(key);
  if (known) return known;
  const answer = ask(query).catch((error) => {
    answers.delete(key);
    throw error;
  });
  answers.set(key, answer);
  return answer;
}`,
);
const promises = (pending: number) =>
  growing('Map', [root('modules'), variable('answers', memoize.at('remember'))], {
    detail: { elementType: 'Promise', promises: { count: 8, pending } },
    trap: trap([{ count: 9, stack: [memoize.at('remember')] }]),
  });

test('promises that pend wait; settled ones are kept for their value', async () => {
  expect(await kindOf(promises(8), memoize)).toBe('pending-waiters');
  expect(await kindOf(promises(5), memoize)).toBe('pending-waiters');
  // The newest are still being asked for.
  expect(await kindOf(promises(4), memoize)).toBe('unbounded-cache');
  expect(await kindOf(promises(0), memoize)).toBe('unbounded-cache');
});

test('a function that is not handed in by a promise settles none', async () => {
  const file = draw(
    '/app/a.js',
    `const kept = new Map();
function add(id, resolve) { kept.set(id, { resolve }); }
//          ^^ add`,
  );
  expect(await kindOf(growing('Map', [root('modules'), variable('kept', file.at('add'))]), file)).toBe(
    'unbounded-collection',
  );
});
