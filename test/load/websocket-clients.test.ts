import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test, vi } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import {
  startWebSocketClients,
  type WebSocketClients,
  type WebSocketClientsOptions,
} from '../../src/load/websocket-clients.ts';
import { openResources, resourcesThatStay } from './open-resources.ts';

const toClose: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of toClose.splice(0).reverse()) await close();
});

test('seven clients come, talk and go: four with a close handshake, three by cutting the socket', async () => {
  const server = await echoServer();
  const clients = start({ url: server.url, clients: 7, stayMs: 600, staggerMs: 10, talkEveryMs: 50 });
  await clients.connected;
  expect(clients.counts()).toMatchObject({ opened: 7, refused: 0 });
  await vi.waitFor(() => expect(clients.counts().answered).toBeGreaterThanOrEqual(14), { timeout: 10_000 });
  await clients.done;

  await vi.waitFor(() => expect(server.closeCodes).toHaveLength(7), { timeout: 10_000 });
  expect(server.closeCodes.toSorted((a, b) => a - b)).toEqual([1000, 1000, 1000, 1000, 1006, 1006, 1006]);
  expect(server.openedMax).toBe(7);
  const counts = clients.counts();
  expect(counts).toMatchObject({
    opened: 7,
    open: 0,
    closedCleanly: 4,
    cut: 3,
    lost: 0,
    refused: 0,
    lastError: null,
  });
  expect(server.received).toBeLessThanOrEqual(counts.sent);
  expect(server.received).toBeGreaterThanOrEqual(counts.answered);
});

test('every client stays its time from its own opening', async () => {
  const server = await echoServer();
  const clients = start({ url: server.url, clients: 3, stayMs: 300, staggerMs: 20 });
  await clients.done;
  await vi.waitFor(() => expect(server.stayedMs).toHaveLength(3), { timeout: 10_000 });
  // The server counts from its own end of the opening, a moment before the client's.
  for (const stayedMs of server.stayedMs) expect(stayedMs).toBeGreaterThanOrEqual(290);
});

test('a refused connection rejects `connected` with the side, and ends the others', async () => {
  let accepted = 0;
  const server = createServer();
  const webSockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, socket, head) => {
    if (++accepted > 2) socket.end('HTTP/1.1 503 Service Unavailable\r\n\r\n');
    else webSockets.handleUpgrade(request, socket, head, () => undefined);
  });
  const url = await listen(server);
  toClose.push(() => new Promise((resolve) => server.close(resolve)));

  const clients = start({ url, clients: 5, stayMs: 60_000, staggerMs: 20, side: 'leaking' });
  await expect(clients.connected).rejects.toMatchObject({
    code: 'LAB_CLIENTS_REFUSED',
    facts: { side: 'leaking', message: 'Unexpected server response: 503' },
  });
  await clients.done;
  await vi.waitFor(() => expect(webSockets.clients.size).toBe(0), { timeout: 10_000 });
  expect(clients.counts()).toMatchObject({ opened: 2, open: 0, cut: 2, refused: 1 });
});

test('a port on which nobody listens refuses all, and nobody has to look at the promise', async () => {
  const server = createServer();
  const url = await listen(server);
  await new Promise((resolve) => server.close(resolve));

  const unhandled = vi.fn<(reason: unknown) => void>();
  process.on('unhandledRejection', unhandled);
  toClose.push(async () => process.off('unhandledRejection', unhandled));
  const clients = start({ url, clients: 3, stayMs: 1000, staggerMs: 0 });
  await clients.done;
  await new Promise((resolve) => setImmediate(resolve));
  expect(unhandled).not.toHaveBeenCalled();
  expect(clients.counts()).toMatchObject({ opened: 0, open: 0 });
  expect(clients.counts().refused).toBeGreaterThanOrEqual(1);
  expect(clients.counts().lastError).toMatch(/ECONNREFUSED/);
});

test('a server that accepts the socket and never answers is a refusal after the time given', async () => {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).resume();
  });
  const url = await listen(server);
  toClose.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const clients = start({ url, clients: 1, stayMs: 1000, staggerMs: 0, openTimeoutMs: 100 });
  await expect(clients.connected).rejects.toMatchObject({ code: 'LAB_CLIENTS_REFUSED' });
  await clients.done;
  expect(clients.counts().lastError).toMatch(/timed out/);
});

test('a server that dies under its clients loses them; nothing is thrown', async () => {
  const server = await echoServer();
  const clients = start({ url: server.url, clients: 4, stayMs: 60_000, staggerMs: 0, talkEveryMs: 10 });
  await clients.connected;
  for (const socket of server.sockets) socket.terminate();
  await clients.done;
  expect(clients.counts()).toMatchObject({
    opened: 4,
    open: 0,
    closedCleanly: 0,
    cut: 0,
    lost: 4,
    refused: 0,
  });
});

test('a server that sends what is not WebSocket loses its client; nothing is thrown', async () => {
  const server = createServer();
  const webSockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, socket, head) =>
    webSockets.handleUpgrade(request, socket, head, () =>
      socket.write(Buffer.from([0xff, 0xff, 0xff, 0xff])),
    ),
  );
  const url = await listen(server);
  toClose.push(() => new Promise((resolve) => server.close(resolve)));
  const clients = start({ url, clients: 1, stayMs: 60_000, staggerMs: 0 });
  await clients.done;
  expect(clients.counts()).toMatchObject({ opened: 1, open: 0, lost: 1 });
  expect(clients.counts().lastError).toMatch(/Invalid WebSocket frame/);
});

