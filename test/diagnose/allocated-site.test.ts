import { expect, test } from 'vitest';
import type { AllocationStack } from '../../src/core/allocations.ts';
import type { ScriptLocation } from '../../src/core/location.ts';
import { diagnose } from '../../src/diagnose/diagnose.ts';
import { draw, sourcesOf } from './drawing.ts';
import { context, growing, internal, root, trap, variable } from './growing.ts';

const server = draw(
  'file:///app/server.js',
  `import { render } from 'templates';
const pages = [];
//    ^^ pages
export function onRequest(id) {
//                       ^^ onRequest
  const page = { id, body: render(id) };
//             ^^ page
  pages.push(page);
//      ^^ push
  log(id);
}
export function onBatch(ids) {
//                     ^^ onBatch
  for (const id of ids) pages.push(makePage(id));
//                            ^^ pushMade
}
function makePage(id) {
//               ^^ makePage
  return { id };
}
function log(id) {
//          ^^ log
  return 'seen ' + id;
}
`,
);
const rendering: ScriptLocation = {
  url: 'file:///app/node_modules/templates/index.js',
  line: 3,
  column: 15,
  function: 'render',
};

/** A short window tells nothing of ages that this could use. */
type Heavy = Omit<AllocationStack, 'byAge'>;

async function allocatedAt(push: string, stacks: readonly Heavy[]): Promise<unknown> {
  const found = await diagnose(
    [
      growing('Array', [root('active handles'), variable('pages', server.at('onRequest'), 'Module')], {
        trap: trap([{ count: 5, stack: [server.at(push)] }]),
      }),
    ],
    context(sourcesOf(server), {
      allocations: {
        durationMs: 1500,
        samplingIntervalBytes: 16_384,
        liveBytes: 9e6,
        stacks: stacks.map((stack) => ({ ...stack, byAge: [] })),
      },
    }),
  );
  const allocated = found[0]?.allocatedAt;
  return allocated && { line: allocated.location.line, words: allocated.words };
}

const emit = internal('node:events', 'emit');

test('made in the function that adds: the line of the expression that is added', async () => {
  const stacks = [{ liveBytes: 5e6, frames: [server.at('onRequest'), emit] }];
  expect(await allocatedAt('push', stacks)).toEqual({ line: server.line('page'), words: null });
});

test('made by a package on its behalf: the function of the program that called it', async () => {
  const stacks = [{ liveBytes: 5e6, frames: [rendering, server.at('onRequest'), emit] }];
  expect(await allocatedAt('push', stacks)).toEqual({ line: server.line('page'), words: null });
});

test('made by another function: where that begins, and the words say it', async () => {
  const stacks = [{ liveBytes: 5e6, frames: [server.at('makePage'), server.at('onBatch'), emit] }];
  expect(await allocatedAt('pushMade', stacks)).toEqual({
    line: server.line('makePage'),
    words: 'somewhere in makePage',
  });
});

test('the heaviest stack through the function that adds, not the heaviest of all', async () => {
  const stacks = [
    { liveBytes: 8e6, frames: [server.at('log'), emit] },
    { liveBytes: 5e6, frames: [server.at('makePage'), server.at('onBatch'), emit] },
    { liveBytes: 1e6, frames: [server.at('onBatch'), emit] },
  ];
  expect(await allocatedAt('pushMade', stacks)).toMatchObject({ words: 'somewhere in makePage' });
});

test('no sample through the function that adds: not known', async () => {
  expect(await allocatedAt('push', [{ liveBytes: 8e6, frames: [server.at('log'), emit] }])).toBeNull();
});
