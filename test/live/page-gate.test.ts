import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PageServer } from '../../src/present/web/page-server.ts';
import { PROCESSES } from '../present/processes.ts';
import { leakingReport } from '../present/reports.ts';
import { printedUrl } from './processes.ts';

const SCRIPT = '/* the script */';

type Door = { readonly port: number; readonly token: string };
type Inside = Door & { readonly cookie: string; readonly folder: string };

/** What a request may have of each kind, and whether that is right. The server's own list is not looked at. */
type Form<Facts> = {
  readonly name: string;
  readonly lines: (facts: Facts) => string[];
  readonly isRight: boolean;
};

const HOSTS: readonly Form<Door>[] = [
  right('127.0.0.1', ({ port }) => [`Host: 127.0.0.1:${port}`]),
  right('localhost', ({ port }) => [`Host: localhost:${port}`]),
  wrong('absent', () => []),
  wrong('empty', () => ['Host:']),
  wrong('twice the same', ({ port }) => [`Host: 127.0.0.1:${port}`, `Host: 127.0.0.1:${port}`]),
  wrong('right, then a stranger', ({ port }) => [`Host: 127.0.0.1:${port}`, 'Host: evil.example']),
  wrong('a stranger, then right', ({ port }) => ['Host: evil.example', `Host: 127.0.0.1:${port}`]),
  ...[
    (port: number): string => `evil.example:${port}`,
    (): string => 'evil.example',
    (): string => '127.0.0.1',
    (): string => 'localhost',
    (port: number): string => `127.0.0.1:${port + 1}`,
    (port: number): string => `127.0.0.1:0${port}`,
    (port: number): string => `0177.0.0.1:${port}`,
    (port: number): string => `0x7f.0.0.1:${port}`,
    (port: number): string => `2130706433:${port}`,
    (port: number): string => `127.1:${port}`,
    (port: number): string => `127.0.0.2:${port}`,
    (port: number): string => `0.0.0.0:${port}`,
    (port: number): string => `[::1]:${port}`,
    (port: number): string => `[::ffff:127.0.0.1]:${port}`,
    (port: number): string => `127.0.0.1.:${port}`,
    (port: number): string => `localhost.:${port}`,
    (port: number): string => `user@127.0.0.1:${port}`,
    (port: number): string => `127.0.0.1:${port}@evil.example`,
    (port: number): string => `localhost.evil.example:${port}`,
    (port: number): string => `127.0.0.1:${port}, evil.example`,
  ].map((host) => wrong(host(80), ({ port }: Door) => [`Host: ${host(port)}`])),
];

/** `isRight` is for a request to 127.0.0.1; the other name has its own origin. */
const ORIGINS: readonly Form<Door>[] = [
  right('absent', () => []),
  right('its own', ({ port }) => [`Origin: http://127.0.0.1:${port}`]),
  wrong('of the other name', ({ port }) => [`Origin: http://localhost:${port}`]),
  wrong('null', () => ['Origin: null']),
  wrong('empty', () => ['Origin:']),
  wrong('a stranger', () => ['Origin: http://evil.example']),
  wrong('https', ({ port }) => [`Origin: https://127.0.0.1:${port}`]),
  wrong('another port', ({ port }) => [`Origin: http://127.0.0.1:${port + 1}`]),
  wrong('a stranger of a like name', ({ port }) => [`Origin: http://127.0.0.1:${port}.evil.example`]),
  wrong('its own and null', ({ port }) => [`Origin: http://127.0.0.1:${port}`, 'Origin: null']),
  wrong('its own twice', ({ port }) => [
    `Origin: http://127.0.0.1:${port}`,
    `Origin: http://127.0.0.1:${port}`,
  ]),
];

const COOKIES: readonly Form<Inside>[] = [
  right('right', ({ cookie }) => [`Cookie: other=1; ${cookie}`]),
  wrong('absent', () => []),
  wrong('wrong', () => ['Cookie: leakline=AAAA']),
  wrong('the token', ({ token }) => [`Cookie: leakline=${token}`]),
  wrong('begins right', ({ cookie }) => [`Cookie: ${cookie.slice(0, -1)}`]),
  wrong('of another name', ({ cookie }) => [`Cookie: x${cookie}`]),
];

