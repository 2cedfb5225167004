import { expect, test } from 'vitest';
import type { KnownLeak } from '../../../src/core/finding.ts';
import { diagnose } from '../../../src/diagnose/diagnose.ts';
import type { GrowingContainer } from '../../../src/diagnose/growing-container.ts';
import { type Drawing, draw, sourcesOf } from '../drawing.ts';
import { context, growing, listeners, property, root, timer, trap, variable } from '../growing.ts';

async function knownOf(
  container: GrowingContainer,
  files: readonly Drawing[],
  manifests: Readonly<Record<string, unknown>>,
): Promise<KnownLeak | null> {
  const packages = Object.entries(manifests).map(([folder, manifest]) => ({
    url: `${folder}/package.json`,
    code: typeof manifest === 'string' ? manifest : JSON.stringify(manifest),
    map: null,
  }));
  const [finding] = await diagnose([container], context(sourcesOf(...files, ...packages)));
  return finding.knownLeak;
}

const YJS = '/app/node_modules/y-websocket';
const pinging = draw(
  `${YJS}/bin/utils.js`,
  `exports.setupWSConnection = (conn) => {
  const pingInterval = setInterval(() => conn.ping(), 30000);
//                                 ^^ callback
};`,
);
const pings = growing('timers', [root('timers'), timer(pinging.at('callback'))], {
  detail: {
    elementType: 'Timeout',
    timers: [{ repeat: true, intervalMs: 30_000, count: 90, callback: pinging.at('callback') }],
  },
});

test('a leak of the installed version is named, with its source and its remedy', async () => {
  const known = await knownOf(pings, [pinging], { [YJS]: { name: 'y-websocket', version: '1.3.3' } });
  expect(known).toMatchObject({
    package: 'y-websocket',
    installed: '1.3.3',
    leaks: '<1.3.5',
    fixedIn: ['1.3.5'],
    citation: 'https://github.com/yjs/y-websocket/pull/30',
  });
});

test('a version in which it is fixed leaks for another reason', async () => {
  expect(await knownOf(pings, [pinging], { [YJS]: { name: 'y-websocket', version: '1.3.5' } })).toBeNull();
});

test('without a version nothing is said of it', async () => {
  const unreadable = ['{"name":"y-websocket","ver', 'null', { name: 'y-websocket' }];
  for (const manifest of unreadable) expect(await knownOf(pings, [pinging], { [YJS]: manifest })).toBeNull();
  expect(await knownOf(pings, [pinging], {})).toBeNull();
});

const callbacks = (folder: string): Drawing =>
  draw(
    `${folder}/inflight.js`,
    `const reqs = Object.create(null);
module.exports = function inflight(key, callback) {
//                                 ^^ inflight
  (reqs[key] ??= []).push(callback);
};`,
  );
const held = (file: Drawing): GrowingContainer =>
  growing('Object', [root('modules'), variable('reqs', file.at('inflight'))]);

test('what every version does is said without the version', async () => {
  const file = callbacks('/app/node_modules/inflight');
  expect(await knownOf(held(file), [file], {})).toMatchObject({
    package: 'inflight',
    installed: null,
    leaks: '*',
    fixedIn: [],
  });
});

test('another package that is installed under the name is another package', async () => {
  const folder = '/app/node_modules/inflight';
  const file = callbacks(folder);
  expect(
    await knownOf(held(file), [file], { [folder]: { name: '@corp/inflight', version: '1.0.6' } }),
  ).toBeNull();
});

test('the version is that of the copy the finding stands in', async () => {
  const folder = '/srv/other/node_modules/glob/node_modules/inflight';
  const file = callbacks(folder);
  const known = await knownOf(held(file), [file], {
    [folder]: { name: 'inflight', version: '1.0.4' },
    '/app/node_modules/inflight': { name: 'inflight', version: '1.0.6' },
    '/srv/other/node_modules/glob': { name: 'glob', version: '7.2.3' },
  });
  expect(known?.installed).toBe('1.0.4');
});

