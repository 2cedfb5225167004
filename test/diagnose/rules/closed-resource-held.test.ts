import { expect, test } from 'vitest';
import type { ZombieGroup } from '../../../src/core/census.ts';
import { draw } from '../drawing.ts';
import { exportsOf, growing, property, root, variable } from '../growing.ts';
import { findingOf } from './finding-of.ts';

const hub = draw(
  '/app/hub.js',
  `const viewers = new Set();
//    ^^ viewers
function join(ws) {
//           ^^ join
  viewers.add({ ws });
//        ^^ add
}
function leave(viewer) {
  viewers.delete(viewer);
//^^ delete
}
module.exports = { join, leave };`,
);
const closed: ZombieGroup = {
  type: 'WebSocket',
  state: 'CLOSED',
  count: 90,
  of: 100,
  closeListeners: [
    { url: '/app/node_modules/ws/lib/websocket.js', line: 9, column: 1, function: 'close' },
    { url: 'node:net', line: 9, column: 1, function: 'onclose' },
  ],
  via: '.ws',
};
const viewers = (zombies: readonly ZombieGroup[]) =>
  growing(
    'Set',
    [root('modules'), exportsOf('/app/hub.js'), property('join'), variable('viewers', hub.at('join'))],
    { detail: { elementType: 'Viewer', zombies } },
  );

test("a library's close listener is not the program's own", async () => {
  expect(await findingOf(viewers([closed]), [hub])).toMatchObject({
    kind: 'closed-resource-held',
    retained: { type: 'Viewer', state: 'CLOSED' },
    heldBy: { name: 'viewers', type: 'Set', location: { file: 'hub.js', line: hub.line('viewers') } },
    addedAt: { location: { line: hub.line('add'), function: 'join' } },
    zombies: { type: 'WebSocket', state: 'CLOSED', count: 90 },
    shouldBeReleased: {
      words: `\`viewers.delete\` (hub.js:${hub.line('delete')}) is not reached for them: there is no 'close' listener of your own on the socket`,
      event: 'close',
    },
  });
});

test('an aborted signal has its own event', async () => {
  const aborted = { ...closed, type: 'AbortSignal', state: 'aborted', closeListeners: [] };
  expect((await findingOf(viewers([aborted]), [hub])).shouldBeReleased?.event).toBe('abort');
});

test('a few closed ones among many are on their way out', async () => {
  expect((await findingOf(viewers([{ ...closed, count: 3 }]), [hub])).kind).toBe('unbounded-collection');
  expect((await findingOf(viewers([{ ...closed, count: 19 }]), [hub])).kind).toBe('unbounded-collection');
  expect((await findingOf(viewers([{ ...closed, count: 20 }]), [hub])).kind).toBe('closed-resource-held');
});
