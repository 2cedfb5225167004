import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { closedState, isResource, privateLife } from '../../src/census/closed-state.ts';

test('a WebSocket is open, then CLOSED', async () => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  await once(client, 'open');
  expect([isResource(client), closedState(client)]).toEqual([true, null]);
  client.close();
  await once(client, 'close');
  expect(closedState(client)).toBe('CLOSED');
  server.close();
});

test('a socket is open, then destroyed', async () => {
  const server = createServer((socket) => socket.resume()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  await once(socket, 'connect');
  expect([isResource(socket), closedState(socket)]).toEqual([true, null]);
  socket.destroy();
  await once(socket, 'close');
  expect(closedState(socket)).toBe('destroyed');
  server.close();
});

test('an open stream is a resource that is not over', () => {
  const stream = new Readable({ read: () => undefined });
  expect([isResource(stream), closedState(stream)]).toEqual([true, null]);
});

test('a plain object, a timer and a request for state 3 are no resources that are over', () => {
  const timer = setTimeout(() => undefined, 0);
  clearTimeout(timer);
  for (const object of [{}, { readyState: 3 }, timer, new Map(), []]) expect(closedState(object)).toBeNull();
});

class Client {
  _ending = false;
  status = 'ready';
  end(): void {
    this._ending = true;
  }
}

test('a client that says it has ended is over, a record that says so is none', () => {
  const client = new Client();
  expect([isResource(client), closedState(client)]).toEqual([true, null]);
  client.end();
  expect(closedState(client)).toBe('ended');
  expect(closedState(Object.assign(new Client(), { status: 'end' }))).toBe('end');
  expect(closedState({ status: 'closed', ended: true, title: 'a ticket' })).toBeNull();
});

test('a copy of Node’s streams with a property for each flag is read as well', () => {
  const copy = { _readableState: { destroyed: false, closed: false }, _events: {} };
  expect(closedState(copy)).toBeNull();
  copy._readableState.destroyed = true;
  expect(closedState(copy)).toBe('destroyed');
});

test.each([
  [{ '#closed': true }, 'closed'],
  [{ '#closed': false }, 'open'],
  [{ '#state': 'cancelled' }, 'cancelled'],
  [{ '#state': 'waiting', '#ended': true }, 'ended'],
  [{ '#rows': 3 }, null],
  [{ '#closed': 'later' }, null],
])('private fields %j say %s', (fields, life) => {
  expect(privateLife(new Map(Object.entries(fields)))).toBe(life);
});

test('no getter is called', () => {
  const trapped = {
    get readyState(): number {
      throw new Error('called');
    },
    get closed(): boolean {
      throw new Error('called');
    },
  };
  expect(closedState(trapped)).toBeNull();
});
