import { expect, test } from 'vitest';
import type { Finding } from '../../src/core/finding.ts';
import { diagnose } from '../../src/diagnose/diagnose.ts';
import type { GrowingContainer } from '../../src/diagnose/growing-container.ts';
import { rules } from '../../src/diagnose/rules/all.ts';
import { type Drawing, draw, sourcesOf } from './drawing.ts';
import {
  context,
  element,
  exportsOf,
  growing,
  listeners,
  property,
  root,
  timer,
  trap,
  variable,
} from './growing.ts';

async function finding(container: GrowingContainer, ...files: readonly Drawing[]): Promise<Finding> {
  const findings = await diagnose([container], context(sourcesOf(...files)));
  expect(findings).toHaveLength(1);
  return findings[0];
}

test('timer-never-cleared: an interval a connection that nothing clears', async () => {
  const file = draw(
    '/app/sse.js',
    `function openStream(stream) {
  const heartbeat = setInterval(() => stream.ping(), 5000);
//                  ^^ call
//                              ^^ callback
}`,
  );
  const timers = [{ repeat: true, intervalMs: 5000, count: 300, callback: file.at('callback') }];
  const container = growing('timers', [root('timers'), timer(file.at('callback'))], {
    detail: { size: 300, elementType: 'Timeout', timers },
  });
  expect(await finding(container, file)).toMatchObject({
    kind: 'timer-never-cleared',
    heldBy: { name: 'heartbeat', location: { line: file.line('call') } },
    addedAt: { location: { line: file.line('call'), function: 'openStream' } },
    shouldBeReleased: { words: 'nothing clears that interval', event: null },
  });
});

