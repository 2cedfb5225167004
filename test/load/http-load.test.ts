import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test, vi } from 'vitest';
import { type HttpLoad, type HttpLoadOptions, startHttpLoad } from '../../src/load/http-load.ts';
import { openResources, resourcesThatStay } from './open-resources.ts';

const opened: { server: Server | undefined; load: HttpLoad | undefined } = {
  server: undefined,
  load: undefined,
};

afterEach(async () => {
  await opened.load?.stop();
  opened.server?.closeAllConnections();
  await new Promise((resolve) =>
    opened.server === undefined ? resolve(undefined) : opened.server.close(resolve),
  );
  opened.load = opened.server = undefined;
});

test('the server sees as many requests as were asked for, however long the run really was', async () => {
  let seen = 0;
  const url = await serve((_, response) => {
    seen++;
    response.end('ok');
  });
  const load = start({ url, paths: ['/'], requestsPerSecond: 200, maxInFlight: 1000 });
  await sleep(1000);
  const result = await load.stop();

  // Due at 0, 5, 10 … ms. The only slack: what became due in the milliseconds before the stop.
  const due = Math.floor((result.durationMs / 1000) * 200) + 1;
  expect(result.sent + result.dropped).toBeLessThanOrEqual(due);
  expect(result.sent + result.dropped).toBeGreaterThan(due * 0.8);
  expect(result.dropped).toBe(0);
  expect(result.failed).toBe(0);
  expect(result.succeeded + result.unanswered).toBe(result.sent);
  expect(seen).toBeGreaterThanOrEqual(result.succeeded);
  expect(seen).toBeLessThanOrEqual(result.sent);
  expect(result.succeeded).toBeGreaterThan(due * 0.5);
});

test('a pause of the generator is made up for: what was due is sent, and the delay is in lateness and latency', async () => {
  let seen = 0;
  const url = await serve((_, response) => {
    seen++;
    response.end('ok');
  });
  const load = start({ url, paths: ['/'], requestsPerSecond: 500, maxInFlight: 10_000 });
  block(400);
  // The load's timer was due before this one, and one turn of it is enough.
  await sleep(1);
  expect(load.counts().sent).toBeGreaterThanOrEqual(200);
  await vi.waitFor(() => expect(seen).toBeGreaterThanOrEqual(200), { timeout: 10_000 });
  const result = await load.stop();
  expect(result.dropped).toBe(0);
  expect(result.latenessMaxMs).toBeGreaterThan(350);
  expect(result.p99Ms).toBeGreaterThan(350);
});

test('latency counts from when a request was due, so a server that stalls cannot hide it', async () => {
  let first = true;
  const url = await serve((_, response) => {
    setTimeout(() => response.end('ok'), first ? 300 : 0);
    first = false;
  });
  const load = start({ url, paths: ['/'], requestsPerSecond: 20 });
  await vi.waitFor(() => expect(load.counts().succeeded).toBeGreaterThan(8), { timeout: 10_000 });
  const { p50Ms, p99Ms } = await load.stop();
  expect(p99Ms).toBeGreaterThan(290);
  expect(p50Ms).toBeLessThan(p99Ms ?? 0);
});

test('a server that stalls gets no more than maxInFlight, and the rest is counted as dropped', async () => {
  let waiting = 0;
  let waitingMax = 0;
  const url = await serve((_, response) => {
    waitingMax = Math.max(waitingMax, ++waiting);
    response.on('close', () => waiting--);
  });
  const load = start({ url, paths: ['/'], requestsPerSecond: 200, maxInFlight: 5 });
  await vi.waitFor(() => expect(load.counts().dropped).toBeGreaterThan(20), { timeout: 10_000 });
  await vi.waitFor(() => expect(waitingMax).toBe(5), { timeout: 10_000 });
  const result = await load.stop();
  expect(result).toMatchObject({ sent: 5, succeeded: 0, failed: 0, unanswered: 5, p50Ms: null, p99Ms: null });
  expect(waitingMax).toBe(5);
  await vi.waitFor(() => expect(waiting).toBe(0), { timeout: 10_000 });
});

test('a refused connection is counted as failed, not thrown', async () => {
  const load = start({ url: await unusedAddress(), paths: ['/'], requestsPerSecond: 50 });
  await vi.waitFor(() => expect(load.counts().failed).toBeGreaterThan(5), { timeout: 10_000 });
  const result = await load.stop();
  expect(result.succeeded).toBe(0);
  expect(result.lastError).toMatch(/ECONNREFUSED/);
});

