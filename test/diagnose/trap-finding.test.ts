import { expect, test } from 'vitest';
import type { ContainerType, TrapResult } from '../../src/core/census.ts';
import type { Finding } from '../../src/core/finding.ts';
import { diagnose } from '../../src/diagnose/diagnose.ts';
import { draw, sourcesOf } from './drawing.ts';
import { context, growing, root, timer, trap, variable } from './growing.ts';

const file = draw(
  '/app/pages.js',
  `const pages = {};
function add(key) { pages[key] = 1; }
//          ^^ add
setInterval(() => add(1), 10);
//          ^^ callback`,
);
const notSet: TrapResult = { key: '', set: false, durationMs: 2500, additions: [], removals: 0 };

async function pages(type: ContainerType, result: TrapResult | null): Promise<Finding> {
  const container = growing(type, [root('modules'), variable('pages', file.at('add'))], { trap: result });
  return (await diagnose([container], context(sourcesOf(file))))[0];
}

test('where no trap was tried nothing is said of one', async () => {
  const found = await pages('Object', null);
  expect(found.trap).toBeNull();
  expect(found.explanation).not.toContain('watch');
});

test('a dictionary has no method to watch, and the finding says so', async () => {
  const found = await pages('Object', notSet);
  const reason =
    'An object used as a dictionary has no method to watch: who adds was read off the source, not seen.';
  expect(found.trap).toEqual({ set: false, durationMs: 2500, additions: 0, removals: 0, reason });
  expect(found.explanation).toContain(reason);
});

test('a Map that can not be shadowed is frozen or gone', async () => {
  const found = await pages('Map', notSet);
  expect(found.trap?.reason).toMatch(/^`pages` is frozen, has methods of its own, or was gone/);
});

test('who was caught needs no reason', async () => {
  const found = await pages(
    'Map',
    trap(
      [
        { count: 5, stack: [file.at('add')] },
        { count: 2, stack: [] },
      ],
      1,
    ),
  );
  expect(found.trap).toEqual({ set: true, durationMs: 3000, additions: 7, removals: 1, reason: null });
});

test('a container that grows while nobody calls its methods is filled in another way', async () => {
  const found = await pages('Array', trap([], 0));
  expect(found.trap?.reason).toMatch(/^For 3 s `pages` was watched and nothing was added by its methods: /);
});

test('which call sets a timer is known for sure, so no sentence is spent on it', async () => {
  const container = growing('timers', [root('timers'), timer(file.at('callback'))], { trap: notSet });
  const [found] = await diagnose([container], context(sourcesOf(file)));
  expect(found.trap?.set).toBe(false);
  expect(found.explanation).not.toContain('watch');
});
