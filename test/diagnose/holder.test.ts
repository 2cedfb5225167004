import { expect, test } from 'vitest';
import { guessProperty } from '../../src/diagnose/source/made-properties.ts';
import type { GrowingContainer } from '../../src/diagnose/growing-container.ts';
import { type Held, heldBy } from '../../src/diagnose/holder.ts';
import { nameContainer } from '../../src/diagnose/name-container.ts';
import { readPath } from '../../src/diagnose/path-reading.ts';
import { Scripts } from '../../src/diagnose/source/script.ts';
import { type Drawing, draw, sourcesOf } from './drawing.ts';
import {
  context,
  element,
  exportsOf,
  growing,
  internal,
  listeners,
  property,
  root,
  timer,
  variable,
} from './growing.ts';

async function held(container: GrowingContainer, ...files: readonly Drawing[]): Promise<Held> {
  const scripts = new Scripts(sourcesOf(...files));
  return heldBy(container, await readPath(container.detail.steps, scripts, []), scripts, '/app');
}

test("a module's variable holds, whatever way the walk came to it", async () => {
  const file = draw(
    '/app/cache.js',
    `const pages = new Map();
//    ^^ pages
module.exports = function cache() {
//                             ^^ factory
  return (req, res) => pages.set(req.url, res);
//       ^^ handler
};`,
  );
  const router = internal('/app/node_modules/express/router.js', 'Router');
  const throughRouter = [
    root('Server'),
    property('_events', 'Server', internal('node:net', 'Server')),
    listeners('request', 'Server'),
    property('stack', 'Router', router),
    element('Array', 12),
    property('handle', 'Layer', router),
    variable('pages', file.at('handler'), 'Closure'),
  ];
  const throughModules = [root('modules'), exportsOf('/app/cache.js'), variable('pages', file.at('factory'))];
  for (const steps of [throughRouter, throughModules]) {
    const { holder, grows } = await held(growing('Map', steps, { detail: { size: 500 } }), file);
    expect(grows).toBeNull();
    expect(holder).toMatchObject({
      name: 'pages',
      type: 'Map',
      size: 500,
      location: { file: 'cache.js', line: file.line('pages'), column: 7, function: null, package: null },
    });
    expect(holder.path.at(-1)).toBe('pages');
  }
});

test('a property is held by its object, found where the class makes it', async () => {
  const file = draw(
    '/app/hub.js',
    `class Hub {
//^^ Hub
  #waiting = new Map();
//^^ #waiting
}
const hub = new Hub();
const handler = () => hub;
//              ^^ handler`,
  );
  const steps = [
    root('Server'),
    variable('hub', file.at('handler')),
    property('#waiting', 'Hub', file.at('Hub')),
  ];
  const { holder } = await held(growing('Map', steps), file);
  expect(holder).toMatchObject({ name: '#waiting', location: { line: file.line('#waiting') } });
  expect(holder.path).toEqual(['Server', 'hub', '#waiting']);
});

test('a list of listeners is held by the emitter, by the name of its variable', async () => {
  const bus = draw('/app/bus.js', `const bus = new EventEmitter();\n//    ^^ bus\nmodule.exports = bus;`);
  const user = draw('/app/a.js', `const bus = require('./bus');\nconst use = () => bus;\n//          ^^ use`);
  const byExports = [root('modules'), exportsOf('/app/bus.js'), listeners('rates')];
  const byVariable = [root('Server'), variable('bus', user.at('use')), listeners('rates')];
  for (const steps of [byExports, byVariable]) {
    const { holder, event } = await held(growing('listeners', steps), bus, user);
    expect(holder).toMatchObject({
      name: 'bus',
      type: "EventEmitter (listeners of 'rates')",
      location: { file: 'bus.js', line: bus.line('bus') },
    });
    expect(event).toBe('rates');
  }
});

test('timers are held by the call that sets them', async () => {
  const file = draw(
    '/app/sse.js',
    `function openStream(stream) {
  const heartbeat = setInterval(() => stream.ping(), 5000);
//                  ^^ call
//                              ^^ callback
  setTimeout(() => stream.end(), 99);
//^^ bare
//           ^^ end
}`,
  );
  const steps = [root('timers'), timer(file.at('callback'))];
  expect((await held(growing('timers', steps), file)).holder).toMatchObject({
    name: 'heartbeat',
    type: 'Timeout (setInterval)',
    location: { line: file.line('call'), column: 21, function: 'openStream' },
  });
  const bare = [root('timers'), timer(file.at('end'), false)];
  expect((await held(growing('timers', bare), file)).holder).toMatchObject({
    name: 'timer',
    type: 'Timeout (setTimeout)',
    location: { line: file.line('bare') },
  });
});

