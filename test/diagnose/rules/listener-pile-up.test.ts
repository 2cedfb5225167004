import { expect, test } from 'vitest';
import { draw } from '../drawing.ts';
import { element, exportsOf, growing, internal, listeners, root, trap, variable } from '../growing.ts';
import { findingOf } from './finding-of.ts';

const bus = draw('/app/bus.js', `const bus = new EventEmitter();\n//    ^^ bus\nmodule.exports = bus;`);
const route = draw(
  '/app/checkout.js',
  `const bus = require('./bus');
module.exports = (app) => {
  app.post('/checkout', async (req) => {
    const reprice = () => req;
    bus.on('rates', reprice);
//      ^^ on
  });
};`,
);
const steps = [root('modules'), exportsOf('/app/bus.js'), listeners('rates')];
const added = internal('node:events', 'addListener');

test('listeners of requests on a bus that outlives them', async () => {
  const container = growing('listeners', steps, {
    detail: { elementType: 'Function' },
    trap: trap([{ count: 9, stack: [added, route.at('on')] }]),
  });
  expect(await findingOf(container, [bus, route])).toMatchObject({
    kind: 'listener-pile-up',
    heldBy: { name: 'bus', type: "EventEmitter (listeners of 'rates')", location: { line: bus.line('bus') } },
    addedAt: {
      location: { file: 'checkout.js', line: route.line('on'), function: 'POST /checkout handler' },
      words: null,
    },
    shouldBeReleased: { words: "nothing takes the listener off again: no `bus.off('rates', …)`" },
  });
});

test('without a trap the files of the program are searched for who listens', async () => {
  const container = growing('listeners', steps, { detail: { elementType: 'Function' } });
  const programScripts = [bus.url, route.url, '/app/node_modules/lib/index.js'];
  const found = await findingOf(container, [bus, route], { programScripts });
  expect(found.addedAt?.location).toMatchObject({ file: 'checkout.js', line: route.line('on') });
});

const sockets = draw(
  '/app/export.js',
  `const lists = new Map();
const server = createServer(async (request, response) => {
  const job = new Export();
  request.socket.on('close', () => job.cancel());
//^^ request.socket
//               ^^ on
  lists.get('x').push(job);
//               ^^ push
  response.end(await job.run());
});
const use = () => lists;
//          ^^ use`,
);

test('an emitter that no name leads to is called what the program calls it where it listens', async () => {
  const container = growing('listeners', [root('Socket'), listeners('close', 'Socket')], {
    detail: { elementType: 'Function' },
    trap: trap([{ count: 9, stack: [added, sockets.at('on')] }]),
  });
  expect(await findingOf(container, [sockets])).toMatchObject({
    kind: 'listener-pile-up',
    heldBy: {
      name: 'request.socket',
      type: "Socket (listeners of 'close')",
      location: { file: 'export.js', line: sockets.line('request.socket'), column: 3 },
    },
    shouldBeReleased: {
      words: "nothing takes the listener off again: no `request.socket.off('close', …)`",
    },
  });
});

test('a local variable that something else is called on holds nothing', async () => {
  const steps = [root('Socket'), element('Array', 9)];
  const container = growing('Array', steps, { trap: trap([{ count: 9, stack: [sockets.at('push')] }]) });
  const found = await findingOf(container, [sockets]);
  expect(found.kind).toBe('unbounded-collection');
  expect(found.heldBy.location).toBeNull();
});

test("of a module's variable the place is its declaration", async () => {
  const shutdown = draw(
    '/app/render.mjs',
    `const shutdown = new AbortController();
//    ^^ shutdown
async function render(job) {
  shutdown.signal.addEventListener('abort', () => job.cancel());
//                ^^ add
}`,
  );
  const container = growing('listeners', [root('globalThis'), listeners('abort', 'AbortSignal')], {
    trap: trap([{ count: 9, stack: [shutdown.at('add', 'render')] }]),
  });
  expect((await findingOf(container, [shutdown])).heldBy).toMatchObject({
    name: 'shutdown',
    location: { line: shutdown.line('shutdown') },
  });
});

test('an array of functions is no list of listeners', async () => {
  const file = draw(
    '/app/hooks.js',
    'const hooks = [];\nfunction add(hook) { hooks.push(hook); }\n//          ^^ add',
  );
  const container = growing('Array', [root('modules'), variable('hooks', file.at('add'))], {
    detail: { elementType: 'Function' },
  });
  expect((await findingOf(container, [file])).kind).toBe('module-level-log');
});
