import { type ChildProcess, spawn } from 'node:child_process';
import { copyFileSync, linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync, unlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isPrepared } from '../../src/target/prepared.ts';
import { type RunningServer, cli, startServer, until } from './processes.ts';

type Listed = {
  pid: number;
  node: string | null;
  command: string;
  rssBytes: number;
  uptimeMs: number;
  attachable: boolean;
  way: string | null;
  reason: string | null;
};

const server = (name: string): string => fileURLToPath(new URL(`./servers/${name}.mjs`, import.meta.url));
const isRoot = process.getuid?.() === 0;
const nobody = 65_534;
const started: RunningServer[] = [];
const children: ChildProcess[] = [];
const folder = mkdtempSync(join(tmpdir(), 'ps-'));

/** A port of its own, so that another Node of the machine at 9229 changes nothing here. */
async function start(name: string, options: Parameters<typeof startServer>[1] = {}): Promise<RunningServer> {
  const running = await startServer(server(name), {
    ...options,
    nodeArgs: ['--inspect-port=0', ...(options.nodeArgs ?? [])],
  });
  started.push(running);
  return running;
}

function startBare(file: string, args: readonly string[], uid?: number): ChildProcess & { pid: number } {
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'ignore'], ...(uid !== undefined && { uid }) });
  children.push(child);
  return child as ChildProcess & { pid: number };
}

afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  for (const running of started) {
    process.kill(running.pid, 'SIGCONT');
    await running.stop();
  }
  rmSync(folder, { recursive: true });
});

async function list(): Promise<Map<number, Listed>> {
  const { code, stdout } = await cli(['ps', '--json']);
  expect(code).toBe(0);
  const { processes } = JSON.parse(stdout) as { processes: Listed[] };
  return new Map(processes.map((one) => [one.pid, one]));
}

/** Refused by `ps` and by an attempt to attach, for the same reason, with nothing sent. */
async function expectRefused(pid: number, code: string, sentence: string): Promise<void> {
  const listed = (await list()).get(pid);
  expect(listed).toMatchObject({ attachable: false, way: null });
  expect(listed?.reason).toContain(sentence);
  const attempt = await cli([String(pid), '--quiet', '--for', '2s']);
  expect(attempt.code).toBe(2);
  expect(attempt.stderr).toContain(sentence);
  expect(attempt.stderr).toContain(`docs/errors.md#${code}`);
}

describe('ps lists a process that can be attached to, and how', () => {
  test.each([
    ['signal', []],
    ['inspector', ['--inspect=127.0.0.1:0']],
    ['prepared', ['--import', 'leakline/register']],
  ])('%s', async (way, nodeArgs) => {
    const running = await start('plain', { nodeArgs });
    await new Promise((resolve) => setTimeout(resolve, 200));
    if (way === 'prepared') await until(() => isPrepared(running.pid));
    const listed = (await list()).get(running.pid);
    expect(listed).toMatchObject({ node: process.version, attachable: true, way, reason: null });
    expect(listed?.command).toContain('plain.mjs');
    const rss = Number(/^VmRSS:\s*(\d+)/m.exec(readFileSync(`/proc/${running.pid}/status`, 'latin1'))?.[1]);
    expect(Math.abs((listed?.rssBytes ?? 0) / (rss * 1024) - 1)).toBeLessThan(0.2);
  });

  test('with a line each for people, and a file for programs', async () => {
    const file = join(folder, 'ps.json');
    const { stdout } = await cli(['ps', '--json', file, '--no-color']);
    expect(stdout).toContain(process.version.slice(1));
    expect(stdout).toMatch(/^ {4}pid {2}node .* attach {5}command$/m);
    const { processes } = JSON.parse(readFileSync(file, 'utf8')) as { processes: Listed[] };
    expect(processes.map(({ pid }) => pid)).toContain(started[0]?.pid);
  });

  test('but no leakline', async () => {
    const watch = startBare(process.execPath, ['dist/cli.js', String(started[0]?.pid), '--quiet']);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect([...(await list()).keys()]).not.toContain(watch.pid);
    expect(watch.exitCode).toBeNull();
    watch.kill('SIGTERM');
    await new Promise((resolve) => watch.once('exit', resolve));
  });
});

