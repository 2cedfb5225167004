import { expect, test } from 'vitest';
import { draw } from '../drawing.ts';
import { growing, root, trap, variable } from '../growing.ts';
import { findingOf, kindOf } from './finding-of.ts';

const file = draw(
  '/app/recent.js',
  `const MAX_ENTRIES = 20000;
const entries = new Map();
function add({ id, preview }) {
//          ^^ add
  entries.set(id, { id, preview });
  if (entries.size > MAX_ENTRIES) entries.delete(entries.keys().next().value);
}`,
);
const entries = (viewBytes: number, bufferBytes: number) =>
  growing('Map', [root('modules'), variable('entries', file.at('add'))], {
    detail: { views: { viewBytes, bufferBytes } },
  });

test('a short view of a long buffer, whatever bounds the number of views', async () => {
  const found = await findingOf(entries(32, 65_536), [file]);
  expect(found).toMatchObject({ kind: 'buffer-slice-pinning', heldBy: { name: 'entries' } });
  expect(found.explanation).toContain('sees 32 B of a buffer of 65.5 KB and keeps all of it alive');
  expect(found.explanation).toContain('bounds the entries, and counts what they see, not what they keep.');
  expect(found.shouldBeReleased?.words).toContain('Buffer.from(piece)');
});

test('a view of most of its buffer pins nothing', async () => {
  expect(await kindOf(entries(60_000, 65_536), file)).toBe('filling-to-a-bound');
  expect(await kindOf(entries(16_385, 65_536), file)).toBe('filling-to-a-bound');
  expect(await kindOf(entries(16_384, 65_536), file)).toBe('buffer-slice-pinning');
});

test("a piece of a small buffer, as of Node's pool, is not worth a copy", async () => {
  expect(await kindOf(entries(32, 8192), file)).toBe('filling-to-a-bound');
});

test('elements without binary memory are another kind', async () => {
  const plain = growing('Map', [root('modules'), variable('entries', file.at('add'))]);
  expect(await kindOf(plain, file)).toBe('filling-to-a-bound');
});

const server = draw(
  '/app/server.js',
  `function upload(body, id) {
  const size = body.length;
  recent.add({ id, size, preview: body.subarray(0, 32) });
  //     ^^ hands over
}
function rename(id, preview) {
  recent.add({ id, preview });
  //     ^^ passes on
}`,
);
const store = draw(
  '/app/recent.js',
  `const entries = new Map();
function add({ id, preview }) {
//          ^^ add
  entries.set(id, { id, preview });
  //      ^^ set
}`,
);
const added = (caller: ReturnType<typeof server.at>) =>
  growing('Map', [root('modules'), variable('entries', store.at('add'))], {
    detail: { views: { viewBytes: 32, bufferBytes: 65_536 } },
    trap: trap([{ count: 9, stack: [store.at('set', 'add'), caller] }]),
  });

test('the line to change is the one that cuts, which may be a caller of the one that adds', async () => {
  const found = await findingOf(added(server.at('hands over', 'upload')), [store, server]);
  expect(found.addedAt?.location).toMatchObject({ file: 'server.js', line: server.line('hands over') });
  expect(found.addedAt?.stack.map(({ line }) => line)).toEqual([
    store.line('set'),
    server.line('hands over'),
  ]);
});

test('where nobody on the way cuts it is the one that adds', async () => {
  const found = await findingOf(added(server.at('passes on', 'rename')), [store, server]);
  expect(found.addedAt?.location).toMatchObject({ file: 'recent.js', line: store.line('set') });
});
