import { type Server, type Socket, connect, createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { Report } from '../../src/report/schema.ts';
import { listeningPorts } from '../../src/target/listening-port.ts';
import { type RunningServer, cli, startServer, until } from './processes.ts';

const plain = fileURLToPath(new URL('./servers/plain.mjs', import.meta.url));
let server: RunningServer;
let url: URL;

beforeEach(async () => {
  server = await startServer(plain, { nodeArgs: ['--inspect=127.0.0.1:0'] });
  await until(() => server.stderr().includes('Debugger listening on'));
  url = new URL(/ws:\/\/\S+/.exec(server.stderr())?.[0] ?? '');
});
afterEach(() => server.stop());

test.each([
  ['host:port', (): string => url.host],
  ['localhost:port', (): string => `localhost:${url.port}`],
  ['ws://', (): string => url.href],
  ['the pid', (): string => String(server.pid)],
])('an inspector that is open is used by %s, and stays open', async (_, address) => {
  const ports = new Set(listeningPorts(server.pid));
  const { stdout } = await cli(['attach', address(), '--for', '3s', '--quiet', '--json', '-']);
  expect((JSON.parse(stdout) as Report).target.pid).toBe(server.pid);
  // Longer than the agent waits before it would shut an inspector.
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(new Set(listeningPorts(server.pid))).toEqual(ports);
  expect(server.stderr().split('Debugger listening on')).toHaveLength(2);
  // One session, and so one line of Node's in the program's output.
  expect(server.stderr().split('Debugger attached.')).toHaveLength(2);
});

test('a debugger that lets the program run is no obstacle, and stays connected', async () => {
  const debuggers = await connectDebugger();
  const { stdout } = await cli(['attach', url.host, '--for', '3s', '--quiet', '--json', '-']);
  expect((JSON.parse(stdout) as Report).target.pid).toBe(server.pid);
  expect(debuggers.readyState).toBe(WebSocket.OPEN);
  debuggers.close();
});

test('a program that another debugger has paused is left paused, and that is said', async () => {
  const debuggers = await connectDebugger();
  const paused = new Promise((resolve) => {
    debuggers.on('message', (data) => {
      if ((data as Buffer).toString().includes('Debugger.paused')) resolve(null);
    });
  });
  debuggers.send(JSON.stringify({ id: 1, method: 'Debugger.enable' }));
  debuggers.send(JSON.stringify({ id: 2, method: 'Debugger.pause' }));
  await paused;
  const { code, stderr } = await cli(['attach', url.host, '--quiet']);
  expect(code).toBe(2);
  expect(stderr).toContain(`Another debugger is connected to process ${server.pid}`);
  expect(stderr).toContain('FOREIGN_DEBUGGER');
  debuggers.close();
});

test('an address where no inspector answers', async () => {
  const { code, stderr } = await cli(['attach', `127.0.0.1:${server.port}`, '--quiet']);
  expect(code).toBe(2);
  expect(stderr).toContain(`No inspector answers at 127.0.0.1:${server.port}`);
  const silent = await cli(['attach', '127.0.0.1:1', '--quiet']);
  expect(silent.code).toBe(2);
  expect(silent.stderr).toContain('INSPECTOR_UNREACHABLE');
});

test('a forwarded port is not taken for a process of this machine', async () => {
  const forward = await forwardTo(Number(url.port));
  try {
    const { code, stderr } = await cli(['attach', `127.0.0.1:${forward.port}`, '--quiet']);
    expect(code).toBe(2);
    expect(stderr).toContain('of another machine or container');
    expect(stderr).toContain('ssh');
  } finally {
    forward.close();
  }
});

test('what is neither a pid nor an address is said so', async () => {
  const { code, stderr } = await cli(['attach', 'server.example.com:9229']);
  expect(code).toBe(2);
  expect(stderr).toContain('IP address or localhost');
  const word = await cli(['attach', 'server']);
  expect(word.code).toBe(2);
  expect(word.stderr).toContain('not "server"');
});

async function connectDebugger(): Promise<WebSocket> {
  const socket = new WebSocket(url);
  await new Promise((resolve) => socket.once('open', resolve));
  return socket;
}

/** As `ssh -L` does it. */
async function forwardTo(port: number): Promise<{ port: number; close(): void }> {
  const sockets = new Set<Socket>();
  const relay: Server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
    }
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
  return {
    port: (relay.address() as { port: number }).port,
    close() {
      for (const socket of sockets) socket.destroy();
      relay.close();
    },
  };
}
