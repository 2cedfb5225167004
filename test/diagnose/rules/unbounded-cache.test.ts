import { expect, test } from 'vitest';
import { type Drawing, draw } from '../drawing.ts';
import { growing, root, trap, variable } from '../growing.ts';
import { findingOf, kindOf } from './finding-of.ts';

const pages = draw(
  '/app/pages.js',
  `const pages = {};
//    ^^ pages
const printed = new Map();
//    ^^ printed
module.exports = (key) => {
//               ^^ page
  if (pages[key]) return pages[key];
  pages[key] = printed.get(key) ?? 1;
//^^ add
  printed.set(key, 1);
};`,
);
const at = pages.at('page');

test('a dictionary', async () => {
  expect(await findingOf(growing('Object', [root('modules'), variable('pages', at)]), [pages])).toMatchObject(
    {
      kind: 'unbounded-cache',
      heldBy: { name: 'pages', type: 'Object', location: { line: pages.line('pages') } },
      addedAt: { location: { line: pages.line('add') } },
      shouldBeReleased: { words: 'nothing bounds `pages`: no entry ever leaves, and the keys do not repeat' },
    },
  );
});

test('a Map that is filled on a miss', async () => {
  const found = await findingOf(growing('Map', [root('modules'), variable('printed', at)]), [pages]);
  expect([found.kind, found.heldBy.location?.line]).toEqual(['unbounded-cache', pages.line('printed')]);
});

const quotes = (key: string): Drawing =>
  draw(
    '/app/quotes.js',
    `const quotes = new Map();
function quote(query) {
//            ^^ quote
  const key = ${key};
  if (!quotes.has(key)) quotes.set(key, ask(query));
  return quotes.get(key);
}`,
  );
const quotesGrow = (file: Drawing) => growing('Map', [root('modules'), variable('quotes', file.at('quote'))]);

test('the key is told as it is made, with what in it never repeats', async () => {
  const explained = async (key: string): Promise<string> => {
    const file = quotes(key);
    return (await findingOf(quotesGrow(file), [file])).explanation;
  };
  expect(await explained('JSON.stringify(query)')).toContain(
    'The key is `JSON.stringify(query)` (quotes.js:4).',
  );
  expect(await explained('`${query.sku} ${Date.now()}`')).toContain(
    'and `Date.now()` in it is another one each time.',
  );
  expect(await explained('[query.sku, new Date()].join()')).toContain('`new Date()` in it is another');
  expect(await explained('[query.sku, crypto.randomUUID()].join()')).toContain('`crypto.randomUUID()` in it');
  // A time that was told, and a clock of somebody else's.
  expect(await explained('[new Date(query.day), lamport.now()].join()')).not.toContain(
    'another one each time',
  );
});

test('a key that is a mere name tells nothing', async () => {
  const file = draw(
    '/app/quotes.js',
    `const quotes = new Map();
function quote(query) {
//            ^^ quote
  if (!quotes.has(query)) quotes.set(query, ask(query));
}`,
  );
  const found = await findingOf(quotesGrow(file), [file]);
  expect(found.kind).toBe('unbounded-cache');
  expect(found.explanation).not.toContain('The key');
});

test('a removal that was never seen while keys came is no bound', async () => {
  const file = draw(
    '/app/answers.js',
    `const answers = new Map();
function remember(query) {
//               ^^ remember
  if (!answers.has(query)) answers.set(query, ask(query).catch(() => answers.delete(query)));
//                                 ^^ set
}`,
  );
  const container = (removals: number) =>
    growing('Map', [root('modules'), variable('answers', file.at('remember'))], {
      trap: trap([{ count: 9, stack: [file.at('set')] }], removals),
    });
  const found = await findingOf(container(0), [file]);
  expect(found.kind).toBe('unbounded-cache');
  expect(found.shouldBeReleased?.words).toBe(
    '`answers.delete` (answers.js:4) was never reached while keys were added, and nothing else bounds `answers`',
  );
  expect(await kindOf(container(3), file)).toBe('unbounded-collection');
});

test('a Map that nobody looks into where it is filled is no cache', async () => {
  const file = draw(
    '/app/log.js',
    'const byId = new Map();\nfunction add(x) { byId.set(x.id, x); }\n//          ^^ add',
  );
  expect(await kindOf(growing('Map', [root('modules'), variable('byId', file.at('add'))]), file)).toBe(
    'unbounded-collection',
  );
});