const REQUESTS: readonly Form<Inside>[] = [
  ...['', 'page.js', 'page.css', 'icon.svg', 'events'].map((file) =>
    right(`GET ${file}`, ({ folder }: Inside) => [`GET /${folder}/${file} HTTP/1.1`]),
  ),
  ...['POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH', 'TRACE', 'CONNECT'].map((method) =>
    wrong(method, ({ folder }: Inside) => [`${method} /${folder}/ HTTP/1.1`]),
  ),
  wrong('absolute', ({ folder, port }) => [`GET http://127.0.0.1:${port}/${folder}/ HTTP/1.1`]),
  wrong('the root', () => ['GET / HTTP/1.1']),
  wrong('no folder', () => ['GET /events HTTP/1.1']),
  wrong('a query', ({ folder }) => [`GET /${folder}/events?x HTTP/1.1`]),
  wrong('two slashes', ({ folder }) => [`GET //${folder}/events HTTP/1.1`]),
  wrong('up and down', ({ folder }) => [`GET /${folder}/../${folder}/events HTTP/1.1`]),
  wrong('escaped', ({ folder }) => [`GET /${folder}/%65vents HTTP/1.1`]),
  wrong('another protocol', ({ folder }) => [
    `GET /${folder}/events HTTP/1.1`,
    'Upgrade: websocket',
    'Connection: Upgrade',
  ]),
  wrong('a body', ({ folder }) => [`GET /${folder}/ HTTP/1.1`, 'Content-Length: 0']),
  wrong('a body to be invited', ({ folder }) => [`GET /${folder}/ HTTP/1.1`, 'Expect: 100-continue']),
];

type Case = {
  readonly host: Form<Door>;
  readonly origin: Form<Door>;
  readonly cookie: Form<Inside>;
  readonly request: Form<Inside>;
};

function allCases(): Case[] {
  return HOSTS.flatMap((host) =>
    ORIGINS.flatMap((origin) =>
      COOKIES.flatMap((cookie) => REQUESTS.map((request) => ({ host, origin, cookie, request }))),
    ),
  );
}

function linesOf({ host, origin, cookie, request }: Case, inside: Inside): string[] {
  const [line = '', ...more] = request.lines(inside);
  return [line, ...host.lines(inside), ...origin.lines(inside), ...cookie.lines(inside), ...more];
}

function mayPass({ host, origin, cookie, request }: Case): boolean {
  const isOwnOrigin =
    host.name === 'localhost' && origin.name !== 'absent'
      ? origin.name === 'of the other name'
      : origin.isRight;
  return host.isRight && isOwnOrigin && cookie.isRight && request.isRight;
}