describe('what can not be attached to says why', () => {
  test('a stopped one', async () => {
    const running = await start('plain');
    process.kill(running.pid, 'SIGSTOP');
    await expectRefused(running.pid, 'PROCESS_STOPPED', `Process ${running.pid} is stopped`);
  });

  test('one that took the handler away', async () => {
    const { pid } = await start('without-handler');
    // Before its first second is over it may just be starting.
    await new Promise((resolve) => setTimeout(resolve, 1100));
    await expectRefused(pid, 'SIGUSR1_LETHAL', 'it has no handler for it');
  });

  test('one under the permission model', async () => {
    const flag = process.allowedNodeEnvironmentFlags.has('--permission')
      ? '--permission'
      : '--experimental-permission';
    const { pid } = await start('plain', { nodeArgs: [flag, '--allow-fs-read=*'] });
    await expectRefused(pid, 'PERMISSION_MODEL', "runs under Node's permission model");
  });

  test('one whose signals are blocked', async () => {
    // As --disable-sigusr1 does it, which Node 20 does not have.
    const has = process.allowedNodeEnvironmentFlags.has('--disable-sigusr1');
    const [file, args] = has
      ? [process.execPath, ['--disable-sigusr1', server('plain')]]
      : [
          'sh',
          [
            '-c',
            `trap '' USR1; exec "$0" --inspect-port=0 -e 'setInterval(() => {}, 1000)'`,
            process.execPath,
          ],
        ];
    const { pid } = startBare(file, args);
    await new Promise((resolve) => setTimeout(resolve, 1200));
    const listed = (await list()).get(pid);
    // Node 20 installs its handler over an ignored signal.
    if (has) await expectRefused(pid, 'SIGUSR1_DISABLED', `Process ${pid} blocks SIGUSR1`);
    else expect(listed?.way).toBe('signal');
  });

  test('one that has ended and was not collected', async () => {
    const parent = startBare('sh', ['-c', `"$0" -e 0 & echo $!; exec sleep 60`, process.execPath]);
    const pid = Number(
      await new Promise<string>((resolve) =>
        parent.stdout?.once('data', (chunk: Buffer) => resolve(chunk.toString())),
      ),
    );
    await until(() => /^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, 'latin1')));
    await expectRefused(pid, 'PROCESS_ZOMBIE', `Process ${pid} has exited`);
  });

  test('one whose inspector port another process has', async () => {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
    const { port } = holder.address() as { port: number };
    try {
      const { pid } = await start('plain', { nodeArgs: [`--inspect-port=${port}`] });
      await expectRefused(pid, 'INSPECTOR_PORT_TAKEN', `port ${port} is taken by process ${process.pid}`);
    } finally {
      holder.close();
    }
  });

  test('one that is bun or deno', async () => {
    const path = join(folder, 'bun');
    try {
      linkSync('/usr/bin/sleep', path);
    } catch {
      copyFileSync('/usr/bin/sleep', path);
    }
    const { pid } = startBare(path, ['60']);
    await new Promise((resolve) => setTimeout(resolve, 200));
    await expectRefused(pid, 'NOT_NODE', `runs ${path}, which is not a Node.js`);
    unlinkSync(path);
  });

  // Nothing outside tells it: the mask shows a handler, not whose.
  test('one that handles SIGUSR1 itself, when it has got the signal once', async () => {
    const running = await start('own-sigusr1');
    const { code, stderr } = await cli([String(running.pid), '--quiet']);
    expect(code).toBe(2);
    expect(stderr).toContain(`Process ${running.pid} got SIGUSR1 and opened no inspector`);
    expect(running.stdout().match(/got SIGUSR1/g)).toHaveLength(1);
  });
});

describe.runIf(isRoot)('processes of other users', () => {
  let theirs: RunningServer;
  beforeAll(async () => {
    theirs = await start('plain', { uid: nobody });
  });

  test('are watched by root, over a socket that only their user can open', async () => {
    const { code, stdout } = await cli([String(theirs.pid), '--for', '3s', '--quiet', '--json', '-']);
    expect([0, 1, 3]).toContain(code);
    expect((JSON.parse(stdout) as { target: { pid: number } }).target.pid).toBe(theirs.pid);
  });

  test('are closed to everybody else, who is told whose they are', async () => {
    const ours = await start('plain');
    const asNobody = (args: readonly string[]): Promise<{ code: number | null; text: string }> => {
      const child = spawn(process.execPath, ['dist/cli.js', ...args], { uid: nobody, gid: nobody });
      let text = '';
      child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
      child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
      return new Promise((resolve) => child.once('close', (code) => resolve({ code, text })));
    };
    const listed = await asNobody(['ps', '--json']);
    const { processes } = JSON.parse(listed.text) as { processes: Listed[] };
    expect(processes.find(({ pid }) => pid === ours.pid)).toMatchObject({
      attachable: false,
      reason: `Process ${ours.pid} belongs to another user (uid 0)`,
    });
    const attempt = await asNobody([String(ours.pid), '--quiet']);
    expect(attempt.code).toBe(2);
    expect(attempt.text).toContain('OTHER_USER');
  });
});

test('what a stranger called his process, or where it lies, cannot steer the terminal', async () => {
  const evil = join(folder, '\u001b[31mEVIL\u001b]0;owned\u0007');
  mkdirSync(evil);
  // Bun is told from Node by the name of its file, and the reason names that file.
  copyFileSync('/bin/sleep', join(evil, 'bun'));
  const { pid } = startBare(join(evil, 'bun'), ['60']);
  while (!(await list()).has(pid)) await sleep(100);
  const { stdout } = await cli(['ps']);
  expect(stdout).toContain('EVIL');
  // oxlint-disable-next-line no-control-regex
  expect(stdout.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
});
