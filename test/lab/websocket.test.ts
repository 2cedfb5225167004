import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';

const root = fileURLToPath(new URL('../..', import.meta.url));
const sides = ['fixed', 'leaking'] as const;
type Side = (typeof sides)[number];

// Inside the project, so that the servers are ES modules as in dist/, and the maps have the same way to lab/.
let built = '';
beforeAll(() => {
  mkdirSync(path.join(root, '.cache'), { recursive: true });
  built = mkdtempSync(path.join(root, '.cache/lab-'));
  execFileSync(process.execPath, [path.join(root, 'scripts/build-lab.mjs'), '--out', built]);
});
afterAll(() => rmSync(built, { recursive: true, force: true }));

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

test('the leaking server is the fixed one without its clean-up, and nothing else', () => {
  const leaking = source('leaking');
  const missing: string[] = [];
  let at = 0;
  for (const line of source('fixed')) {
    if (line === leaking[at]) at++;
    else missing.push(line.trim());
  }
  // All of the leaking server was found, in order.
  expect(at).toBe(leaking.length);
  expect(missing).toEqual([
    "socket.on('close', () => {",
    'clearInterval(session.recording);',
    'sessions.delete(id);',
    '});',
  ]);
});

test('the servers know nothing of leakline', () => {
  const files = [...sides.map((side) => source(side)), lines('lab/websocket/roads.ts')];
  expect(files.flat().join('\n')).not.toMatch(/leakline/i);
});