describe('who may have what', () => {
  let server: PageServer;
  let inside: Inside;
  beforeAll(async () => {
    server = await PageServer.open({ name: 'x', script: SCRIPT });
    server.show(leakingReport());
    inside = await enter(doorOf(server));
  });
  afterAll(() => server.close());

  test('of every host, origin, cookie and request only those that are right in all four get anything', async () => {
    const cases = allCases();
    const wronglyAnswered: string[] = [];
    const refusals = new Set<string>();
    let served = 0;
    await each(cases, async (one) => {
      const { host, origin, cookie, request } = one;
      const answer = await ask(inside.port, linesOf(one, inside));
      if (answer.startsWith('HTTP/1.1 200 ') !== mayPass(one)) {
        wronglyAnswered.push(
          `${request.name}, host ${host.name}, origin ${origin.name}, cookie ${cookie.name}: ${answer.slice(0, 40)}`,
        );
      }
      if (mayPass(one)) served += 1;
      // The answer to HEAD has no body, and else is the same.
      else if (request.name !== 'HEAD') refusals.add(withoutDate(answer));
    });
    expect(cases.length).toBeGreaterThan(8000);
    expect(wronglyAnswered).toEqual([]);
    // Two hosts, the two origins of each, five files.
    expect(served).toBe(2 * 2 * 5);
    // Ours, the parser's own for a request without one host, and nothing at all for CONNECT. None says what was wrong.
    expect([...refusals].map((answer) => answer.split('\r\n')[0]).sort()).toEqual([
      '',
      'HTTP/1.1 400 Bad Request',
      'HTTP/1.1 403 Forbidden',
    ]);
  });

  test('the list of processes is behind the same door', async () => {
    const listing = await PageServer.open({ name: 'x', script: SCRIPT });
    listing.list(PROCESSES);
    const within = await enter(doorOf(listing));
    const events = `/${within.folder}/events`;
    expect(await get(within.port, events, [`Cookie: ${within.cookie}`])).toMatch(/^HTTP\/1.1 200/);
    for (const { name, lines, isRight } of COOKIES) {
      const answer = await get(within.port, events, lines(within));
      expect([name, answer.startsWith('HTTP/1.1 200')]).toEqual([name, isRight]);
    }
    for (const method of ['POST', 'PUT', 'DELETE']) {
      const lines = [
        `${method} ${events} HTTP/1.1`,
        `Host: 127.0.0.1:${within.port}`,
        `Cookie: ${within.cookie}`,
      ];
      expect(await ask(within.port, lines)).toMatch(/^HTTP\/1.1 403/);
    }
    await listing.close();
  });

  test('what is refused leaves the token as it was, and that lets in once', async () => {
    const fresh = await PageServer.open({ name: 'x', script: SCRIPT });
    const door = doorOf(fresh);
    const target = `/?token=${door.token}`;
    const cases = HOSTS.flatMap((host) =>
      ORIGINS.flatMap((origin) => ['GET', 'POST', 'HEAD'].map((method) => ({ host, origin, method }))),
    ).filter(({ host, origin, method }) => method !== 'GET' || !host.isRight || !origin.isRight);
    await each(
      cases.filter(({ host, origin }) => host.name !== 'localhost' || origin.name !== 'of the other name'),
      async ({ host, origin, method }) => {
        const lines = [`${method} ${target} HTTP/1.1`, ...host.lines(door), ...origin.lines(door)];
        expect(await ask(door.port, lines)).not.toMatch(/^HTTP\/1.1 [23]|Set-Cookie/i);
      },
    );
    for (const wrongTarget of [
      '/?token=',
      '/?token=AAAA',
      `${target}x`,
      `${target}&x=1`,
      target.slice(0, -1),
    ]) {
      expect(await get(door.port, wrongTarget)).toMatch(/^HTTP\/1.1 403/);
    }
    const entered = await enter(door);
    // Clicked again it leads to the page, which asks for the cookie; it gives none.
    const again = await get(door.port, target);
    expect(again).toMatch(/^HTTP\/1.1 303/);
    expect(again).not.toContain('Set-Cookie');
    expect(await get(door.port, `/${entered.folder}/`)).toMatch(/^HTTP\/1.1 403/);
    expect(await get(door.port, `/${entered.folder}/`, [`Cookie: ${entered.cookie}`])).toMatch(
      /^HTTP\/1.1 200/,
    );
    await fresh.close();
  });

  test('every answer forbids to keep, to frame, to share and to run anything but the one script', async () => {
    const files = ['', 'page.js', 'page.css', 'icon.svg'].map((name) => `/${inside.folder}/${name}`);
    const told = [...files, '/nothing'].map((target) =>
      get(inside.port, target, [`Cookie: ${inside.cookie}`]),
    );
    for (const answer of [...(await Promise.all(told)), await enterAnswer()]) {
      expect(answer).toMatch(/^Cache-Control: no-store\r$/m);
      expect(answer).toMatch(/^X-Content-Type-Options: nosniff\r$/m);
      expect(answer).toMatch(/^Referrer-Policy: no-referrer\r$/m);
      expect(answer).toMatch(/^Cross-Origin-Resource-Policy: same-origin\r$/m);
      expect(answer).toMatch(/^Content-Security-Policy: default-src 'none'; script-src 'self';/m);
      expect(answer).toContain("frame-ancestors 'none'");
      expect(answer).not.toMatch(/Access-Control|unsafe/i);
    }
    const cookie = await enterAnswer();
    expect(cookie).toMatch(
      /^Set-Cookie: leakline=[\w-]{32}; Path=\/[\w-]{32}\/; HttpOnly; SameSite=Strict\r$/m,
    );
  });

  test('it listens on loopback alone', async () => {
    // All of 127.0.0.0/8 is this machine, and a server on every address would answer there too.
    await expect(open(inside.port, '127.0.0.2')).rejects.toThrow('ECONNREFUSED');
  });
});

