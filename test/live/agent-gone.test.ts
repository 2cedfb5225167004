import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'vitest';
import type { Report } from '../../src/report/schema.ts';
import { type RunningServer, isAlive, openFiles, startServer, until } from './processes.ts';

/** Each test waits for half a minute and more, so they wait together. */
async function start(stopAtEnd: (stop: () => Promise<void>) => void): Promise<RunningServer> {
  const server = await startServer(fileURLToPath(new URL('./servers/standing-still.mjs', import.meta.url)));
  stopAtEnd(async () => {
    await server.stop();
  });
  return server;
}

test.concurrent('an agent that had no answer for ten seconds leaves, and the report says why and that the process goes on', async ({
  onTestFinished,
  expect,
}) => {
  const server = await start(onTestFinished);
  const watch = startWatch(server, '60s');
  await watch.isIn();
  const files = openFiles(server.pid);
  process.kill(watch.pid, 'SIGSTOP');
  try {
    for (let seconds = 0; seconds < 20 && openFiles(server.pid) >= files; seconds += 5)
      await until(() => openFiles(server.pid) < files);
  } finally {
    process.kill(watch.pid, 'SIGCONT');
  }
  const { report, stderr } = await watch.ended;
  expect(report.notes).toEqual([
    'The agent left the process, which goes on.',
    'The agent left: leakline, which answers every look, was not heard of for 10 s.',
  ]);
  expect(report.target.exit).toBeNull();
  expect(stderr.trimEnd()).toMatch(/the agent left$/);
  expect(isAlive(server.pid)).toBe(true);
}, 60_000);

test.concurrent('a program that stands still for longer than that keeps its agent', async ({
  onTestFinished,
  expect,
}) => {
  const server = await start(onTestFinished);
  const watch = startWatch(server, '20s');
  await watch.isIn();
  await fetch(`http://127.0.0.1:${server.port}/11500`);
  const { report } = await watch.ended;
  expect(report.notes).toEqual([]);
  expect(report.durationMs).toBeGreaterThan(15_000);
}, 60_000);

test.concurrent('of a process that ended the report says when, though nobody saw how', async ({
  onTestFinished,
  expect,
}) => {
  const server = await start(onTestFinished);
  const watch = startWatch(server, '60s');
  await watch.isIn();
  await server.stop();
  const { report, stderr } = await watch.ended;
  expect(report.target.exit).toEqual({ code: null, signal: null, atMs: report.durationMs });
  expect(report.notes).toEqual([]);
  expect(stderr.trimEnd()).toMatch(/ended$/);
}, 60_000);

function startWatch(
  server: RunningServer,
  forMs: string,
): {
  readonly pid: number;
  /** Resolves after a few looks, when the way in is shut again. */
  isIn(): Promise<void>;
  readonly ended: Promise<{ readonly report: Report; readonly stderr: string }>;
} {
  const args = [resolve('dist/cli.js'), String(server.pid), '--for', forMs, '--until', 'end', '--json', '-'];
  const child = spawn(process.execPath, args);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return {
    pid: child.pid ?? 0,
    isIn: async () => {
      await until(() => server.stderr().includes('Debugger ending on'));
      await new Promise((done) => setTimeout(done, 3000));
    },
    ended: new Promise((done) =>
      child.once('close', () => done({ report: JSON.parse(stdout) as Report, stderr })),
    ),
  };
}
