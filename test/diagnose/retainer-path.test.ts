import { expect, test } from 'vitest';
import type { PathNode } from '../../src/core/finding.ts';
import type { GrowingContainer } from '../../src/diagnose/growing-container.ts';
import { diagnose } from '../../src/diagnose/diagnose.ts';
import { type Drawing, draw, sourcesOf } from './drawing.ts';
import { context, element, exportsOf, growing, property, root, timer, variable } from './growing.ts';

async function pathOf(container: GrowingContainer, file: Drawing): Promise<readonly PathNode[]> {
  const [finding] = await diagnose([container], context(sourcesOf(file)));
  // The words of the path and its nodes are one thing told twice.
  const path = finding?.path ?? [];
  expect(path.slice(0, finding?.heldBy.path.length).map(({ name }) => name)).toEqual(finding?.heldBy.path);
  return path;
}

const hub = draw(
  '/app/hub.js',
  `const viewers = new Set();
//    ^^ viewers
class Room {
//^^ Room
  members = [];
//^^ members
}
const rooms = new Map();
//    ^^ rooms
exports.join = (id, ws) => {
//             ^^ join
  const inbox = [];
//      ^^ inbox
  setInterval(() => inbox.push(ws), 10);
//            ^^ tick
  viewers.add(ws);
  rooms.set(id, new Room());
};`,
);

test('what a module declares is alive, and what is added to it and never taken out should be gone', async () => {
  const steps = [
    root('modules'),
    exportsOf('/app/hub.js'),
    property('join'),
    variable('viewers', hub.at('join')),
  ];
  const path = await pathOf(growing('Set', steps, { detail: { elementType: 'Viewer', size: 40 } }), hub);
  expect(path.map(({ name, state }) => `${name}: ${state}`)).toEqual([
    'modules: alive',
    'viewers: alive',
    '40 Viewers: should be gone',
  ]);
  expect(path.at(-1)?.why).toContain('nothing deletes from `viewers`');
});

test('of what a function captures nobody knows whether it is meant to be there; an armed timer is', async () => {
  const steps = [
    root('timers'),
    timer(hub.at('tick')),
    variable('inbox', hub.at('tick', 'tick'), 'Closure (join)'),
  ];
  const path = await pathOf(
    growing('Array', steps, { detail: { elementType: 'Object', instances: 1 } }),
    hub,
  );
  expect(path[0]).toEqual({
    name: 'timers',
    state: 'alive',
    why: 'the timers that are armed, which Node keeps',
  });
  expect(path.find(({ name }) => name === 'interval')).toEqual({
    name: 'interval',
    state: 'alive',
    why: 'armed: it runs until it is cleared',
  });
  expect(path.find(({ name }) => name === 'inbox')).toEqual({
    name: 'inbox',
    state: 'unknown',
    why: 'captured by tick',
  });
});

test('the property of an element is neither alive nor dead by itself, and more of it in each is said', async () => {
  const steps = [
    root('modules'),
    exportsOf('/app/hub.js'),
    variable('rooms', hub.at('join')),
    element('Map', 12),
    property('members', 'Room', hub.at('Room')),
  ];
  const path = await pathOf(
    growing('Array', steps, { detail: { instances: 12, elementType: 'Object' } }),
    hub,
  );
  expect(path.map(({ name }) => name)).toEqual(['modules', 'rooms', 'members ×12']);
  const [closed] = await diagnose(
    [
      growing('Array', steps, {
        detail: {
          instances: 12,
          elementType: 'Object',
          zombies: [
            { type: 'Socket', state: 'destroyed', count: 3, of: 4, closeListeners: [], via: '.socket' },
          ],
        },
      }),
    ],
    context(sourcesOf(hub)),
  );
  expect(closed?.path?.slice(-2)).toEqual([
    { name: '3 Sockets', state: 'closed', why: 'destroyed, as 3 of the 4 that were looked at are' },
    { name: 'members ×12', state: 'should be gone', why: 'what it is for is over: the Socket is destroyed' },
  ]);
});