describe('who is slow or large', () => {
  test('a body is not read, whatever its length', async () => {
    const server = await PageServer.open({ name: 'x', script: SCRIPT });
    const { port } = doorOf(server);
    const { sentBytes, answer } = await sendBody(port, [
      `POST / HTTP/1.1`,
      `Host: 127.0.0.1:${port}`,
      `Content-Length: ${GIGABYTE}`,
    ]);
    expect(sentBytes).toBeLessThan(32_000_000);
    expect(answer === '' || answer.startsWith('HTTP/1.1 403')).toBe(true);
    await server.close();
  });

  test('headers without an end are not collected', async () => {
    const server = await PageServer.open({ name: 'x', script: SCRIPT });
    const { port } = doorOf(server);
    const answer = await ask(port, ['GET / HTTP/1.1', `X: ${'x'.repeat(100_000)}`]);
    expect(answer).toBe('');
    await server.close();
  });

  test('who sends a letter at a time is cut off, and keeps nobody out meanwhile', async () => {
    const server = await PageServer.open({ name: 'x', script: SCRIPT });
    const door = doorOf(server);
    const closed = await dripInto(door.port, 20);
    const { folder, cookie } = await enter(door);
    expect(await get(door.port, `/${folder}/`, [`Cookie: ${cookie}`])).toMatch(/^HTTP\/1.1 200/);
    await closed();
    await server.close();
  });
});

describe.skipIf(process.platform !== 'linux')('what strangers cost the command that serves the page', () => {
  test('eight hundred requests of all kinds, a body of a gigabyte and slow ones by the dozen add at most 16 MB to its memory', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'leakline-gate-'));
    const file = join(folder, 'report.json');
    writeFileSync(file, JSON.stringify(leakingReport()));
    const command = spawn(process.execPath, ['dist/cli.js', 'ui', file], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const exited = new Promise((resolve) => command.once('exit', resolve));
    try {
      const inside = await enter(doorAt(await printedUrl(command)));
      const cookie = `Cookie: ${inside.cookie}`;
      const readerOf = (name: string): Promise<string> =>
        get(inside.port, `/${inside.folder}/${name}`, [cookie]);
      // What a reader of the page costs comes first, and is no stranger's doing.
      for (let reload = 0; reload < 50; reload += 1)
        for (const name of ['', 'page.js', 'events']) await readerOf(name);
      writeFileSync(`/proc/${command.pid}/clear_refs`, RESET_PEAK);
      const before = memoryOf(command, 'VmRSS');

      const cases = allCases().filter((_, index) => index % 51 === 0);
      let served = 0;
      await each(cases, async (one) => {
        const answer = await ask(inside.port, linesOf(one, inside));
        if (answer.startsWith('HTTP/1.1 2')) served += 1;
      });
      expect(cases.length).toBeGreaterThan(800);
      expect(served).toBe(cases.filter(mayPass).length);

      const hosted = [`Host: 127.0.0.1:${inside.port}`, cookie];
      for (const lines of [
        [`POST /${inside.folder}/ HTTP/1.1`, ...hosted, `Content-Length: ${GIGABYTE}`],
        [`GET /${inside.folder}/events HTTP/1.1`, ...hosted, `Content-Length: ${GIGABYTE}`],
        [`PUT /?token=${inside.token} HTTP/1.1`, ...hosted, 'Transfer-Encoding: chunked'],
      ]) {
        const { sentBytes, answer } = await sendBody(inside.port, lines);
        expect(sentBytes).toBeLessThan(32_000_000);
        expect(answer === '' || answer.startsWith('HTTP/1.1 403')).toBe(true);
      }
      const closed = await dripInto(inside.port, 60);
      expect(await readerOf('')).toMatch(/^HTTP\/1.1 200/);
      await closed();

      const addedBytes = memoryOf(command, 'VmHWM') - before;
      console.log(
        `strangers: at most ${(addedBytes / 1e6).toFixed(1)} MB above ${(before / 1e6).toFixed(1)} MB`,
      );
      expect(addedBytes).toBeLessThanOrEqual(16_000_000);
      expect(await readerOf('')).toMatch(/^HTTP\/1.1 200/);
    } finally {
      command.kill('SIGINT');
      await exited;
      rmSync(folder, { recursive: true });
    }
  });
});