const rooms = draw(
  '/app/rooms.js',
  `const rooms = new Map();
//    ^^ rooms
class Room { constructor() {
//                      ^^ Room
  this.log = [];
//^^ log
} }
function join(name, user) {
//           ^^ join
  if (!rooms.has(name)) rooms.set(name, new Room());
  rooms.get(name).log.push(user);
}
const sets = new Map();
//    ^^ sets
const tag = (key, value) => {
//          ^^ tag
  let all = sets.get(key);
  if (!all) sets.set(key, (all = new Set()));
//                        ^^ made
  all.add(value);
};`,
);

test('a container in each element is held by the collection of elements, and located itself', async () => {
  const steps = [
    root('modules'),
    exportsOf('/app/rooms.js'),
    variable('rooms', rooms.at('join')),
    element('Map', 40),
    property('log', 'Room', rooms.at('Room')),
  ];
  const container = growing('Array', steps, { growthPerSecond: 20, detail: { instances: 40, size: 4000 } });
  const { holder, grows } = await held(container, rooms);
  expect(holder).toMatchObject({
    name: 'rooms',
    type: 'Map',
    size: 40,
    location: { line: rooms.line('rooms') },
  });
  expect(grows).toEqual({
    name: 'log',
    type: 'Array',
    instances: 40,
    perSecondInEach: 0.5,
    location: expect.objectContaining({ line: rooms.line('log') }) as object,
  });
});

test('the property of an element is found without its class: where the element is made', async () => {
  const steps = [root('modules'), variable('rooms', rooms.at('join')), element('Map', 40), property('log')];
  const { grows } = await held(growing('Array', steps, { detail: { instances: 40 } }), rooms);
  expect(grows?.location?.line).toBe(rooms.line('log'));
});

test('a container without a name of its own is located where it is put in', async () => {
  const steps = [root('modules'), variable('sets', rooms.at('tag')), element('Map', 9)];
  const { holder, grows } = await held(growing('Set', steps, { detail: { instances: 9 } }), rooms);
  expect(holder.name).toBe('sets');
  expect(grows).toMatchObject({
    name: 'an element of sets',
    type: 'Set',
    location: { line: rooms.line('made') },
  });
});

test('what many handlers share is not what each of them has', async () => {
  const file = draw(
    '/app/plugin.js',
    `const handlers = [];
module.exports = function plugin() {
  const recent = [];
//      ^^ recent
  for (let i = 0; i < 20; i += 1) handlers.push((x) => recent.push(x));
//                                              ^^ handler
};
const run = () => handlers;
//          ^^ run`,
  );
  const steps = [
    root('modules'),
    variable('handlers', file.at('run')),
    element('Array', 20),
    variable('recent', file.at('handler'), 'Closure (plugin)'),
  ];
  const shared = await held(growing('Array', steps, { detail: { instances: 1 } }), file);
  expect([shared.holder.name, shared.grows]).toEqual(['recent', null]);
  expect(shared.holder.location?.line).toBe(file.line('recent'));
  const each = await held(growing('Array', steps, { detail: { instances: 20 } }), file);
  expect([each.holder.name, each.grows?.name]).toEqual(['handlers', 'recent']);
});

test("what the program hangs on a library's object is the program's to name", async () => {
  const library = draw(
    '/app/node_modules/ws/server.js',
    `class Server { constructor() {
//                        ^^ Server
  this.clients = new Set();
} }
module.exports = Server;`,
  );
  const file = draw(
    '/app/server.js',
    `wss.on('connection', (socket) => {
  socket.sent = [];
//^^ sent
});
const use = () => wss;
//          ^^ use`,
  );
  const steps = [
    root('Server'),
    variable('wss', file.at('use')),
    property('clients', 'Server', library.at('Server')),
    element('Set', 30),
    property('sent', 'WebSocket', { ...file.at('use'), line: 0, column: 30 }),
  ];
  const { holder, grows } = await held(growing('Array', steps, { detail: { instances: 30 } }), library, file);
  expect([holder.name, holder.location?.line, grows]).toEqual(['sent', file.line('sent'), null]);
});

