import * as diagnosticsChannel from 'node:diagnostics_channel';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { expect, test } from 'vitest';
import { LoadCounters } from '../../src/probe/load-counters.ts';

function openConnections(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
}

async function request(port: number): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${port}`, { headers: { connection: 'close' } });
  await response.text();
}

test('counts requests and connections, both ends of each in one process, and nothing once stopped', async () => {
  const server = createServer((_, response) => response.end('yes'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  // Open before the watch: its end will be seen, its beginning was not.
  const early = connect(port, '127.0.0.1');
  await once(early, 'connect');
  await expect.poll(openConnections).toBe(2);
  const counters = new LoadCounters(diagnosticsChannel);
  counters.start();
  expect(counters.read(openConnections())).toEqual({
    httpRequests: 0,
    connectionsOpened: 0,
    connectionsClosed: 0,
  });
  for (let sent = 0; sent < 5; sent += 1) await request(port);
  early.destroy();
  await expect.poll(openConnections).toBe(0);
  const after = counters.read(openConnections());
  expect(after.httpRequests).toBe(5);
  // Five from here, five as the server sees them.
  expect(after.connectionsOpened).toBe(10);
  expect(after.connectionsClosed).toBe(12);
  counters.stop();
  await request(port);
  await expect.poll(openConnections).toBe(0);
  expect(counters.read(openConnections())).toEqual(after);
  expect(diagnosticsChannel.hasSubscribers('http.server.request.start')).toBe(false);
  server.close();
});

test('tells how many of the connections that the program made are open, and keeps none of them alive', async () => {
  const server = createServer((_, response) => response.end('yes'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const counters = new LoadCounters(diagnosticsChannel);
  const early = connect(port, '127.0.0.1');
  await once(early, 'connect');
  counters.start();
  expect(counters.countOutgoing()).toBe(0);
  const three = [1, 2, 3].map(() => connect(port, '127.0.0.1'));
  await Promise.all(three.map((socket) => once(socket, 'connect')));
  await expect.poll(openConnections).toBe(8);
  // Four that came in, and the one from before the watch: it may be anybody's.
  expect(openConnections() - counters.countOutgoing()).toBe(5);
  three[0].destroy();
  expect(counters.countOutgoing()).toBe(2);
  for (const socket of three) socket.destroy();
  expect(counters.countOutgoing()).toBe(0);
  counters.stop();
  early.destroy();
  server.close();
});