test('a server that never answers a close handshake loses its client after a while', async () => {
  const server = createServer();
  const webSockets = new WebSocketServer({ server });
  webSockets.on('connection', (_, request) => request.socket.pause());
  const url = await listen(server);
  toClose.push(() => new Promise((resolve) => server.close(resolve)));
  toClose.push(async () => webSockets.clients.forEach((socket) => socket.terminate()));
  const clients = start({ url, clients: 1, stayMs: 10, staggerMs: 0 });
  await clients.done;
  expect(clients.counts()).toMatchObject({ opened: 1, open: 0, closedCleanly: 0, cut: 0, lost: 1 });
});

test('stop() before all are in rejects `connected` as cancelled, not as refused', async () => {
  const server = await echoServer();
  const clients = start({ url: server.url, clients: 10, stayMs: 60_000, staggerMs: 200 });
  await vi.waitFor(() => expect(clients.counts().opened).toBeGreaterThan(0), { timeout: 10_000 });
  await clients.stop();
  await expect(clients.connected).rejects.toMatchObject({ name: 'AbortError' });
  expect(clients.counts()).toMatchObject({ open: 0, refused: 0, lastError: null });
  expect(clients.counts().opened).toBeLessThan(10);

  // Those that had not started yet never will: three of them would have by now.
  const seen = server.opened;
  await sleep(700);
  expect(server.opened).toBe(seen);
});

test('a signal that is aborted ends the clients, before and after the start', async () => {
  const server = await echoServer();
  const early = start({
    url: server.url,
    clients: 2,
    stayMs: 60_000,
    staggerMs: 0,
    signal: AbortSignal.abort(),
  });
  await early.done;
  expect(early.counts().opened).toBe(0);

  const controller = new AbortController();
  const late = start({
    url: server.url,
    clients: 2,
    stayMs: 60_000,
    staggerMs: 0,
    signal: controller.signal,
  });
  await late.connected;
  controller.abort();
  await late.done;
  await vi.waitFor(() => expect(server.closeCodes).toEqual([1006, 1006]), { timeout: 10_000 });
});

test('nothing is left after stop(), whether the clients were opening, talking or leaving', async () => {
  const server = createServer();
  const webSockets = new WebSocketServer({ server });
  // Never answers a close handshake, so the first client hangs in leaving.
  webSockets.on('connection', (_, request) => request.socket.pause());
  const url = await listen(server);
  const clients = startWebSocketClients({ url, clients: 6, stayMs: 50, staggerMs: 30 });
  await vi.waitFor(() => expect(clients.counts().cut).toBeGreaterThan(0), { timeout: 10_000 });
  expect(await openResources()).toEqual(expect.arrayContaining(['Timeout', 'TCPSocketWrap']));
  await clients.stop();
  await clients.stop();
  expect(clients.counts().open).toBe(0);

  for (const socket of webSockets.clients) socket.terminate();
  await new Promise((resolve) => server.close(resolve));
  expect(await resourcesThatStay()).toEqual([]);
});

test.each([
  ['an address', { url: 'nonsense' }],
  ['a protocol', { url: 'http://127.0.0.1:1' }],
  ['no clients', { clients: 0 }],
  ['half a client', { clients: 1.5 }],
])('%s that makes no sense is a usage error', (_, wrong) => {
  const options = { url: 'ws://127.0.0.1:1', clients: 1, stayMs: 1, staggerMs: 0, ...wrong };
  expect(() => startWebSocketClients(options)).toThrow(expect.objectContaining({ code: 'USAGE' }));
});

function start(options: WebSocketClientsOptions): WebSocketClients {
  const clients = startWebSocketClients(options);
  toClose.push(() => clients.stop());
  return clients;
}

type EchoServer = {
  url: string;
  sockets: Set<WebSocket>;
  opened: number;
  openedMax: number;
  received: number;
  closeCodes: number[];
  stayedMs: number[];
};

/** Answers every message with itself and counts for itself what it sees of its clients. */
async function echoServer(): Promise<EchoServer> {
  const server = createServer();
  const webSockets = new WebSocketServer({ server });
  const seen: EchoServer = {
    url: await listen(server),
    sockets: webSockets.clients,
    opened: 0,
    openedMax: 0,
    received: 0,
    closeCodes: [],
    stayedMs: [],
  };
  webSockets.on('connection', (socket) => {
    const openedMs = performance.now();
    seen.opened++;
    seen.openedMax = Math.max(seen.openedMax, webSockets.clients.size);
    socket.on('message', (data) => {
      seen.received++;
      socket.send(data);
    });
    socket.on('close', (code) => {
      seen.closeCodes.push(code);
      seen.stayedMs.push(performance.now() - openedMs);
    });
  });
  toClose.push(async () => {
    for (const socket of webSockets.clients) socket.terminate();
    await new Promise((resolve) => server.close(resolve));
  });
  return seen;
}

async function listen(server: ReturnType<typeof createTcpServer>): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}
