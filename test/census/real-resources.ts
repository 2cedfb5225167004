import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createReadStream, unwatchFile, watch, watchFile } from 'node:fs';
import { open } from 'node:fs/promises';
import { Agent, type IncomingMessage, type ServerResponse, createServer, get } from 'node:http';
import { connect as connectHttp2, createServer as createHttp2Server } from 'node:http2';
import { type AddressInfo, connect, createServer as createNetServer } from 'node:net';
import { createInterface } from 'node:readline';
import { Duplex, PassThrough, Readable, Writable } from 'node:stream';
import { types } from 'node:util';
import { Worker } from 'node:worker_threads';
import { createGzip } from 'node:zlib';
import { closedState, isResource } from '../../src/census/closed-state.ts';
import { useProxyCheck } from '../../src/census/own-value.ts';

/** What is read of a resource while it is open, and once it is over. */
export type Observed = { readonly open: string; readonly over: string };

/**
 * Opens and closes one of every kind that Node itself has, and says what is read of each. Also run by itself, on the
 * other Node versions: what is read are fields that no documentation promises.
 */
export async function observeRealResources(): Promise<Record<string, Observed>> {
  useProxyCheck(types.isProxy);
  const observed: Record<string, Observed> = {};
  const watched = async (name: string, resource: object, close: () => unknown): Promise<void> => {
    const before = read(resource);
    await close();
    await settle();
    observed[name] = { open: before, over: read(resource) };
  };

  const readable = new Readable({ read: () => undefined });
  await watched('Readable destroyed', readable, () => readable.destroy());
  const ended = Readable.from(['a', 'b']);
  await watched('Readable read to its end', ended, () => ended.resume());
  const writable = new Writable({ write: (_chunk, _encoding, done) => done() });
  await watched('Writable ended', writable, () => writable.end('x'));
  const failing = new Writable({ write: (_chunk, _encoding, done) => done(new Error('on purpose')) });
  failing.on('error', () => undefined);
  await watched('Writable failed', failing, () => failing.write('x'));
  const duplex = new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done() });
  await watched('Duplex destroyed', duplex, () => duplex.destroy());
  const halfClosed = new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done() });
  await watched('Duplex whose writing side ended', halfClosed, () => halfClosed.end());
  const gzip = createGzip();
  await watched('Gzip', gzip, () => gzip.close());
  const file = createReadStream(import.meta.filename);
  await once(file, 'ready');
  await watched('ReadStream', file, () => file.destroy());

  await observeServers(watched);
  await observeHttp(watched, observed);

  const worker = new Worker('setInterval(() => {}, 1000)', { eval: true });
  await once(worker, 'online');
  await watched('Worker', worker, () => worker.terminate());
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  await once(child, 'spawn');
  await watched('ChildProcess', child, async () => {
    child.kill();
    await once(child, 'exit');
  });
  const neverStarted = spawn('/nonexistent/program');
  neverStarted.on('error', () => undefined);
  await watched('ChildProcess that could not start', neverStarted, () => undefined);

  const watcher = watch(import.meta.dirname);
  await watched('FSWatcher', watcher, () => watcher.close());
  const statWatcher = watchFile(import.meta.filename, () => undefined);
  await watched('StatWatcher', statWatcher, () => unwatchFile(import.meta.filename));
  const handle = await open(import.meta.filename);
  await watched('FileHandle', handle, () => handle.close());
  const controller = new AbortController();
  await watched('AbortSignal', controller.signal, () => controller.abort());
  const lines = createInterface({ input: new PassThrough() });
  await watched('readline', lines, () => lines.close());
  return observed;
}

type Watched = (name: string, resource: object, close: () => unknown) => Promise<void>;

async function observeServers(watched: Watched): Promise<void> {
  const listening = createNetServer((socket) => socket.resume());
  const closed = createNetServer();
  await watched('Server that is listening later', closed, async () => {
    closed.listen(0, '127.0.0.1');
    await once(closed, 'listening');
  });
  await watched('Server', closed, () => closed.close());
  listening.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  const socket = connect((listening.address() as AddressInfo).port, '127.0.0.1');
  await once(socket, 'connect');
  await watched('Socket', socket, () => socket.destroy());
  listening.close();
  const datagrams = createSocket('udp4');
  await watched('dgram Socket', datagrams, async () => {
    datagrams.close();
    await once(datagrams, 'close');
  });
  const http2 = createHttp2Server().listen(0, '127.0.0.1');
  await once(http2, 'listening');
  const session = connectHttp2(`http://127.0.0.1:${(http2.address() as AddressInfo).port}`);
  await once(session, 'connect');
  await watched('http2 session', session, () => session.destroy());
  http2.close();
}

async function observeHttp(watched: Watched, observed: Record<string, Observed>): Promise<void> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const agent = new Agent({ keepAlive: true });
  const { port } = server.address() as AddressInfo;
  const asked = get({ port, host: '127.0.0.1', agent });
  const answered = once(asked, 'response');
  const [request, response] = (await once(server, 'request')) as [IncomingMessage, ServerResponse];
  request.resume();
  await settle();
  // Read to its end and not answered yet: it is not over.
  await watched('http request whose body is read', request, () => undefined);
  response.write('x');
  const [answer] = (await answered) as [IncomingMessage];
  const readAll = async (): Promise<void> => {
    response.end('y');
    answer.resume();
    await once(answer, 'end');
  };
  // They end together: the first that is watched ends all.
  const exchange = { ClientRequest: asked, 'http request': request, 'http response': answer };
  const before = Object.values(exchange).map(read);
  await watched('ServerResponse', response, readAll);
  for (const [index, [name, resource]] of Object.entries(exchange).entries()) {
    observed[name] = { open: before[index], over: read(resource) };
  }

  const cut = get({ port, host: '127.0.0.1', agent });
  cut.on('error', () => undefined);
  const [cutRequest, cutResponse] = (await once(server, 'request')) as [IncomingMessage, ServerResponse];
  await watched('ServerResponse whose client went away', cutResponse, () => cut.destroy());
  await watched('and its request', cutRequest, () => undefined);
  agent.destroy();
  server.close();
  server.closeAllConnections();
}

function read(resource: object): string {
  const state = closedState(resource);
  return state ?? (isResource(resource) ? 'open' : 'no resource');
}

/** Node tells of an end in a later turn. */
function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 40));
}

if (process.argv[1] === import.meta.filename) {
  console.log(JSON.stringify(await observeRealResources()));
  process.exit(0);
}
