import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type RunningServer, cli, isAlive, startServer, until } from './processes.ts';

let server: RunningServer;
beforeEach(async () => {
  server = await startServer(fileURLToPath(new URL('./servers/plain.mjs', import.meta.url)));
});
afterEach(() => server.stop());

test('leakline watch goes on until it is stopped, leaves the process running, and tells verdicts alone', async () => {
  const watch = watchServer();
  await until(() => watch.stderr() !== '');
  // Seconds pass, and walks begin and end.
  await new Promise((done) => setTimeout(done, 4000));
  expect(isAlive(watch.pid)).toBe(true);
  process.kill(watch.pid, 'SIGINT');
  expect(await watch.exited).toBe(130);
  expect(watch.stdout()).toMatch(/INCONCLUSIVE|STEADY/);
  const lines = watch.stderr().trimEnd().split('\n');
  expect(lines[0]).toMatch(/rss .*NO VERDICT YET/);
  const verdicts = lines.map((line) => /NO VERDICT YET|STEADY|INCONCLUSIVE|LEAKING/.exec(line)?.[0]);
  expect(verdicts).toEqual(verdicts.filter((verdict, index) => verdict !== verdicts[index - 1]));
  expect(isAlive(server.pid)).toBe(true);
});

test('it ends with the process, and its exit code is that of the answer', async () => {
  const watch = watchServer();
  await until(() => watch.stderr() !== '');
  // What ends while it is met has not been watched.
  await new Promise((done) => setTimeout(done, 2000));
  await server.stop();
  expect(await watch.exited).toBe(3);
  expect(watch.stdout()).toContain('INCONCLUSIVE');
});

test('--for bounds it, and what can not be watched is told as by attach', async () => {
  const [bounded, nobody, help] = await Promise.all([
    cli(['watch', String(server.pid), '--for', '3s', '--quiet']),
    cli(['watch', '4194305']),
    cli(['watch', '--help']),
  ]);
  expect([bounded.code, bounded.stderr]).toEqual([3, '']);
  expect(nobody.code).toBe(2);
  expect(help.stdout.replaceAll(/\s+/g, ' ')).toContain('(choices: "verdict", "end", default: "end"');
});

function watchServer(): {
  readonly pid: number;
  readonly exited: Promise<number | null>;
  stdout(): string;
  stderr(): string;
} {
  const child = spawn(process.execPath, [resolve('dist/cli.js'), 'watch', String(server.pid)]);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return {
    pid: child.pid ?? 0,
    exited: new Promise((ended) => child.once('close', ended)),
    stdout: () => stdout,
    stderr: () => stderr,
  };
}