/** As the kernel takes it: the highest resident size is forgotten. */
const RESET_PEAK = '5';
const GIGABYTE = 1_000_000_000;

/** Resident memory in bytes, now or at most. */
function memoryOf({ pid }: ChildProcess, field: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  return Number(new RegExp(`^${field}:\\s*(\\d+) kB`, 'm').exec(status)?.[1]) * 1024;
}

/** Sends a gigabyte behind a request, as long as somebody takes it. */
async function sendBody(
  port: number,
  lines: readonly string[],
): Promise<{ readonly sentBytes: number; readonly answer: string }> {
  const socket = await open(port);
  let sentBytes = 0;
  let answer = '';
  socket.on('data', (data: Buffer) => (answer += data.toString()));
  socket.on('error', () => undefined);
  const isClosed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  const chunk = Buffer.alloc(1_000_000);
  const send = (): void => {
    while (!socket.destroyed && socket.writable && sentBytes < GIGABYTE) {
      sentBytes += chunk.length;
      if (!socket.write(chunk)) break;
    }
  };
  socket.on('drain', send);
  send();
  await isClosed;
  return { sentBytes, answer };
}

/** Clients that send a letter of their headers at a time. What is returned waits until all of them were cut off. */
async function dripInto(port: number, clients: number): Promise<() => Promise<void>> {
  const slow = await Promise.all(Array.from({ length: clients }, () => open(port)));
  const closed = slow.map((socket) => new Promise<void>((resolve) => socket.once('close', () => resolve())));
  for (const socket of slow) {
    socket.on('error', () => undefined);
    socket.resume();
    socket.write('GET / HTTP/1.1\r\nX: ');
  }
  const dripping = setInterval(() => slow.forEach((socket) => socket.destroyed || socket.write('x')), 200);
  return async () => {
    await Promise.all(closed);
    clearInterval(dripping);
  };
}

async function enterAnswer(): Promise<string> {
  const server = await PageServer.open({ name: 'x', script: SCRIPT });
  const { port, token } = doorOf(server);
  const answer = await get(port, `/?token=${token}`);
  await server.close();
  return answer;
}

async function enter(door: Door): Promise<Inside> {
  const answer = await get(door.port, `/?token=${door.token}`);
  expect(answer).toMatch(/^HTTP\/1.1 200/);
  const [, cookie = '', folder = ''] = /^Set-Cookie: (leakline=[^;]+); Path=\/([^/]+)\//m.exec(answer) ?? [];
  return { ...door, cookie, folder };
}

function doorOf(server: PageServer): Door {
  return doorAt(server.url);
}

function doorAt(address: string): Door {
  const url = new URL(address);
  expect(url.hostname).toBe('127.0.0.1');
  return { port: Number(url.port), token: url.searchParams.get('token') ?? '' };
}

function get(port: number, target: string, lines: readonly string[] = []): Promise<string> {
  return ask(port, [`GET ${target} HTTP/1.1`, `Host: 127.0.0.1:${port}`, ...lines]);
}

/** The answer, or as much of it as says what it is: the events of a page never end. */
async function ask(port: number, lines: readonly string[]): Promise<string> {
  const socket = await open(port);
  return new Promise((resolve) => {
    let answer = '';
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString();
      if (/text\/event-stream/.test(answer)) socket.destroy();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(answer));
    const last = lines.some((line) => line.startsWith('Connection:')) ? [] : ['Connection: close'];
    socket.write(`${[...lines, ...last].join('\r\n')}\r\n\r\n`);
  });
}

function open(port: number, host = '127.0.0.1'): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host });
    socket.once('connect', () => resolve(socket));
    socket.once('error', reject);
  });
}

function withoutDate(answer: string): string {
  return answer.replace(/^Date: .*\r\n/m, '');
}

/** A few at a time. */
async function each<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (let item = waiting.pop(); item !== undefined; item = waiting.pop()) await work(item);
    }),
  );
}

function right<Facts>(name: string, lines: (facts: Facts) => string[]): Form<Facts> {
  return { name, lines, isRight: true };
}

function wrong<Facts>(name: string, lines: (facts: Facts) => string[]): Form<Facts> {
  return { name, lines, isRight: false };
}
