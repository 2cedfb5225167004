import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { Report } from '../../src/report/schema.ts';
import { listeningPorts } from '../../src/target/listening-port.ts';
import { isPrepared } from '../../src/target/prepared.ts';
import { knockAddress } from '../../src/wire/knock.ts';
import { type RunningServer, childrenOf, cli, startServer, until } from './processes.ts';

const server = (name: string): string => fileURLToPath(new URL(`./servers/${name}.mjs`, import.meta.url));

async function withServer(
  nodeArgs: readonly string[],
  work: (running: RunningServer) => Promise<void>,
  options: { name?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<void> {
  const running = await startServer(server(options.name ?? 'plain'), {
    nodeArgs,
    ...(options.env && { env: options.env }),
  });
  try {
    await work(running);
  } finally {
    await running.stop();
  }
}

async function self(port: number): Promise<unknown> {
  const response = await fetch(`http://127.0.0.1:${port}/self`, { headers: { connection: 'close' } });
  return response.json();
}

describe.each([
  ['--import', ['--import', 'leakline/register']],
  ['--require', ['--require', 'leakline/register']],
  ['both', ['--import', 'leakline/register', '--require', 'leakline/register']],
])('a program started with %s', (_, nodeArgs) => {
  test('lets leakline in without a signal, a port or a word', async () => {
    await withServer(nodeArgs, async (running) => {
      await until(() => isPrepared(running.pid));
      const { stdout } = await cli([String(running.pid), '--for', '3s', '--json', '-']);
      const report = JSON.parse(stdout) as Report;
      expect(report.target.pid).toBe(running.pid);
      expect(report.cost.totalOnTargetMs).toBeGreaterThan(0);
      expect(running.stderr()).toBe('');
      expect(running.stdout()).toBe(`listening ${running.port}\n`);
    });
  });
});

test('is to the program as if it were not there, before and after a watch', async () => {
  await withServer([], async (bare) => {
    await self(bare.port);
    const expected = await self(bare.port);
    await withServer(['--import', 'leakline/register'], async (prepared) => {
      await until(() => isPrepared(prepared.pid));
      await self(prepared.port);
      expect(await self(prepared.port)).toEqual(expected);
      expect(listeningPorts(prepared.pid)).toEqual([prepared.port]);
      await cli([String(prepared.pid), '--for', '3s', '--quiet']);
      expect(await self(prepared.port)).toEqual(expected);
      // And it can be watched again.
      expect(isPrepared(prepared.pid)).toBe(true);
    });
  });
});

test('a program that took its SIGUSR1 handler away, which the signal would end, is let in by it', async () => {
  await withServer(
    ['--import', 'leakline/register'],
    async (running) => {
      await until(() => isPrepared(running.pid));
      const { stdout } = await cli([String(running.pid), '--for', '3s', '--json', '-']);
      expect((JSON.parse(stdout) as Report).target.pid).toBe(running.pid);
    },
    { name: 'without-handler' },
  );
});

test('ends by itself as without, and a killed one leaves no file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'register-'));
  const options = { env: { TMPDIR: folder } };
  try {
    await withServer(
      ['--import', 'leakline/register'],
      async (running) => {
        await until(() => isPrepared(running.pid));
        await fetch(`http://127.0.0.1:${running.port}/exit`);
        expect(await running.exited).toBe(3);
      },
      options,
    );
    await withServer(
      ['--import', 'leakline/register'],
      async (running) => {
        await until(() => isPrepared(running.pid));
        await running.stop();
        expect(isPrepared(running.pid)).toBe(false);
      },
      options,
    );
    expect(readdirSync(folder)).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('is off with LEAKLINE_REGISTER=off, in worker threads, and present in the workers of a cluster', async () => {
  await withServer(
    ['--import', 'leakline/register'],
    async ({ pid }) => {
      await new Promise((resolve) => setTimeout(resolve, 1500));
      expect(isPrepared(pid)).toBe(false);
    },
    { env: { LEAKLINE_REGISTER: 'off' } },
  );
  await withServer(
    ['--import', 'leakline/register'],
    async (running) => {
      await until(() => isPrepared(running.pid));
      const [worker = 0] = childrenOf(running.pid);
      await until(() => isPrepared(worker));
      expect([isPrepared(running.pid), isPrepared(worker)]).toEqual([true, true]);
      const sockets = readFileSync(`/proc/${running.pid}/net/unix`, 'latin1');
      expect(sockets.split(`@leakline-${running.pid}-`)).toHaveLength(2);
    },
    { name: 'cluster-with-thread' },
  );
});

describe('whoever knocks has no power by that', () => {
  const ask = (pid: number, line: string): Promise<string> =>
    new Promise((resolve) => {
      const socket = connect(knockAddress(pid, 'linux', ''));
      let answer = '';
      socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
      socket.on('error', () => undefined);
      socket.on('close', () => resolve(answer));
      socket.write(line);
    });

  test('a directory that others can enter, another owner, and nonsense are refused', async () => {
    await withServer(['--import', 'leakline/register'], async (running) => {
      await until(() => isPrepared(running.pid));
      const order = (directory: string): string =>
        `${JSON.stringify({ directory, socketPath: `${directory}/agent`, token: 't' })}\n`;
      expect(await ask(running.pid, order('/tmp'))).toBe('that is not a private directory\n');
      expect(await ask(running.pid, order('/nowhere'))).toContain('ENOENT');
      expect(await ask(running.pid, 'GET / HTTP/1.1\n')).toContain('JSON');
      expect(await ask(running.pid, 'x'.repeat(10_000))).toBe('');
      expect(await self(running.port)).toBeTruthy();
      expect(running.stderr()).toBe('');
    });
  });
});