describe.each(sides)('the %s server', (side) => {
  test.each([
    ['held by', /^const sessions = .*new Map/],
    ['grows', /history: \[\]/],
    ['added at', /session\.history\.push\(/],
  ])('has its line "%s" marked, and the source map leads from the built line to it', (mark, expected) => {
    const marked = source(side).flatMap((line, index) =>
      line.trim() === `// ^^ lab: ${mark}` ? [index] : [],
    );
    expect(marked).toHaveLength(1);
    const line = marked[0] ?? 0;
    expect(source(side)[line - 1]).toMatch(expected);

    const file = path.join(built, 'websocket', side, 'server.js');
    const generated = readFileSync(file, 'utf8').split('\n');
    const index = generated.findIndex((text) => expected.test(text.trim()));
    const map = new TraceMap(readFileSync(`${file}.map`, 'utf8'));
    const column = (generated[index] ?? '').search(/\S/);
    const original = originalPositionFor(map, { line: index + 1, column });
    // `line` counts from 0 and is the mark's, one below the marked one: the same number counted from 1.
    expect(original.line).toBe(line);
    expect(path.resolve(path.dirname(file), original.source ?? '')).toBe(path.join(root, sourceOf(side)));
    const content = map.sourcesContent?.[map.sources.indexOf(original.source)];
    expect(content).toBe(readFileSync(path.join(root, sourceOf(side)), 'utf8'));
  });

  test('answers HTTP and WebSockets, and SIGTERM ends it with 0 while clients are connected', async () => {
    const { child, port, errors } = await startServer(side);
    const url = `http://127.0.0.1:${port}`;
    expect(await (await fetch(`${url}/health`)).json()).toMatchObject({ ok: true });
    expect(await (await fetch(`${url}/load?now`)).json()).toEqual({ load: expect.any(Number) });
    expect(await (await fetch(`${url}/routes/0/33`)).json()).toMatchObject({ crossings: [0, 1, 33] });
    expect((await fetch(`${url}/routes/0/5000`)).status).toBe(404);
    expect((await fetch(`${url}//`)).status).toBe(404);
    expect((await fetch(`${url}/health`, { method: 'POST' })).status).toBe(405);

    const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`);
    await once(socket, 'open');
    expect(await ask(socket, 'nonsense')).toEqual({ error: 'expected {"secondsAgo": NUMBER}' });
    expect(await ask(socket, 'null')).toEqual({ error: 'expected {"secondsAgo": NUMBER}' });
    expect(await ask(socket, '{"secondsAgo":1}')).toMatchObject({ secondsAgo: 1 });

    const closed = once(socket, 'close');
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
    await closed;
    expect(errors()).toBe('');
  });

  test('a taken port is one plain sentence and exit code 1', async () => {
    const { port } = await startServer(side);
    const child = spawnServer(side, { PORT: String(port) });
    let errors = '';
    child.stderr?.on('data', (chunk) => (errors += String(chunk)));
    expect(await once(child, 'close')).toEqual([1, null]);
    expect(errors).toBe(
      `could not listen on port ${port}: listen EADDRINUSE: address already in use 127.0.0.1:${port}\n`,
    );
  });

  test('the cache of routes fills to its bound and stays there', async () => {
    const { port } = await startServer(side);
    const url = `http://127.0.0.1:${port}`;
    const cachedRoutes = async (): Promise<unknown> => await (await fetch(`${url}/health`)).json();
    for (let to = 0; to < 100; to++) await fetch(`${url}/routes/0/${to}`);
    expect(await cachedRoutes()).toMatchObject({ cachedRoutes: 100 });
    for (let to = 0; to < 300; to++) await fetch(`${url}/routes/0/${to}`);
    expect(await cachedRoutes()).toMatchObject({ cachedRoutes: 128 });
    const route = await (await fetch(`${url}/routes/0/2`)).json();
    expect(route).toMatchObject({ from: 0, to: 2, crossings: [0, 1, 2] });
  });
});

test('after its client left the leaking server keeps growing, and the fixed one is back where it was', async () => {
  const MB = 1_000_000;
  const left = await Promise.all(
    sides.map(async (side) => {
      // The test's own probe: live bytes after a collection, five times a second, on stderr.
      const probe =
        'data:text/javascript,setInterval(() => { gc(); console.error(process.memoryUsage().heapUsed) }, 200).unref()';
      const { port, errors } = await startServer(side, {}, ['--expose-gc', '--import', probe]);
      const heapBytes = (): number => Number(errors().trim().split('\n').at(-1));
      await vi.waitFor(() => expect(heapBytes()).toBeGreaterThan(0), { timeout: 15_000 });
      const atStart = heapBytes();

      const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`);
      await once(socket, 'open');
      // One array has 1,000,000 items of 8 bytes. Two of them are there when two seconds are over.
      await vi.waitFor(() => expect(heapBytes() - atStart).toBeGreaterThan(15.9 * MB), { timeout: 15_000 });
      socket.close();
      await once(socket, 'close');
      return { heapBytes, atStart, atLeave: heapBytes() };
    }),
  );
  const [fixed, leaking] = left;
  await vi.waitFor(() => expect(fixed?.heapBytes()).toBeLessThan((fixed?.atStart ?? 0) + 4 * MB), {
    timeout: 15_000,
  });
  await vi.waitFor(() => expect(leaking?.heapBytes()).toBeGreaterThan((leaking?.atLeave ?? 0) + 15.9 * MB), {
    timeout: 15_000,
  });
  expect(fixed?.heapBytes()).toBeLessThan((fixed?.atStart ?? 0) + 4 * MB);
}, 60_000);

function sourceOf(side: Side): string {
  return `lab/websocket/${side}/server.ts`;
}

function source(side: Side): string[] {
  return lines(sourceOf(side));
}

function lines(file: string): string[] {
  return readFileSync(path.join(root, file), 'utf8').split('\n');
}

function spawnServer(
  side: Side,
  env: Record<string, string>,
  nodeOptions: readonly string[] = [],
): ChildProcess {
  const file = path.join(built, 'websocket', side, 'server.js');
  const child = spawn(process.execPath, [...nodeOptions, file], {
    env: { ...process.env, PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  return child;
}

/** Started on a free port; resolves when it listens. */
async function startServer(
  side: Side,
  env: Record<string, string> = {},
  nodeOptions: readonly string[] = [],
): Promise<{ child: ChildProcess; port: number; errors: () => string }> {
  const child = spawnServer(side, env, nodeOptions);
  let output = '';
  let errors = '';
  child.stdout?.on('data', (chunk) => (output += String(chunk)));
  child.stderr?.on('data', (chunk) => (errors += String(chunk)));
  const port = await vi.waitFor(
    () => {
      const [, digits] = /^listening (\d+)\n/.exec(output) ?? [];
      if (digits === undefined) throw new Error(`the ${side} server does not listen: ${output}${errors}`);
      return Number(digits);
    },
    { timeout: 15_000 },
  );
  return { child, port, errors: () => errors };
}

async function ask(socket: WebSocket, message: string): Promise<unknown> {
  socket.send(message);
  const [data] = (await once(socket, 'message')) as [Buffer];
  return JSON.parse(data.toString());
}