test('the array of a lone timer is its own holder, those of many timers are held by them', async () => {
  const file = draw(
    '/app/poll.js',
    `function start() {
  const seen = [];
//      ^^ seen
  setInterval(() => seen.push(Date.now()), 100);
//            ^^ callback
}`,
  );
  const steps = [
    root('timers'),
    timer(file.at('callback')),
    property('_onTimeout', 'Timeout', internal('node:internal/timers', 'Timeout')),
    variable('seen', file.at('callback'), 'Closure (start)'),
  ];
  const lone = await held(growing('Array', steps), file);
  expect([lone.holder.name, lone.holder.location?.line, lone.grows]).toEqual([
    'seen',
    file.line('seen'),
    null,
  ]);
  const many = await held(growing('Array', steps, { detail: { instances: 12 } }), file);
  expect([many.holder.name, many.holder.type, many.grows?.name]).toEqual([
    'interval',
    'Timeout (setInterval)',
    'seen',
  ]);
});

/** Whether the name alone would lead somewhere. */
async function guessed(file: Drawing): Promise<boolean> {
  const script = await new Scripts(sourcesOf(file)).find(file.url);
  return script !== null && guessProperty(script, 'queue') !== null;
}

test("a list inside Node is held by the program's variable on the way to it, not by a namesake", async () => {
  const steps = [
    root('Socket'),
    property('_handle', 'Socket', internal('node:net', 'Socket')),
    property('queue', 'TCP', internal('node:net', 'TCP')),
  ];
  // A namesake in a file the walk came by is another one.
  const file = draw(
    '/app/a.js',
    'const server = { queue: [] };\nconst use = () => server;\n//          ^^ use',
  );
  const through = [root('Server'), variable('server', file.at('use')), ...steps.slice(1)];
  const { holder, grows, growsIn } = await held(growing('Array', through), file);
  expect(await guessed(file)).toBe(true);
  expect(holder).toMatchObject({
    name: 'server',
    type: 'Socket',
    path: ['Server', 'server', '_handle', 'queue'],
    location: { line: 1, column: 7 },
  });
  expect(grows).toMatchObject({ name: '_handle.queue', type: 'Array', location: null });
  expect(growsIn).toBe('itself');
  expect((await held(growing('Array', steps), file)).holder.location).toBeNull();
});

test('the buffer inside a stream is held by the variable that has the stream', async () => {
  const file = draw(
    '/app/log.mjs',
    `const accessLog = new PassThrough();
//    ^^ accessLog
const handler = () => accessLog.write({});
//              ^^ handler`,
  );
  const stream = internal('node:internal/streams/passthrough', 'PassThrough');
  const steps = [
    root('Server'),
    listeners('request', 'Server'),
    variable('accessLog', file.at('handler'), 'Module'),
    property('_writableState', 'PassThrough', stream),
    property(
      'Symbol(kBufferedValue)',
      'WritableState',
      internal('node:internal/streams/writable', 'WritableState'),
    ),
  ];
  const { holder, grows, declared } = await held(growing('Array', steps), file);
  expect(holder).toMatchObject({ name: 'accessLog', type: 'PassThrough', location: { line: 1 } });
  expect(grows).toMatchObject({ name: '_writableState[kBufferedValue]', type: 'Array', instances: 1 });
  expect(declared?.name).toBe('accessLog');
});

test('a file as a whole is no holder of what is somewhere inside of it', async () => {
  const file = draw('/app/a.js', 'module.exports.run = () => {};');
  const steps = [
    root('modules'),
    exportsOf('/app/a.js'),
    property('Symbol(x)', 'Thing', internal('node:net', 'Thing')),
  ];
  expect((await held(growing('Array', steps), file)).holder.location).toBeNull();
});

test('a container that does not grow is named the same way, if a reader can go to it', async () => {
  const steps = [root('modules'), variable('rooms', rooms.at('join'))];
  const { detail } = growing('Map', steps);
  expect(await nameContainer(detail, context(sourcesOf(rooms)))).toMatchObject({
    words: { name: 'rooms', type: 'Map' },
    location: { line: rooms.line('rooms') },
    package: null,
  });
  expect(await nameContainer(detail, context(sourcesOf()))).toBeNull();
});

test('what is inside an object of Node is not told as innocent', async () => {
  const steps = [
    root('modules'),
    variable('rooms', rooms.at('join')),
    property('table', 'Hidden', internal('node:internal/x', 'Hidden')),
  ];
  const { detail } = growing('Array', steps);
  expect(await nameContainer(detail, context(sourcesOf(rooms)))).toBeNull();
});
