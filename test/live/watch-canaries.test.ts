import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Report } from '../../src/report/schema.ts';
import { secretsIn } from './canaries.ts';
import { printedUrl, type RunningServer, startServer } from './processes.ts';

// A server that leaks while every visitor brings a secret: in headers, private fields, keys, closures, errors, timers and forty places
// more. Nothing that a watch writes, prints or serves has one, but for what the command line of the program was, in --json.

const folder = mkdtempSync(join(tmpdir(), 'watch-canaries-'));
/** Each looks like a name of code. */
const secret = (): string => `s${randomBytes(9).toString('hex')}`;
const atStart = Array.from({ length: 200 }, secret);
const inCommandLine = secret();
const unread = secret();
const visiting: string[] = [];

let server: RunningServer;
let printed = '';
let served = '';

beforeAll(async () => {
  server = await startServer('test/live/servers/secretive.mjs', {
    args: [`--token=${inCommandLine}`],
    env: { SECRETS: atStart.join(','), UNREAD: unread, BALLAST: '0' },
  });
  const load = setInterval(() => {
    const one = secret();
    visiting.push(one);
    const headers = {
      'x-secret': one,
      authorization: `Bearer ${one}`,
      [`x-${one}`]: '1',
      cookie: `id=${one}`,
    };
    void fetch(`http://127.0.0.1:${server.port}/visit`, { headers }).catch(() => undefined);
  }, 15);
  const file = (name: string): string => join(folder, name);
  const command = spawn(process.execPath, [
    'dist/cli.js',
    String(server.pid),
    '--for',
    '120s',
    '--verbose',
    '--ui',
    '--with-source',
    '--json',
    file('report.json'),
    '--html',
    file('report.html'),
    '--markdown',
    file('report.md'),
    '--allocations',
    file('allocations.heapprofile'),
  ]);
  for (const stream of [command.stdout, command.stderr]) {
    stream.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  }
  const exited = new Promise((resolve) => command.once('exit', resolve));
  served = await everyFrame(await printedUrl(command));
  await exited;
  clearInterval(load);
}, 180_000);
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

test('what the watch writes, prints and serves has none of the secrets', () => {
  const report = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')) as Report;
  // Walks and closer looks have met what holds them, or there was nothing to tell.
  expect(report.containers.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['byToken', 'sessions', 'kept']),
  );
  expect(report.verdict.kind).toBe('leaking');
  expect(report.findings.length).toBeGreaterThan(0);
  expect(served.split('event: frame').length).toBeGreaterThan(10);
  const withoutCommand = JSON.stringify(report).replaceAll(`--token=${inCommandLine}`, '');
  const secrets = [...atStart, ...visiting, inCommandLine, unread];
  // The one that --json is said to have, and a proof that they would be found.
  expect(secretsIn(JSON.stringify(report), secrets)).toEqual([inCommandLine]);
  const found = [
    ...readdirSync(folder)
      .filter((name) => name !== 'report.json')
      .map((name) => [name, readFileSync(join(folder, name), 'latin1')] as const),
    ['report.json', withoutCommand] as const,
    ['printed', printed] as const,
    ['served', served] as const,
  ].flatMap(([name, text]) => secretsIn(text, secrets).map((one) => `${name}: ${contextOf(text, one)}`));
  expect(found).toEqual([]);
  expect(visiting.length).toBeGreaterThan(500);
});

/** A word or two around it, to find out where it got through. */
function contextOf(text: string, one: string): string {
  const at = text.indexOf(one.slice(1, 15));
  return text.slice(Math.max(0, at - 80), at + 40);
}

/** All that the live page is sent until the command ends. */
async function everyFrame(address: string): Promise<string> {
  const entrance = await fetch(address);
  const [, cookie = '', path = ''] =
    /(leakline=[^;]+); Path=([^;]+)/.exec(entrance.headers.get('set-cookie') ?? '') ?? [];
  const events = await fetch(new URL(`${path}events`, address), { headers: { cookie } });
  expect(events.status).toBe(200);
  return events.text();
}
