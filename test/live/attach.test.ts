import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { builtFiles } from '../../bench/lib/built-files.ts';
import type { Report } from '../../src/report/schema.ts';
import { attach } from '../../src/target/attach.ts';
import { listeningPorts } from '../../src/target/listening-port.ts';
import { type RunningServer, cli, openFiles, startServer, until } from './processes.ts';

const plain = fileURLToPath(new URL('./servers/plain.mjs', import.meta.url));
let server: RunningServer;

beforeEach(async () => {
  server = await startServer(plain);
});
afterEach(() => server.stop());

async function get(path: string): Promise<unknown> {
  const response = await fetch(`http://127.0.0.1:${server.port}${path}`, {
    headers: { connection: 'close' },
  });
  return response.json();
}

/** Keeps a steady stream of requests going, a draft each; resolves when stopped. */
function drive(perSecond: number): () => void {
  const timer = setInterval(() => void get('/').catch(() => undefined), 1000 / perSecond);
  return () => clearInterval(timer);
}

describe('a process that was attached to', () => {
  test('is as it was: globals, listeners, resources, ports and open files', async () => {
    await get('/self');
    const before = {
      self: await get('/self'),
      ports: listeningPorts(server.pid),
      files: openFiles(server.pid),
    };
    const stop = drive(40);
    const { code, stdout } = await cli([String(server.pid), '--for', '9s', '--json', '-']);
    stop();
    expect([0, 1, 3]).toContain(code);
    // The census was at work, or there would be nothing to leave behind.
    expect((JSON.parse(stdout) as Report).cost.totalOnTargetMs).toBeGreaterThan(0);
    await until(() => openFiles(server.pid) <= before.files);
    expect(await get('/self')).toEqual(before.self);
    expect(listeningPorts(server.pid)).toEqual(before.ports);
    expect(openFiles(server.pid)).toBeLessThanOrEqual(before.files);
  });

  test('has its inspector shut within the first second of the watch', async () => {
    const watch = spawn(process.execPath, ['dist/cli.js', String(server.pid), '--for', '8s'], {
      stdio: 'ignore',
    });
    const ended = new Promise((resolve) => watch.once('exit', resolve));
    await until(() => server.stderr().includes('Debugger ending on'));
    expect(server.stderr()).toContain('Debugger ending on');
    await until(() => listeningPorts(server.pid).length === 1);
    expect(listeningPorts(server.pid)).toEqual([server.port]);
    expect(watch.exitCode).toBeNull();
    await ended;
  });

  test.each([
    ['process.exit()', '/exit', 3],
    ['an uncaught exception', '/throw', 1],
  ])('ends at once by %s while it is watched, with its own exit code', async (_, path, code) => {
    const watch = spawn(process.execPath, ['dist/cli.js', String(server.pid)], { stdio: 'ignore' });
    const ended = new Promise<number | null>((resolve) => watch.once('exit', resolve));
    await until(() => server.stderr().includes('Debugger ending on'));
    // Into the first walk.
    await new Promise((resolve) => setTimeout(resolve, 1200));
    await get(path);
    expect(await server.exited).toBe(code);
    // Too little was seen for a verdict.
    expect(await ended).toBe(3);
  });

  test('ends at once even if leakline is frozen, and goes on if leakline is killed', async () => {
    const watch = spawn(process.execPath, ['dist/cli.js', String(server.pid)], { stdio: 'ignore' });
    await until(() => server.stderr().includes('Debugger ending on'));
    watch.kill('SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const files = openFiles(server.pid);
    watch.kill('SIGKILL');
    await until(() => openFiles(server.pid) < files);
    expect(openFiles(server.pid)).toBeLessThan(files);
    const second = spawn(process.execPath, ['dist/cli.js', String(server.pid)], { stdio: 'ignore' });
    await until(() => server.stderr().split('Debugger ending on').length === 3);
    second.kill('SIGSTOP');
    try {
      await get('/exit');
      expect(await server.exited).toBe(3);
    } finally {
      second.kill('SIGKILL');
    }
  });
});

test('an inspector that somebody opens between our look and our signal is used, and stays open', async () => {
  let checks = 0;
  const onStep = (step: string): void => {
    if (step === 'check' && (checks += 1) === 2) process.kill(server.pid, 'SIGUSR1');
  };
  const target = await attach(server.pid, builtFiles(), {}, { onStep });
  await target.close();
  expect(listeningPorts(server.pid)).toHaveLength(2);
}, 20_000);

test('no socket or directory of ours is left', async () => {
  // A folder of its own: other people's leaklines come and go in /tmp.
  const folder = mkdtempSync(join(tmpdir(), 'left-'));
  try {
    const { stdout } = await cli([String(server.pid), '--for', '3s', '--quiet', '--json', '-'], {
      TMPDIR: folder,
    });
    expect((JSON.parse(stdout) as Report).target.pid).toBe(server.pid);
    expect(readdirSync(folder)).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

describe('what is no target is refused, with the reason, and left alone', () => {
  test('a pid nobody has', async () => {
    const { code, stderr } = await cli(['4194303']);
    expect(code).toBe(2);
    expect(stderr).toContain('There is no process 4194303');
  });

  test('a program that is not Node', async () => {
    const sleeper = spawn('sleep', ['30'], { stdio: 'ignore' });
    try {
      await new Promise((resolve) => setTimeout(resolve, 100));
      const { code, stderr } = await cli([String(sleeper.pid)]);
      expect(code).toBe(2);
      expect(stderr).toMatch(/runs \/.*sleep, which is not a Node\.js/);
      expect(sleeper.exitCode).toBeNull();
      expect(sleeper.signalCode).toBeNull();
    } finally {
      sleeper.kill();
    }
  });

  test('a Node that took its handler away, which SIGUSR1 would end', async () => {
    const lethal = await startServer(
      fileURLToPath(new URL('./servers/without-handler.mjs', import.meta.url)),
    );
    try {
      expect(readFileSync(`/proc/${lethal.pid}/status`, 'latin1')).toMatch(/^SigCgt:/m);
      const { code, stderr } = await cli([String(lethal.pid)]);
      expect(code).toBe(2);
      expect(stderr).toContain(`SIGUSR1 would end process ${lethal.pid}`);
      const answer = await fetch(`http://127.0.0.1:${lethal.port}/`);
      expect(answer.status).toBe(200);
    } finally {
      await lethal.stop();
    }
  });
});
