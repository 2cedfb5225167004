import { expect, test } from 'vitest';
import { diagnose } from '../../src/diagnose/diagnose.ts';
import { draw, sourcesOf } from './drawing.ts';
import {
  context,
  element,
  growing,
  internal,
  listeners,
  property,
  root,
  timer,
  trap,
  variable,
} from './growing.ts';

// The server of the story: an interval a connection that nothing clears, a session that nothing forgets.
const server = draw(
  'file:///app/dist/server.js',
  `import { WebSocketServer } from 'ws';
const sessions = new Map();
//    ^^ sessions
let nextId = 0;
export function start(server, items) {
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', onConnection);
  function onConnection(socket) {
//                     ^^ onConnection
    const id = (nextId += 1);
    const session = { id, socket, history: [] };
//                                ^^ history
    sessions.set(id, session);
    const sampling = setInterval(() => {
//                   ^^ setInterval
//                               ^^ callback
      session.history.push(new Array(items).fill(0));
//                    ^^ push
    }, 1000);
    socket.on('message', (text) => socket.send(String(text)));
  }
}
`,
);

const zombies = [
  { type: 'WebSocket', state: 'CLOSED', count: 7, of: 7, closeListeners: [], via: '.socket' },
  { type: 'Socket', state: 'destroyed', count: 7, of: 7, closeListeners: [], via: '.socket._socket' },
];
const timers = [{ repeat: true, intervalMs: 1000, count: 7, callback: server.at('callback') }];
const additions = [
  {
    count: 21,
    stack: [
      server.at('push', ''),
      internal('node:internal/timers', 'listOnTimeout'),
      internal('node:internal/timers', 'processTimers'),
    ],
  },
];

const bySessions = growing(
  'Array',
  [
    root('active handles'),
    property('_events', 'Server', internal('node:net', 'Server')),
    listeners('connection', 'WebSocketServer'),
    variable('sessions', server.at('onConnection', 'onConnection'), 'Module'),
    element('Map', 7),
    property('history'),
  ],
  {
    growthPerSecond: 7,
    detail: { instances: 7, size: 21, elementType: 'Array', elementBytes: 8_000_000, zombies, timers },
    trap: trap(additions),
  },
);

const byTimers = growing(
  'Array',
  [
    root('timers'),
    timer(server.at('callback')),
    variable('session', server.at('callback'), 'Closure (onConnection)'),
    property('history'),
  ],
  {
    growthPerSecond: 7,
    detail: { instances: 7, size: 21, elementType: 'Array', elementBytes: 8_000_000, zombies, timers },
    trap: trap(additions),
  },
);

const lab = context(sourcesOf(server), { slopeBytesPerSecond: 56_000_000 });

test('the story is told with its lines', async () => {
  const findings = await diagnose([bySessions], lab);
  expect(findings).toHaveLength(1);
  const [finding] = findings;
  expect(finding).toMatchObject({
    kind: 'timer-never-cleared',
    confidence: 0.97,
    retained: { type: 'Array', count: 21, growthPerSecond: 7, bytesPerSecond: 56_000_000, state: 'CLOSED' },
    heldBy: {
      name: 'sessions',
      type: 'Map',
      size: 7,
      path: ['active handles', 'WebSocketServer', 'connection listener', 'sessions'],
      location: {
        file: 'dist/server.js',
        line: server.line('sessions'),
        column: 7,
        function: null,
        package: null,
      },
    },
    grows: {
      name: 'history',
      type: 'Array',
      instances: 7,
      perSecondInEach: 1,
      location: { line: server.line('history'), function: 'onConnection' },
    },
    addedAt: { location: { line: server.line('push') }, words: 'the interval in onConnection' },
    zombies: { type: 'WebSocket', state: 'CLOSED', count: 7 },
    shouldBeReleased: {
      words:
        "nothing clears that interval and nothing deletes from `sessions`: there is no 'close' listener of your own on the socket",
      event: 'close',
      location: null,
    },
  });
  expect(finding.path).toEqual([
    { name: 'active handles', state: 'alive', why: 'open: Node keeps it as long as it is' },
    { name: 'WebSocketServer', state: 'unknown', why: 'has the listener' },
    {
      name: 'connection listener',
      state: 'unknown',
      why: 'kept by the WebSocketServer until it is taken off',
    },
    { name: 'sessions', state: 'alive', why: "a module's variable, which stays as long as the process" },
    { name: '7 WebSockets', state: 'closed', why: 'CLOSED, as 7 of the 7 that were looked at are' },
    { name: 'history ×7', state: 'should be gone', why: 'what it is for is over: the WebSocket is CLOSED' },
  ]);
  expect(finding.addedAt?.stack).toHaveLength(1);
  expect(finding.explanation).toBe(
    `\`history\` (dist/server.js:${server.line('history')}) in each of 7 elements of \`sessions\` (dist/server.js:${server.line('sessions')}) ` +
      `gains 1 entry a second, added by the interval in onConnection (dist/server.js:${server.line('push')}). ` +
      '7 WebSockets are CLOSED and still held. ' +
      `7 intervals set in onConnection (dist/server.js:${server.line('setInterval')}) are still armed, and what their callback uses can't be collected.`,
  );
});

test('by way of the timers it is the same bug, with the same lines and fingerprint', async () => {
  const [bySessionsFinding] = await diagnose([bySessions], lab);
  const [byTimersFinding] = await diagnose([byTimers], lab);
  expect(byTimersFinding.heldBy.location).toEqual(bySessionsFinding.heldBy.location);
  expect(byTimersFinding.heldBy.size).toBe(7);
  expect(byTimersFinding.grows?.location).toEqual(bySessionsFinding.grows?.location);
  expect(byTimersFinding.addedAt).toEqual(bySessionsFinding.addedAt);
  expect(byTimersFinding.fingerprint).toBe(bySessionsFinding.fingerprint);
  expect(await diagnose([bySessions, byTimers], lab)).toHaveLength(1);
});

test('without the trap, the text tells where the arrays are added', async () => {
  const [finding] = await diagnose([{ ...bySessions, trap: null }], lab);
  expect(finding.addedAt?.location.line).toBe(server.line('push'));
  expect(finding.addedAt?.words).toBe('the interval in onConnection');
});

test('while the clients still come, sessions and timers that grow beside the arrays are the same bug', async () => {
  const sessionsGrow = growing('Map', bySessions.detail.steps.slice(0, 4), {
    growthPerSecond: 1,
    detail: { size: 7, elementBytes: 9_000_000, zombies, timers },
  });
  const timersGrow = growing('timers', [root('timers'), timer(server.at('callback'))], {
    growthPerSecond: 1,
    detail: { size: 7, elementType: 'Timeout', elementBytes: 9_000_000, timers },
  });
  const findings = await diagnose([timersGrow, sessionsGrow, bySessions], lab);
  expect(findings).toHaveLength(1);
  expect(findings[0].grows?.name).toBe('history');
});

test('with a close listener that does not clean up, that listener is named', async () => {
  const closing = { ...zombies[0], closeListeners: [server.at('onConnection')] };
  const [finding] = await diagnose(
    [{ ...bySessions, detail: { ...bySessions.detail, zombies: [closing] } }],
    lab,
  );
  expect(finding.shouldBeReleased?.words).toContain(
    `your 'close' listener (dist/server.js:${server.line('onConnection')}) does not do it`,
  );
  expect(finding.shouldBeReleased?.location?.line).toBe(server.line('onConnection'));
});
