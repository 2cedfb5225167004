import { expect, test } from 'vitest';
import type { AllocationStack } from '../../../src/core/allocations.ts';
import { growingAllocations } from '../../../src/diagnose/unseen/growing-allocations.ts';
import { Scripts } from '../../../src/diagnose/source/script.ts';
import { draw, sourcesOf } from '../drawing.ts';
import { internal } from '../growing.ts';
import { aged, builtin, staying, windowOf } from '../staying.ts';

const server = draw(
  'file:///app/server.js',
  `import { render } from 'templates';
function onRequest(request) {
//                ^^ onRequest
  const page = render(request);
//             ^^ render
  return [page].map((text) => text.trim());
//                  ^^ trimming
}
function onBatch(ids) {
//              ^^ onBatch
  return ids.length > 1 ? Array.from(ids) : Array.from([]);
}`,
);
const templates = draw(
  'file:///app/node_modules/templates/index.js',
  'export function render(of) {}\n//                    ^^ render',
);
const emit = internal('node:events', 'emit');

function growing(...stacks: readonly AllocationStack[]): ReturnType<typeof growingAllocations> {
  return growingAllocations(windowOf(...stacks), new Scripts(sourcesOf(server, templates)), '/app');
}

test('what stays from every part of the window grows, at the rate of the parts that are not young', async () => {
  const [found, ...others] = await growing(staying(50_000, server.at('onRequest'), emit));
  expect(others).toEqual([]);
  expect(found.bytesPerSecond).toBe(50_000);
});

test.each([
  ['in use for a moment', [0, 0, 0, 2000, 90_000]],
  ['made once, when the window began', [90_000, 0, 0, 0, 0]],
  ['made once, later', [0, 0, 90_000, 0, 0]],
  ['too few samples', [1024, 0, 1024, 0, 0]],
])('%s: does not grow', async (_, bytesByAge) => {
  expect(await growing(aged([server.at('onRequest'), emit], bytesByAge))).toEqual([]);
});

test('samples of a leak that fall unevenly by chance still grow', async () => {
  // Twelve samples in four parts: a part has six or more of them once in twenty times.
  expect(await growing(aged([server.at('onRequest'), emit], [6144, 2048, 1024, 3072, 0]))).toHaveLength(1);
});

test('the place is the innermost function of the program, its line the only call of what allocates', async () => {
  const stack = staying(
    50_000,
    builtin('concat'),
    templates.at('render', 'render'),
    server.at('onRequest'),
    emit,
  );
  const [found] = await growing(stack);
  expect(found.site.location).toMatchObject({
    file: 'server.js',
    line: server.line('render'),
    function: 'onRequest',
  });
  expect(found.site.words).toBeNull();
  expect(found.within?.location).toMatchObject({ package: 'templates', function: 'render' });
  expect(found.callsByFunction.get(found.place.node)).toEqual(new Set(['render']));
  expect(found.callsByFunction.get(found.inner[0]?.node)).toEqual(new Set(['concat']));
});

test('a call that stands there twice has no line: where the function begins, and the words say so', async () => {
  const [found] = await growing(staying(50_000, builtin('from'), server.at('onBatch'), emit));
  expect(found.site).toMatchObject({
    location: { line: server.line('onBatch') },
    words: 'somewhere in onBatch',
  });
});

test('all stacks of one function are one, with the callers of all', async () => {
  const found = await growing(
    staying(20_000, server.at('trimming'), builtin('map'), server.at('onRequest'), emit),
    staying(10_000, builtin('trim'), server.at('trimming'), builtin('map'), server.at('onRequest'), emit),
    staying(5000, server.at('onRequest'), emit),
  );
  expect(found.map(({ bytesPerSecond, through }) => [bytesPerSecond, through.length])).toEqual([
    [30_000, 2],
    [5000, 1],
  ]);
});

test("Node's own work on nobody's behalf is left out", async () => {
  expect(await growing(staying(50_000, builtin('Map'), emit))).toEqual([]);
});