test("the same name in the program's own file, or in another file of the package, is not it", async () => {
  for (const folder of ['/app/lib', '/app/node_modules/outflight']) {
    const file = callbacks(folder);
    expect(
      await knownOf(held(file), [file], { [folder]: { name: 'inflight', version: '1.0.6' } }),
    ).toBeNull();
  }
  const folder = '/app/node_modules/inflight';
  const file = draw(
    `${folder}/other.js`,
    `const reqs = Object.create(null);
module.exports = (key) => { reqs[key] = key; };
//                        ^^ inflight`,
  );
  expect(await knownOf(held(file), [file], { [folder]: { name: 'inflight', version: '1.0.6' } })).toBeNull();
});

const ADAPTER = '/app/node_modules/socket.io-adapter';
const SOCKET = '/app/node_modules/socket.io';
const adapter = draw(
  `${ADAPTER}/dist/index.js`,
  `class Adapter {
//^^ Adapter
  rooms = new Map();
  addAll(id, room) {
    this.rooms.set(room, id);
//             ^^ set
  }
}`,
);
const socket = draw(
  `${SOCKET}/dist/socket.js`,
  `class Socket {
  join(room) {
    return this.adapter.addAll(this.id, room);
//                      ^^ addAll
  }
}`,
);
const server = draw(
  '/app/server.js',
  `io.on('connection', async (socket) => {
  await slowQuery();
  socket.join('room-' + socket.id);
//       ^^ join
});`,
);
const rooms = growing('Map', [root('Server'), property('rooms', 'Adapter', adapter.at('Adapter'))], {
  trap: trap([{ count: 9, stack: [adapter.at('set'), socket.at('addAll'), server.at('join')] }]),
});
test("what the program puts into a collection of its own is the program's, whoever calls it", async () => {
  const listener = draw(
    '/app/rooms.js',
    `const byRoom = new Map();
//    ^^ byRoom
io.of('/').adapter.on('join-room', (room, id) => {
//                                 ^^ listener
  byRoom.set(room, id);
//       ^^ set
});`,
  );
  const own = growing('Map', [root('modules'), variable('byRoom', listener.at('listener'))], {
    trap: trap([{ count: 9, stack: [listener.at('set'), socket.at('addAll')] }]),
  });
  expect(
    await knownOf(own, [listener, socket], { [SOCKET]: { name: 'socket.io', version: '4.5.1' } }),
  ).toBeNull();
});

const joining = (version: string): Promise<KnownLeak | null> =>
  knownOf(rooms, [adapter, socket, server], {
    [ADAPTER]: { name: 'socket.io-adapter', version: '2.4.0' },
    [SOCKET]: { name: 'socket.io', version },
  });

test('a package that fills the container of another is found on the stack', async () => {
  expect(await joining('4.5.1')).toMatchObject({ package: 'socket.io', installed: '4.5.1' });
  expect(await joining('4.5.2')).toBeNull();
  expect(await joining('4.5.2-beta.0')).toBeNull();
});

test("a package that listens on the program's emitter, once a request, is found on the stack", async () => {
  const WINSTON = '/app/node_modules/winston';
  const logger = draw(
    `${WINSTON}/lib/winston/logger.js`,
    `class Logger {
  add(transport) {
    this.pipe(transport);
//       ^^ pipe
  }
}`,
  );
  const app = draw(
    '/app/log.js',
    `const transport = new File();
//    ^^ transport
const handle = () => createLogger({ transports: [transport] });
//           ^^ handle`,
  );
  const drains = growing(
    'listeners',
    [root('modules'), variable('transport', app.at('handle')), listeners('drain', 'File')],
    { trap: trap([{ count: 9, stack: [logger.at('pipe'), app.at('handle')] }]) },
  );
  const files = [logger, app];
  const known = await knownOf(drains, files, { [WINSTON]: { name: 'winston', version: '3.11.0' } });
  expect(known).toMatchObject({ package: 'winston', installed: '3.11.0', fixedIn: [] });
  expect(await knownOf(drains, files, { [WINSTON]: { name: 'winston', version: '2.4.7' } })).toBeNull();
});