test('a server that dies in the middle and comes back is counted as failed and then as succeeded', async () => {
  const url = await serve((request) => request.socket.destroy());
  const load = start({ url, paths: ['/'], requestsPerSecond: 50 });
  await vi.waitFor(() => expect(load.counts().failed).toBeGreaterThan(5), { timeout: 10_000 });
  opened.server?.removeAllListeners('request');
  opened.server?.on('request', (_, response) => response.end('back'));
  await vi.waitFor(() => expect(load.counts().succeeded).toBeGreaterThan(5), { timeout: 10_000 });
});

test('an answer above 399 has failed, and says which', async () => {
  const url = await serve((_, response) => response.writeHead(503).end('busy'));
  const load = start({ url, paths: ['/health'], requestsPerSecond: 50 });
  await vi.waitFor(() => expect(load.counts().failed).toBeGreaterThan(2), { timeout: 10_000 });
  expect((await load.stop()).lastError).toBe('HTTP 503 for /health');
});

test('paths are asked for in turn, below the path of the address', async () => {
  const paths: (string | undefined)[] = [];
  const url = await serve((request, response) => {
    paths.push(request.url);
    response.end('ok');
  });
  // One at a time, or the order of arrival would be the operating system's.
  const load = start({ url: `${url}api/`, paths: ['/a', 'b?x=1'], requestsPerSecond: 50, maxInFlight: 1 });
  await vi.waitFor(() => expect(paths.length).toBeGreaterThan(12), { timeout: 10_000 });
  await load.stop();
  expect(new Set(paths)).toEqual(new Set(['/api/a', '/api/b?x=1']));
});

test('answers larger than a megabyte are read to their end on a few kept connections', async () => {
  let connections = 0;
  const body = Buffer.alloc(1_500_000, 'x');
  const url = await serve((_, response) => response.end(body));
  opened.server?.on('connection', () => connections++);
  const load = start({ url, paths: ['/'], requestsPerSecond: 20, maxInFlight: 4 });
  await vi.waitFor(() => expect(load.counts().succeeded).toBeGreaterThan(10), { timeout: 20_000 });
  await load.stop();
  expect(connections).toBeLessThanOrEqual(4);
}, 30_000);

test('stop() closes every connection, ends every timer and answers the same when called again', async () => {
  const server = createServer((request, response) => {
    if (request.url === '/fast') response.end('ok');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const load = startHttpLoad({ url, paths: ['/fast', '/never'], requestsPerSecond: 100, maxInFlight: 10 });
  await vi.waitFor(() => expect(load.counts().dropped).toBeGreaterThan(0), { timeout: 10_000 });
  expect(await openResources()).toContain('TCPSocketWrap');

  const [one, two] = await Promise.all([load.stop(), load.stop()]);
  expect(two).toBe(one);
  expect(one.sent).toBe(one.succeeded + one.failed + one.unanswered);
  const later = load.counts();
  await new Promise((resolve) => server.close(resolve));
  expect(load.counts()).toEqual(later);
  expect(await resourcesThatStay()).toEqual([]);
});

test.each([
  ['an address', { url: 'nonsense' }],
  ['a protocol', { url: 'ftp://127.0.0.1' }],
  ['no paths', { paths: [] }],
  ['no rate', { requestsPerSecond: 0 }],
  ['an endless rate', { requestsPerSecond: Number.POSITIVE_INFINITY }],
  ['nothing in flight', { maxInFlight: 0 }],
])('%s that makes no sense is a usage error', (_, wrong) => {
  const options: HttpLoadOptions = {
    url: 'http://127.0.0.1:1',
    paths: ['/'],
    requestsPerSecond: 1,
    ...wrong,
  };
  expect(() => startHttpLoad(options)).toThrow(expect.objectContaining({ code: 'USAGE' }));
});

function start(options: HttpLoadOptions): HttpLoad {
  opened.load = startHttpLoad(options);
  return opened.load;
}

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  opened.server = server;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** A port that was free a moment ago. */
async function unusedAddress(): Promise<string> {
  const url = await serve(() => undefined);
  await new Promise((resolve) => opened.server?.close(resolve));
  opened.server = undefined;
  return url;
}

function block(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}