test('timer-never-cleared: the call that clears it is named if there is one', async () => {
  const file = draw(
    '/app/sse.js',
    `function openStream(stream) {
  const heartbeat = setInterval(() => stream.ping(), 5000);
//                              ^^ callback
  stream.on('finish', () => clearInterval(heartbeat));
//                                        ^^ clear
}`,
  );
  const timers = [{ repeat: true, intervalMs: 5000, count: 300, callback: file.at('callback') }];
  const container = growing('timers', [root('timers'), timer(file.at('callback'))], { detail: { timers } });
  expect((await finding(container, file)).shouldBeReleased?.words).toBe(
    `\`clearInterval(heartbeat)\` (sse.js:${file.line('clear')}) is not reached`,
  );
});

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
const closed = {
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
const viewers = (more: Parameters<typeof growing>[2] = {}): GrowingContainer =>
  growing(
    'Set',
    [root('modules'), exportsOf('/app/hub.js'), property('join'), variable('viewers', hub.at('join'))],
    more,
  );

test("closed-resource-held: a library's close listener is not the program's own", async () => {
  expect(await finding(viewers({ detail: { elementType: 'Viewer', zombies: [closed] } }), hub)).toMatchObject(
    {
      kind: 'closed-resource-held',
      retained: { type: 'Viewer', state: 'CLOSED' },
      heldBy: { name: 'viewers', type: 'Set', location: { file: 'hub.js', line: hub.line('viewers') } },
      addedAt: { location: { line: hub.line('add'), function: 'join' } },
      zombies: { type: 'WebSocket', state: 'CLOSED', count: 90 },
      shouldBeReleased: {
        words: `\`viewers.delete\` (hub.js:${hub.line('delete')}) is not reached for them: there is no 'close' listener of your own on the socket`,
        event: 'close',
      },
    },
  );
});

test('closed-resource-held: a few closed ones among many are on their way out', async () => {
  const few = { ...closed, count: 3 };
  expect((await finding(viewers({ detail: { zombies: [few] } }), hub)).kind).toBe('unbounded-collection');
});

test('closed-resource-held: one sweeper beside many elements does not keep them', async () => {
  const sweeper = draw(
    '/app/sweep.js',
    `function start() {
  setInterval(() => sweep(), 1000);
//            ^^ callback
}`,
  );
  const timers = [{ repeat: true, intervalMs: 1000, count: 1, callback: sweeper.at('callback') }];
  const found = await finding(viewers({ detail: { zombies: [closed], timers } }), hub, sweeper);
  expect(found.kind).toBe('closed-resource-held');
});

test('listener-pile-up: listeners of requests on a bus that outlives them', async () => {
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
  const container = growing('listeners', [root('modules'), exportsOf('/app/bus.js'), listeners('rates')], {
    detail: { elementType: 'Function' },
    trap: trap([
      {
        count: 9,
        stack: [{ url: 'node:events', line: 1, column: 1, function: 'addListener' }, route.at('on')],
      },
    ]),
  });
  const untrapped = { ...container, trap: null };
  const programScripts = [bus.url, route.url, '/app/node_modules/lib/index.js'];
  const [searched] = await diagnose([untrapped], context(sourcesOf(bus, route), { programScripts }));
  expect(searched.addedAt?.location).toMatchObject({ file: 'checkout.js', line: route.line('on') });
  expect(await finding(container, bus, route)).toMatchObject({
    kind: 'listener-pile-up',
    heldBy: { name: 'bus', type: "EventEmitter (listeners of 'rates')", location: { line: bus.line('bus') } },
    addedAt: {
      location: { file: 'checkout.js', line: route.line('on'), function: 'POST /checkout handler' },
      words: null,
    },
    shouldBeReleased: { words: "nothing takes the listener off again: no `bus.off('rates', …)`" },
  });
});

test('pending-waiters: an answer that never comes', async () => {
  const file = draw(
    '/app/commands.js',
    `const waiting = new Map();
//    ^^ waiting
function call(id) {
//           ^^ call
  return new Promise((resolve, reject) => {
    waiting.set(id, { sentAt: Date.now(), resolve, reject });
//          ^^ set
  });
}
function take(id) { waiting.delete(id); }`,
  );
  expect(
    await finding(growing('Map', [root('modules'), variable('waiting', file.at('call'))]), file),
  ).toMatchObject({
    kind: 'pending-waiters',
    heldBy: { location: { line: file.line('waiting') } },
    addedAt: { location: { line: file.line('set'), function: 'call' } },
  });
});

test('nested-collection: a container in each element that only grows', async () => {
  const file = draw(
    '/app/rooms.js',
    `const rooms = new Map();
//    ^^ rooms
function join(name) {
//           ^^ join
  rooms.set(name, { log: [] });
//                  ^^ log
}`,
  );
  const steps = [root('modules'), variable('rooms', file.at('join')), element('Map', 9), property('log')];
  expect(await finding(growing('Array', steps, { detail: { instances: 9 } }), file)).toMatchObject({
    kind: 'nested-collection',
    heldBy: { location: { line: file.line('rooms') } },
    grows: { name: 'log', location: { line: file.line('log') } },
    shouldBeReleased: { words: 'nothing bounds `log` and nothing deletes from `rooms`' },
  });
});

test('unbounded-cache: a dictionary, and a Map that is filled on a miss', async () => {
  const file = draw(
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
  const at = file.at('page');
  expect(await finding(growing('Object', [root('modules'), variable('pages', at)]), file)).toMatchObject({
    kind: 'unbounded-cache',
    heldBy: { name: 'pages', type: 'Object', location: { line: file.line('pages') } },
    addedAt: { location: { line: file.line('add') } },
    shouldBeReleased: { words: 'nothing bounds `pages`: no entry ever leaves, and the keys do not repeat' },
  });
  const map = await finding(growing('Map', [root('modules'), variable('printed', at)]), file);
  expect([map.kind, map.heldBy.location?.line]).toEqual(['unbounded-cache', file.line('printed')]);
});

test('module-level-log: an array that is only appended to; with something that drops, it is another kind', async () => {
  const text = (end: string): Drawing =>
    draw(
      '/app/audit.js',
      `const trail = [];
//    ^^ trail
function record(entry) {
//             ^^ record
  trail.push(entry);
//      ^^ push
  ${end}
}`,
    );
  const log = text('');
  const container = growing('Array', [root('modules'), variable('trail', log.at('record'))]);
  expect(await finding(container, log)).toMatchObject({
    kind: 'module-level-log',
    heldBy: { location: { line: log.line('trail') } },
    addedAt: { location: { line: log.line('push'), function: 'record' } },
  });
  expect((await finding(container, text('if (entry.last) trail.length = 0;'))).kind).toBe(
    'unbounded-collection',
  );
});

test('unbounded-collection: what is left, with what the trap saw leave', async () => {
  const file = draw(
    '/app/a.js',
    'const kept = new Set();\nfunction add(x) { kept.add(x); }\n//          ^^ add',
  );
  const steps = [root('modules'), variable('kept', file.at('add'))];
  const none = await finding(growing('Set', steps), file);
  expect(none.shouldBeReleased?.words).toBe('nothing deletes from `kept`');
  const some = await finding(growing('Set', steps, { trap: trap([], 12) }), file);
  expect(some.shouldBeReleased?.words).toBe('fewer entries leave `kept` than come');
  expect(some.confidence).toBeLessThan(none.confidence);
});

test('filling-to-a-bound: what its own size will stop is hardly believed, and never before what nothing stops', async () => {
  const file = draw(
    '/app/recent.js',
    `const recent = [];
const trail = [];
function add(x) {
//          ^^ add
  recent.push(x);
  if (recent.length > 1000) recent.shift();
//                          ^^ bound
  trail.push(x);
}`,
  );
  const recent = growing('Array', [root('modules'), variable('recent', file.at('add'))]);
  const trail = growing('Array', [root('modules'), variable('trail', file.at('add'))], {
    detail: { elementBytes: 100 },
  });
  expect(await finding(recent, file)).toMatchObject({
    kind: 'filling-to-a-bound',
    confidence: 0.3,
    shouldBeReleased: { location: { line: file.line('bound') } },
  });
  const both = await diagnose([recent, trail], context(sourcesOf(file)));
  expect(both.map((found) => found.heldBy.name)).toEqual(['trail', 'recent']);
});

test('every rule has a name of its own, and the last explains anything', () => {
  expect(new Set(rules.map((rule) => rule.name)).size).toBe(rules.length);
  expect(rules.at(-1)?.name).toBe('unbounded-collection');
});
