import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import type { Report } from '../../src/report/schema.ts';
import { type RunningServer, childrenOf, cli, isAlive, startServer, until } from './processes.ts';

const file = fileURLToPath(new URL('./servers/cluster-leak.mjs', import.meta.url));
let server: RunningServer;
let children: number[] = [];

afterEach(async () => {
  children = [...new Set([...children, ...childrenOf(server.pid)])];
  await server.stop();
  // Workers of a cluster end when their primary has; a forked process need not.
  await until(() => !children.some(isAlive));
  for (const pid of children.filter(isAlive)) process.kill(pid, 'SIGKILL');
});

function lineOf(text: string): number {
  return readFileSync(file, 'utf8').split('\n').indexOf(text) + 1;
}

test('a worker of a cluster that leaks is found by the pid of its primary, and one forked later is watched too', async () => {
  server = await startServer(file);
  children = childrenOf(server.pid);
  expect(children).toHaveLength(2);
  const { code, stdout, stderr } = await cli([String(server.pid), '--json', '-']);
  expect(stderr).not.toContain('at file:');
  const report = JSON.parse(stdout) as Report;
  expect(code).toBe(1);
  expect(report.verdict.kind).toBe('leaking');
  expect(report.target).toMatchObject({ isolate: 'main', name: 'cluster-leak.mjs' });
  expect(children).toContain(report.target.pid);
  const [finding] = report.findings;
  expect(finding?.heldBy.location?.line).toBe(lineOf('  const jobs = [];'));
  const others = report.isolates.map(({ target }) => target.pid);
  expect(others).toContain(server.pid);
  expect(others).toEqual(expect.arrayContaining(children.filter((pid) => pid !== report.target.pid)));
  // The primary, the two workers, and the one that was forked while leakline watched.
  expect(new Set(others).size).toBe(3);
  for (const { verdict } of report.isolates) expect(verdict.kind).not.toBe('leaking');
});
